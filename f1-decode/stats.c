/* stats: what f1-decode counts
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdarg.h>

#include "stats.h"

struct count stats[STATS_N] = {
	[STATS_PACKETS] = { "packets", "Packets decoded", NULL, NULL, 0 },
	[STATS_RECORDS] = { "records", "Records written", NULL, NULL, 0 },
#define REASON(name, label, help) [STATS_REJECTED + REASON_##name] = { "rejected", "Datagrams, or runs of bytes, that are no packet", "reason", label, 0 },
	REASONS
#undef REASON
	[STATS_SKIPPED] = { "bytes skipped", "Bytes of a raw stream that belong to no packet", NULL, NULL, 0 },
	[STATS_TORN] = { "captures torn", "Captures that end in the middle", NULL, NULL, 0 },
};

static unsigned told;	/* bits: the reasons told for this input */

void
stats_init(void)
{
	for (unsigned id = 0; id < LAYOUT_IDS; id++) {
		const struct layout_packet *packet = NULL;

		for (unsigned year = LAYOUT_YEAR_MAX; packet == NULL && year >= LAYOUT_YEAR_MIN; year--)
			packet = layout_find(year, id);
		stats[STATS_GAPS + id] = (struct count){ "gaps", "Frames that came in part and without this packet", "packet",
		    packet->name, 0 };
	}
	count_init(stats, STATS_N);
}

void
stats_input(void)
{
	told = 0;
}

void
stats_reject(enum reason reason, const char *format, ...)
{
	va_list ap;

	stats[STATS_REJECTED + reason].n++;
	if (told & 1u << reason)
		return;
	told |= 1u << reason;
	va_start(ap, format);
	vwarnx(format, ap);
	va_end(ap);
}

bool
stats_bad(void)
{
	uint64_t n = stats[STATS_SKIPPED].n + stats[STATS_TORN].n;

	for (int i = 0; i < REASON_N; i++)
		n += stats[STATS_REJECTED + i].n;
	return n > 0;
}
