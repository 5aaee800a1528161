/* target: where a rule's records go, with the buffer between
 * SPDX-License-Identifier: MIT
 *
 * A file, a FIFO, a descriptor (/dev/fd/N), stdout (-) or a command (|COMMAND). Nothing here waits: poll says when.
 */
#ifndef TARGET_H
#define TARGET_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "buffer.h"

struct target {
	const char *name;	/* as in the rule */
	bool waits;		/* its records wait for room, rather than drop older ones */
	uint64_t *in, *out, *dropped;	/* counters: in = out + dropped + what is in the buffer */
	uint64_t *restarts;	/* counter, used where restart is not 0 */
	unsigned restart;	/* seconds until a command that has failed is started again; 0: it is not */
	bool quiet;		/* a reader that leaves is no trouble */
	int fd;			/* -1: a FIFO that nobody reads yet, a command that has failed, or the end */
	bool open;		/* not at its end */
	bool socket;
	bool told;		/* of the first record that was dropped */
	pid_t child;		/* 0: none */
	time_t again;		/* monotonic: when a command that has failed is started again */
	int status;		/* EX_OK, or why it ended before all was written */
	struct buffer buffer;
};

/* Opens it, with a buffer of so many bytes; `append` does not empty a file. name, waits, quiet, restart and the counters are set.
 * Ends the program with status 64 for a terminal, 71 and 74 if something cannot be had. */
void target_open(struct target *, size_t buffer, bool append);

/* Is there room for any frame? Always, if it does not wait or has ended. */
bool target_room(const struct target *);

/* Adds a frame of n bytes, dropping what must be dropped. */
void target_put(struct target *, const uint8_t *frame, size_t n);

/* What to wait for: room, if there is something to write, and the reader's end. */
struct pollfd target_poll(const struct target *);

/* Is there nothing that poll could watch? Then target_write is to be called every now and then. */
bool target_is_late(const struct target *);

/* Writes what can be written without waiting, knowing what poll said of it. */
void target_write(struct target *, short revents);

/* Is there something to write? */
bool target_busy(const struct target *);

/* Ends it; what is still in the buffer is dropped. */
void target_close(struct target *);

/* Waits for the end of its command and says how it ended if not well. */
void target_reap(struct target *);

#endif
