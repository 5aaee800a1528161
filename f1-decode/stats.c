/* stats: what f1-decode counts
 * SPDX-License-Identifier: MIT
 */
#include "stats.h"

struct count stats[STATS_N] = {
	[STATS_PACKETS] = { "packets", "Packets decoded", NULL, NULL, 0 },
	[STATS_RECORDS] = { "records", "Records written", NULL, NULL, 0 },
};

void
stats_init(struct taker *taker)
{
	taker_init(taker, &stats[STATS_REJECTED]);
	for (unsigned id = 0; id < LAYOUT_IDS; id++) {
		const struct layout_packet *packet = NULL;

		for (unsigned year = LAYOUT_YEAR_MAX; packet == NULL && year >= LAYOUT_YEAR_MIN; year--)
			packet = layout_find(year, id);
		stats[STATS_GAPS + id] = (struct count){ "gaps", "Frames that came in part and without this packet", "packet",
		    packet->name, 0 };
	}
	count_init(stats, STATS_N);
}

bool
stats_bad(void)
{
	uint64_t n = 0;

	for (int i = 0; i < TAKER_COUNTS; i++)
		n += stats[STATS_REJECTED + i].n;
	return n > 0;
}
