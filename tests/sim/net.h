/* net: what becomes of a datagram between the game and us
 * SPDX-License-Identifier: MIT
 */
#ifndef NET_H
#define NET_H

#include <stddef.h>
#include <stdint.h>

#include "layout.h"

enum { NET_LOSS = 1, NET_REORDER = 2, NET_DUPLICATES = 4 };

struct net_count {
	unsigned long long made, lost, duplicated, reordered;
};

/* By packet: those of the session, and those of UID 0. `mute` is 1 while nobody captures. */
extern struct net {
	struct net_count session[LAYOUT_IDS], outside[LAYOUT_IDS];
	int mute;
} net;

/* How bad the way is: NET_... or 0. */
void net_init(uint64_t seed, int weather);

/* Sends one on its way, with `outside` if it belongs to no session. The bytes are copied. */
void net_datagram(unsigned id, int outside, const uint8_t *, size_t n);

/* What was held back arrives. */
void net_end(void);

#endif
