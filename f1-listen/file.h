/* file: captures, one per sender and session
 * SPDX-License-Identifier: MIT
 *
 * A file is called NAME.part while it grows. A child closes it, so that the live stream does not wait for the disk: it
 * brings the file to the disk, gives it its name (never that of another file) and becomes the command of --on-close.
 */
#ifndef FILE_H
#define FILE_H

#include "packet.h"

struct file_want {
	const char *pattern;		/* of strftime, and {uid} {track} {session} {format} */
	uint64_t size;			/* a new file before it gets longer than so many bytes, 0 for no limit */
	unsigned seconds;		/* and when it is so old */
	const char *on_close;		/* run by sh(1) with the file's name behind it, or NULL */
	const void *preface;		/* the first bytes of each file, or NULL */
	size_t preface_n;
};

extern struct file_total {
	uint64_t written, lost;		/* datagrams */
	uint64_t files;
	int status;			/* EX_IOERR once something went wrong */
} file_total;

/* Checks the pattern and that files can be made there; ends the program with 64 or 74 if not. */
void file_open(const struct file_want *);

/* Writes those that are wanted. */
void file_keep(const struct datagram *, int n);

/* Closes sessions that are over and files that are old enough, and waits for children that have ended. Is there anything
 * to look at again in a second? */
bool file_look(void);

/* Closes all files; the next datagram opens a new one. */
void file_close(void);

/* Waits until all are closed and their commands have ended. */
void file_end(void);

#endif
