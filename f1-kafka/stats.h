/* stats: what f1-kafka counts; a part of it per topic, and the topics come as they are met
 * SPDX-License-Identifier: MIT
 */
#ifndef STATS_H
#define STATS_H

#include "count.h"

/* why a record becomes no message */
#define REASONS \
	REASON(MALFORMED, "malformed", "not a map of names and values") \
	REASON(HEAD, "head", "without one of the keys that every record has") \
	REASON(UNKNOWN, "unknown", "of a kind that is not known")

enum reason {
#define REASON(name, label, help) REASON_##name,
	REASONS
#undef REASON
	REASON_N
};

enum { STATS_RECORDS, STATS_REJECTED, STATS_FIXED = STATS_REJECTED + REASON_N };

/* what librdkafka tells about itself, see its STATISTICS.md */
enum { STATS_QUEUED, STATS_QUEUED_BYTES, STATS_REQUESTS, STATS_SENT_BYTES, STATS_RETRIES, STATS_DELIVERY, STATS_ROUND_TRIP, STATS_LIBRARY };

/* All, in the order above: STATS_FIXED, delivered of each topic, undelivered of each, STATS_LIBRARY. Moves when a topic
 * comes. */
extern struct count *stats;

/* Ends the program with status 71 when out of memory, as does stats_topic. */
void stats_init(void);

/* Counts a record as rejected, the number-th that was read; the first one of each reason is told on stderr. */
void stats_reject(enum reason, uint64_t number);

/* Another topic; the name must stay. Its number: 0, 1 … */
int stats_topic(const char *name);

struct count *stats_delivered(int topic);
struct count *stats_undelivered(int topic);

/* A message took so long from its record to the broker's answer. */
void stats_delivery(int64_t microseconds);

/* librdkafka's statistics, a JSON text, and what waits before it. */
void stats_library(const char *json, size_t held, size_t held_bytes);

/* All messages have come back. */
void stats_end(void);

#endif
