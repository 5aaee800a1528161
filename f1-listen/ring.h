/* ring: datagrams that wait for a slow reader; when it is full the oldest whole ones make room
 * SPDX-License-Identifier: MIT
 *
 * Their bytes lie one behind the other, so that one write takes as many as the reader will. What a write left of a
 * datagram that it had begun is kept aside and never goes: the stream stays one of whole datagrams.
 */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum { RING_DATAGRAM = 4096 };		/* bytes of the longest, with its head */
enum { RING_VEC = 3 };			/* pieces that ring_vec makes */

struct ring {
	uint8_t *bytes;
	size_t size, begin, used;
	uint16_t *lengths;		/* of the datagrams, oldest first, in a ring of their own */
	size_t slots, first, n;
	uint8_t rest[RING_DATAGRAM];	/* what is left of the one that was begun */
	size_t rest_begin, rest_end;
	bool rest_counts;		/* it is a datagram, not what the stream begins with */
};

/* Memory for `size` bytes, which the system gives as it is used. 0, or -1 with errno. */
int ring_open(struct ring *, size_t size);

/* Goes out first, before any datagram; n is at most RING_DATAGRAM. */
void ring_preface(struct ring *, const void *, size_t n);

/* Adds a datagram of two parts; the number of old ones that had to go. */
size_t ring_put(struct ring *, const void *head, size_t head_n, const void *data, size_t n);

/* The oldest bytes, at most `most` of them or as many as are there; the number of pieces. */
int ring_vec(struct ring *, struct iovec vec[RING_VEC], size_t most);

/* `done` bytes of ring_vec are written; the number of datagrams that are now out whole. */
size_t ring_took(struct ring *, size_t done);

/* Is there anything to write? */
bool ring_empty(const struct ring *);

/* Datagrams in it, the one begun included. */
size_t ring_left(const struct ring *);

#endif
