/* raw: datagrams back to back
 * SPDX-License-Identifier: MIT
 *
 * A raw stream has no marks: each packet tells its length by format and id, and the next one begins where it ends. That
 * chain is what tells packets from garbage. Where it holds, a packet is taken as it comes. Where it breaks, because no
 * packet begins where this one ends, this one may have been cut off, and the next may begin within the bytes that its
 * length covers: then it is given up for the one inside, if that is followed well or plausible. A packet that does not
 * follow another must be followed by one, or be plausible in all its header.
 */
#include <math.h>

#include "bytes.h"
#include "io.h"
#include "raw.h"

enum { HEADER_MAX = 29 };

static const enum datagram_reason reasons[] = {
	[LOOK_SHORT] = DATAGRAM_LENGTH, [LOOK_FORMAT] = DATAGRAM_FORMAT, [LOOK_ID] = DATAGRAM_ID,
};

/* does every field of this header have a value that games send? */
static bool
plausible(const uint8_t *p, const struct layout_packet *packet)
{
	const struct layout_header *h = layout_header(packet->format);
	float time = float_of(le32(p + h->session_time));
	uint8_t version = p[h->packet_id - 1], player = p[h->player_car_index];

	return version == 1 && time >= 0 && time < 1e6f && (player < LAYOUT_CARS_MAX || player == 255);
}

/* How is a packet that ends at p followed? */
enum follows { NOT, MAYBE, WELL };

static enum follows
follows(const struct input *in, const uint8_t *p)
{
	const struct layout_packet *next;
	size_t n = (size_t)(in->buffer + in->end - p);

	switch (layout_look(p, n, &next)) {
	case LOOK_PACKET:
		return WELL;
	case LOOK_SHORT:
		return n == 0 && in->ended ? WELL : MAYBE;
	default:
		return NOT;
	}
}

/* Offset of the first packet that begins within n bytes of p, after the first, and is followed well or plausible; n if
 * there is none. */
static size_t
inside(const struct input *in, const uint8_t *p, size_t n)
{
	const uint8_t *end = in->buffer + in->end;
	const struct layout_packet *packet;

	for (size_t i = 1; i < n; i++) {
		if (layout_look(p + i, (size_t)(end - (p + i)), &packet) != LOOK_PACKET || (size_t)(end - (p + i)) < packet->size)
			continue;
		if (follows(in, p + i + packet->size) == WELL || plausible(p + i, packet))
			return i;
	}
	return n;
}

/* bytes that are no packet; `skipping` is true within a run of them */
static void
skip(struct input *in, struct taker *taker, size_t n, enum datagram_reason reason, bool *skipping)
{
	const uint8_t *p = in->buffer + in->begin;

	if (!*skipping) {
		if (reason == DATAGRAM_LENGTH)
			taker_reject(taker, reason, "%s: byte %ju: a packet is cut off: skipping to the next", in->name, (uintmax_t)in->offset);
		else if (reason == DATAGRAM_ID)
			taker_reject(taker, reason, "%s: byte %ju: format %u has no such packet: skipping to the next", in->name,
			    (uintmax_t)in->offset, le16(p));
		else
			taker_reject(taker, reason, "%s: byte %ju: no F1 packet (it would be of format %u): skipping to the next", in->name,
			    (uintmax_t)in->offset, le16(p));
	}
	*skipping = true;
	taker->counts[TAKER_SKIPPED].n += n;
	input_use(in, n);
}

void
raw_read(struct input *in, struct taker *taker)
{
	bool skipping = false;

	for (;;) {
		const uint8_t *p = in->buffer + in->begin;
		const struct layout_packet *packet = NULL;
		enum look look = layout_look(p, input_size(in), &packet);
		enum follows after;
		size_t n, found;

		if (look == LOOK_SHORT) {
			if (input_more(in))
				continue;
			if (input_size(in) > 0)
				skip(in, taker, input_size(in), DATAGRAM_LENGTH, &skipping);
			return;
		}
		if (look != LOOK_PACKET) {
			if (input_size(in) < 2 && input_more(in))	/* taker_reject names the format */
				continue;
			skip(in, taker, 1, reasons[look], &skipping);
			continue;
		}
		n = packet->size;
		if (input_size(in) < n) {
			if (input_more(in))
				continue;
			skip(in, taker, inside(in, p, input_size(in)), DATAGRAM_LENGTH, &skipping);
			continue;
		}
		/* look at what follows if it is there, so that it does not matter in which pieces a file is read */
		if (input_size(in) < n + HEADER_MAX && !in->ended && io_readable(in->fd)) {
			input_more(in);
			continue;
		}
		after = follows(in, p + n);
		if (after == NOT && input_size(in) < n + LAYOUT_PACKET_MAX + HEADER_MAX && !in->ended && io_readable(in->fd)) {
			input_more(in);		/* what may stand inside must be whole */
			continue;
		}
		if (after == NOT && (found = inside(in, p, n)) < n) {
			skip(in, taker, found, DATAGRAM_LENGTH, &skipping);
			skipping = false;	/* a packet stands here */
			continue;
		}
		if (skipping && after != WELL && !plausible(p, packet)) {
			if (after == MAYBE && input_more(in))
				continue;
			if (follows(in, in->buffer + in->begin + n) == NOT) {
				skip(in, taker, 1, DATAGRAM_FORMAT, &skipping);
				continue;
			}
		}
		skipping = false;
		if (!taker->take(&(struct datagram){ .packet = packet, .bytes = in->buffer + in->begin,
		    .time = DATAGRAM_NO_TIME }))
			return;
		input_use(in, n);
	}
}
