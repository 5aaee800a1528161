/* io: whole writes, large pipes
 * SPDX-License-Identifier: MIT
 */
#ifndef IO_H
#define IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Asks for a pipe of 1 MiB at fd; a refusal, or no pipe at all, is no error. */
void io_pipe(int fd);

/* If fd is a pipe, makes it non-blocking, through an open file description of its own: the one that we share with others
 * stays as it is. False for a pipe that cannot be opened so. */
bool io_unblock(int fd);

/* Writes all n bytes; waits even if fd is non-blocking. 0, or -1 with errno. */
int io_write(int fd, const void *data, size_t n);

/* The same; returns how many it wrote: if fewer than n, errno tells why. */
size_t io_write_most(int fd, const void *data, size_t n);

/* read(2) that begins again after a signal that asks for nothing; 0 at the end, -1 with errno (EINTR: look at sig.h). */
ssize_t io_read(int fd, void *data, size_t n);

/* Is there something to read (or the end) now? */
bool io_readable(int fd);

/* Writes TEXT and a newline to --ready-fd, if there is one, and closes it if it is none of the standard ones. */
void io_ready(const char *text);

/* Replaces FILE by the n bytes at once (a new file renamed over the old). 0, or -1 with errno. */
int io_replace(const char *file, const void *data, size_t n);

#endif
