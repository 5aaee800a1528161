/* stats: what f1-decode counts
 * SPDX-License-Identifier: MIT
 */
#ifndef STATS_H
#define STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "count.h"
#include "datagram.h"
#include "layout.h"

enum { STATS_PACKETS, STATS_RECORDS, STATS_REJECTED, STATS_GAPS = STATS_REJECTED + TAKER_COUNTS,
	STATS_N = STATS_GAPS + LAYOUT_IDS };

extern struct count stats[STATS_N];

/* Names the counters, those of the taker among them, and hands the table to count_init. */
void stats_init(struct taker *);

/* Was anything rejected, skipped or torn? (--strict) */
bool stats_bad(void);

#endif
