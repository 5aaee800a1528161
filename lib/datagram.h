/* datagram: what the readers of captures hand on, and who takes it
 * SPDX-License-Identifier: MIT
 */
#ifndef DATAGRAM_H
#define DATAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "count.h"
#include "layout.h"

#define DATAGRAM_NO_TIME INT64_MIN

/* a packet of the game as it came */
struct datagram {
	const struct layout_packet *packet;
	const uint8_t *bytes;	/* packet->size of them; valid while it is taken */
	int64_t time;		/* of its arrival in nanoseconds since 1970, or DATAGRAM_NO_TIME */
	const uint8_t *ip;	/* where the IP packet that ends with these bytes begins, or NULL */
};

/* why a datagram, or a run of bytes in a raw stream, was no packet */
#define DATAGRAM_REASONS(X) \
	X(FORMAT, "format")	/* not of a format from 2018 to 2026 */ \
	X(ID, "id")		/* no packet of its format */ \
	X(LENGTH, "length")	/* cut off, or not as long as its packet */ \
	X(FOREIGN, "foreign")	/* in a capture: not UDP over IP, or a fragment */

enum datagram_reason {
#define X(name, label) DATAGRAM_##name,
	DATAGRAM_REASONS(X)
#undef X
	DATAGRAM_REASONS_N
};

/* a program's counters of what was wrong with its inputs: one for each reason, then these */
enum { TAKER_SKIPPED = DATAGRAM_REASONS_N, TAKER_TORN, TAKER_COUNTS };

struct taker {
	bool (*take)(const struct datagram *);	/* false: no more is wanted */
	struct count *counts;			/* TAKER_COUNTS of them, named by taker_init */
	unsigned told;				/* bits: the reasons told; set to 0 for another input */
};

/* Names the counters. */
void taker_init(struct taker *, struct count *counts);

/* Counts a rejection. The first of a kind in an input is told on stderr: the words say where. */
void taker_reject(struct taker *, enum datagram_reason, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Looks at a datagram of n bytes, number `number` of the input `name`: the packet that it is, or NULL, rejected. */
const struct layout_packet *taker_look(struct taker *, const char *name, uintmax_t number, const uint8_t *p, size_t n);

#endif
