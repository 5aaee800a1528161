/* stats: what f1-pg counts
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>

#include "stats.h"

struct count stats[STATS_N] = {
	[STATS_RECORDS] = { "records", "Records read", NULL, NULL, 0 },
#define REASON(name, label, help) [STATS_REJECTED + ROW_##name] = { "rejected", "Records that become no row", "reason", label, 0 },
	ROW_REASONS
#undef REASON
	[STATS_WRITTEN] = { "rows written", "Rows inserted or updated", NULL, NULL, 0 },
	[STATS_KNOWN] = { "rows known", "Rows that the database had already, or that a later one of the batch replaces", NULL, NULL, 0 },
	[STATS_UNCHANGED] = { "states unchanged", "Records of a state that said nothing new", NULL, NULL, 0 },
	[STATS_THINNED] = { "thinned", "Samples that --rate left out", NULL, NULL, 0 },
	[STATS_BATCHES] = { "batches", "Transactions committed", NULL, NULL, 0 },
	[STATS_RETRIES] = { "retries", "Transactions tried again", NULL, NULL, 0 },
};
