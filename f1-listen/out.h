/* out: the stream on stdout, which never makes the socket wait
 * SPDX-License-Identifier: MIT
 */
#ifndef OUT_H
#define OUT_H

#include <poll.h>

#include "packet.h"

extern struct out_total {
	uint64_t datagrams, bytes;	/* written whole; bytes written */
	uint64_t dropped;		/* datagrams that the ring had no room for */
	uint64_t unwritten;		/* datagrams that were still to be written when nobody read any more */
} out_total;

/* Takes stdout, with a ring of so many bytes. If it is a terminal: false where it is not NEEDED, else the end of the
 * program with 64. Status 71 and 74 where memory is missing or stdout is closed. */
bool out_open(size_t ring, bool needed);

/* The first bytes of the stream. */
void out_preface(const void *, size_t n);

/* Keeps a datagram for the reader; nothing if the stream has ended. */
void out_put(const struct datagram *);

/* What to wait for: room, if there is something to write, and the reader's end. */
struct pollfd out_poll(void);

/* Writes what can be written without waiting, knowing what poll said of it. */
void out_write(short revents);

/* Is there anything to write? */
bool out_waiting(void);

/* The stream has ended: nobody reads, or a write failed. */
bool out_ended(void);

/* Waits for the reader, as long as it reads at least every now and then, and closes. The exit status so far. */
int out_close(void (*meanwhile)(void));

#endif
