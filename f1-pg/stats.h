/* stats: what f1-pg counts
 * SPDX-License-Identifier: MIT
 */
#ifndef STATS_H
#define STATS_H

#include "count.h"

/* why a record becomes no row */
#define ROW_REASONS \
	REASON(MALFORMED, "malformed", "not a map of names and values") \
	REASON(UNKNOWN, "unknown", "of a kind that has no table") \
	REASON(HEAD, "head", "without one of the keys that every record has") \
	REASON(RANGE, "range", "a value that its column cannot hold") \
	REASON(REFUSED, "refused", "a row that the database does not take") \
	REASON(OTHER, "other", "a sample in whose place the database has another one")

enum row_reason {
#define REASON(name, label, help) ROW_##name,
	ROW_REASONS
#undef REASON
	ROW_N
};

enum { STATS_RECORDS, STATS_REJECTED, STATS_WRITTEN = STATS_REJECTED + ROW_N, STATS_KNOWN, STATS_UNCHANGED, STATS_THINNED,
	STATS_BATCHES, STATS_RETRIES, STATS_N };

extern struct count stats[STATS_N];

#endif
