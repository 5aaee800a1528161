/* net: what becomes of a datagram between the game and us
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "net.h"
#include "out.h"
#include "prng.h"

enum { LOST = 2, DUPLICATED = 2, REORDERED = 1 /* % */, BEHIND_MAX = 8 };

struct net net;

static struct {
	uint64_t stream;	/* of random numbers; the race has its own */
	int weather;
	uint8_t held[LAYOUT_PACKET_MAX];
	size_t held_n;
	int behind;		/* so many overtake it yet */
} self;

void
net_init(uint64_t seed, int weather)
{
	self.stream = ~seed;
	self.weather = weather;
}

static int
happens(int kind, unsigned percent)
{
	return self.weather & kind && prng_next(&self.stream) % 100 < percent;
}

void
net_end(void)
{
	if (self.held_n > 0)
		out_datagram(self.held, self.held_n);
	self.held_n = 0;
}

void
net_datagram(unsigned id, int outside, const uint8_t *p, size_t n)
{
	struct net_count *count = outside ? &net.outside[id] : &net.session[id];

	if (net.mute)
		return;
	count->made++;
	if (happens(NET_LOSS, LOST)) {
		count->lost++;
		return;
	}
	if (self.held_n == 0 && happens(NET_REORDER, REORDERED)) {
		count->reordered++;
		memcpy(self.held, p, self.held_n = n);
		self.behind = 1 + (int)(prng_next(&self.stream) % BEHIND_MAX);
		return;
	}
	out_datagram(p, n);
	if (happens(NET_DUPLICATES, DUPLICATED)) {
		count->duplicated++;
		out_datagram(p, n);
	}
	if (self.held_n > 0 && --self.behind == 0)
		net_end();
}
