/* stats: what f1-decode counts
 * SPDX-License-Identifier: MIT
 */
#ifndef STATS_H
#define STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "count.h"
#include "layout.h"

/* why a datagram, or a run of bytes in a raw stream, was no packet */
#define REASONS \
	REASON(FORMAT, "format", "not of a format from 2018 to 2026") \
	REASON(ID, "id", "no packet of its format") \
	REASON(LENGTH, "length", "cut off, or not as long as its packet") \
	REASON(FOREIGN, "foreign", "in a capture: not UDP over IP, or a fragment")

enum reason {
#define REASON(name, label, help) REASON_##name,
	REASONS
#undef REASON
	REASON_N
};

enum { STATS_PACKETS, STATS_RECORDS, STATS_REJECTED, STATS_SKIPPED = STATS_REJECTED + REASON_N, STATS_TORN, STATS_GAPS,
	STATS_N = STATS_GAPS + LAYOUT_IDS };

extern struct count stats[STATS_N];

/* Names the gaps by packet and hands the table to count_init. */
void stats_init(void);

/* A run of bytes, or a datagram, was rejected; the first of a kind in an input is told: the words say where. */
void stats_reject(enum reason, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Another input begins: its first rejections are told again. */
void stats_input(void);

/* Was anything rejected, skipped or torn? (--strict) */
bool stats_bad(void);

#endif
