/* network: what a bad network does to datagrams
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "network.h"

enum { HEADS = 128, FAR = 4 };	/* bytes before the payload; datagrams that may overtake one */

struct network network = { .seed = 1 };

static struct {
	uint8_t bytes[HEADS + LAYOUT_PACKET_MAX];
	struct datagram datagram;
	unsigned overtakes;	/* datagrams that still overtake it; 0 if there is none */
} held;

/* splitmix64 (Steele, Lea and Flood 2014) */
static uint64_t
draw(void)
{
	uint64_t z = network.seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static double
chance(void)
{
	return (double)(draw() >> 11) * 0x1p-53;
}

static void
hold(const struct datagram *d, unsigned overtakes)
{
	size_t head = d->ip ? (size_t)(d->bytes - d->ip) : 0;

	held.datagram = *d;
	held.overtakes = overtakes;
	memcpy(held.bytes, d->bytes - head, head + d->packet->size);
	held.datagram.bytes = held.bytes + head;
	if (d->ip)
		held.datagram.ip = held.bytes;
}

void
network_datagram(const struct datagram *d, void (*pass)(const struct datagram *))
{
	/* always as many draws, so that one kind of trouble does not change the others */
	double loss = chance(), dup = chance(), reorder = chance();
	unsigned far = (unsigned)(draw() % FAR) + 1;

	if (loss < network.loss)
		network.lost++;
	else if (reorder < network.reorder && held.overtakes == 0) {
		network.reordered++;
		hold(d, far);
		return;
	} else {
		pass(d);
		if (dup < network.dup) {
			network.doubled++;
			pass(d);
		}
	}
	if (held.overtakes > 0 && --held.overtakes == 0) {
		held.datagram.time = d->time;	/* it arrives now */
		pass(&held.datagram);
	}
}

void
network_end(void (*pass)(const struct datagram *))
{
	if (held.overtakes > 0)
		pass(&held.datagram);
	held.overtakes = 0;
}
