/* datagram: counting and telling what is none of the game's
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdarg.h>

#include "datagram.h"
#include "look.h"

void
taker_init(struct taker *taker, struct count *counts)
{
	static const struct count names[TAKER_COUNTS] = {
#define X(name, label) \
		[DATAGRAM_##name] = { "rejected", "Datagrams, or runs of bytes, that are no packet", "reason", label, 0 },
		DATAGRAM_REASONS(X)
#undef X
		[TAKER_SKIPPED] = { "bytes skipped", "Bytes of a raw stream that belong to no packet", NULL, NULL, 0 },
		[TAKER_TORN] = { "captures torn", "Captures that end in the middle", NULL, NULL, 0 },
	};

	for (int i = 0; i < TAKER_COUNTS; i++)
		counts[i] = names[i];
	taker->counts = counts;
}

void
taker_reject(struct taker *taker, enum datagram_reason reason, const char *format, ...)
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
	static const enum datagram_reason reasons[] = {
		[LOOK_FORMAT] = DATAGRAM_FORMAT, [LOOK_ID] = DATAGRAM_ID, [LOOK_LENGTH] = DATAGRAM_LENGTH,
	};
	const struct layout_packet *packet;
	enum look look = look_datagram(p, n, n, &packet);
	char words[LOOK_WORDS];

	if (look == LOOK_PACKET)
		return packet;
	look_words(p, n, n, words);
	taker_reject(taker, reasons[look], "%s: datagram %ju: %s: left out", name, number, words);
	return NULL;
}
