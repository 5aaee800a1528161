/* out: datagrams to stdout or to a socket, at their time
 * SPDX-License-Identifier: MIT
 */
#ifndef OUT_H
#define OUT_H

#include <stddef.h>
#include <stdint.h>

extern struct out {
	unsigned long long datagrams, bytes;
} out;

/* To HOST:PORT, or to stdout if `where` is NULL. `speed` is the factor of real time, 0 as fast as possible. Ends the
 * program if that cannot be had. */
void out_init(const char *where, double speed);

/* One datagram. The bytes are copied. */
void out_datagram(const uint8_t *, size_t n);

/* All of a moment has been given: what follows belongs to `time` (seconds of the game), so wait for it. 0, or -1 if
 * there is nobody left to write to or we were asked to stop. */
int out_moment(double time);

/* Writes what is left. 0, or -1 if nobody is left to write to. */
int out_end(void);

#endif
