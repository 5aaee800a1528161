/* datagram: counting and telling what is none of the game's
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdarg.h>

#include "bytes.h"
#include "datagram.h"

void
taker_init(struct taker *taker, struct count *counts)
{
	static const struct count names[TAKER_COUNTS] = {
#define REASON(name, label, help) \
		[REASON_##name] = { "rejected", "Datagrams, or runs of bytes, that are no packet", "reason", label, 0 },
		REASONS
#undef REASON
		[TAKER_SKIPPED] = { "bytes skipped", "Bytes of a raw stream that belong to no packet", NULL, NULL, 0 },
		[TAKER_TORN] = { "captures torn", "Captures that end in the middle", NULL, NULL, 0 },
	};

	for (int i = 0; i < TAKER_COUNTS; i++)
		counts[i] = names[i];
	taker->counts = counts;
}

void
taker_reject(struct taker *taker, enum reason reason, const char *format, ...)
{
	va_list ap;

	taker->counts[reason].n++;
	if (taker->told & 1u << reason)
		return;
	taker->told |= 1u << reason;
	va_start(ap, format);
	vwarnx(format, ap);
	va_end(ap);
}

const struct layout_packet *
taker_look(struct taker *taker, const char *name, uintmax_t number, const uint8_t *p, size_t n)
{
	const struct layout_packet *packet = NULL;

	switch (layout_look(p, n, &packet)) {
	case LOOK_SHORT:
		taker_reject(taker, REASON_LENGTH, "%s: datagram %ju: %zu bytes are too short for an F1 packet: left out",
		    name, number, n);
		return NULL;
	case LOOK_FORMAT:
		taker_reject(taker, REASON_FORMAT, "%s: datagram %ju: no F1 packet (it would be of format %u): left out",
		    name, number, n >= 2 ? le16(p) : 0u);
		return NULL;
	case LOOK_ID:
		taker_reject(taker, REASON_ID, "%s: datagram %ju: format %u has no such packet: left out", name, number,
		    le16(p));
		return NULL;
	case LOOK_PACKET:
		break;
	}
	if (n == packet->size)
		return packet;
	taker_reject(taker, REASON_LENGTH, "%s: datagram %ju: %u %s: %zu bytes, expected %u: left out", name, number,
	    packet->format, packet->name, n, packet->size);
	return NULL;
}
