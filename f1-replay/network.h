/* network: what a bad network does to datagrams: it loses, doubles and reorders them
 * SPDX-License-Identifier: MIT
 */
#ifndef NETWORK_H
#define NETWORK_H

#include "datagram.h"

extern struct network {
	double loss, dup, reorder;	/* chances of a datagram, 0 to 1 */
	uint64_t seed;			/* the same seed does the same to the same datagrams */
	uint64_t lost, doubled, reordered;
} network;

/* Puts a datagram through: `pass` is called for each that comes out. The bytes of one that is held back are copied. */
void network_datagram(const struct datagram *, void (*pass)(const struct datagram *));

/* What is still held back comes out. */
void network_end(void (*pass)(const struct datagram *));

#endif
