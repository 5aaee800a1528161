/* stats: what f1-kafka counts
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "opt.h"
#include "stats.h"

static const struct count fixed[STATS_FIXED] = {
	[STATS_RECORDS] = { "records", "Records read", NULL, NULL, 0 },
#define REASON(name, label, help) [STATS_REJECTED + REASON_##name] = { "rejected", "Records that become no message", "reason", label, 0 },
	REASONS
#undef REASON
};

static const struct count library[STATS_LIBRARY] = {
	[STATS_QUEUED] = { "messages queued", "Messages on their way", NULL, COUNT_GAUGE, 0 },
	[STATS_QUEUED_BYTES] = { "bytes queued", "Bytes of the messages on their way", NULL, COUNT_GAUGE, 0 },
	[STATS_REQUESTS] = { "requests", "Requests sent to brokers", NULL, NULL, 0 },
	[STATS_SENT_BYTES] = { "sent bytes", "Bytes sent to brokers, compressed", NULL, NULL, 0 },
	[STATS_RETRIES] = { "retries", "Requests sent again", NULL, NULL, 0 },
	[STATS_DELIVERY] = { "delivery microseconds", "Time until the broker has a message, 99th percentile", NULL, COUNT_GAUGE, 0 },
	[STATS_ROUND_TRIP] = { "round trip microseconds", "Time to the slowest broker and back, 99th percentile", NULL, COUNT_GAUGE, 0 },
};

static const char *const words[] = {
#define REASON(name, label, help) help,
	REASONS
#undef REASON
};

struct count *stats;

static int topics;
/* how many deliveries took how long: STEPS steps to the double */
enum { STEP_BITS = 3, STEPS = 1 << STEP_BITS, TIMES = 65 * STEPS };
static uint32_t times[TIMES];
static bool asked;	/* the library's numbers are kept only where --metrics asks for them */

static void
rebuild(int n)
{
	size_t size = STATS_FIXED + 2 * (size_t)n + (asked ? STATS_LIBRARY : 0);
	struct count *to = calloc(size, sizeof *to);

	if (to == NULL)
		err(EX_OSERR, NULL);
	if (stats == NULL) {
		memcpy(to, fixed, sizeof fixed);
		if (asked)
			memcpy(to + STATS_FIXED, library, sizeof library);
	} else {
		memcpy(to, stats, (STATS_FIXED + (size_t)topics) * sizeof *to);
		memcpy(to + STATS_FIXED + n, stats + STATS_FIXED + topics, (size_t)topics * sizeof *to);
		if (asked)
			memcpy(to + STATS_FIXED + 2 * n, stats + STATS_FIXED + 2 * topics, STATS_LIBRARY * sizeof *to);
	}
	free(stats);
	stats = to;
	topics = n;
	count_init(stats, size);
}

void
stats_init(void)
{
	asked = opt_common.metrics != NULL;
	rebuild(0);
}

void
stats_reject(enum reason why, uint64_t number)
{
	if (stats[STATS_REJECTED + why].n++ == 0)
		warnx("record %ju: %s: left out", (uintmax_t)number, words[why]);
}

int
stats_topic(const char *name)
{
	int topic = topics;

	rebuild(topics + 1);
	*stats_delivered(topic) = (struct count){ "delivered", "Messages that the broker has", "topic", name, 0 };
	*stats_undelivered(topic) = (struct count){ "undelivered", "Messages given up", "topic", name, 0 };
	return topic;
}

struct count *
stats_delivered(int topic)
{
	return &stats[STATS_FIXED + topic];
}

struct count *
stats_undelivered(int topic)
{
	return &stats[STATS_FIXED + topics + topic];
}

/* Looks for the number of "name": from *json on; false if there is none, else *json is behind it. */
static bool
find(const char **json, const char *name, uint64_t *to)
{
	const char *p = strstr(*json, name);

	if (p == NULL)
		return false;
	p += strlen(name);
	*to = strtoull(p, (char **)json, 10);
	return true;
}

static void
find_one(const char *json, const char *name, uint64_t *to)
{
	find(&json, name, to);
}

/* librdkafka's own int_latency is 0 where messages have no timeout */
void
stats_delivery(int64_t microseconds)
{
	uint64_t n = microseconds > 0 ? (uint64_t)microseconds : 0;
	int bits = 64 - __builtin_clzll(n | STEPS);

	if (asked)
		times[bits * STEPS + (int)(n >> (bits - 1 - STEP_BITS) & (STEPS - 1))]++;
}

/* The 99th of those since the last time, which are forgotten; as before if there were none. */
static uint64_t
percentile(uint64_t before)
{
	uint64_t above = 0, all = 0;
	int i = TIMES;

	for (int at = 0; at < TIMES; at++)
		all += times[at];
	while (i > 0 && above <= all / 100)
		above += times[--i];
	memset(times, 0, sizeof times);
	return all == 0 ? before : (uint64_t)(STEPS + i % STEPS) << (i / STEPS - 1) >> STEP_BITS;
}

void
stats_library(const char *json, size_t held, size_t held_bytes)
{
	struct count *c = stats + STATS_FIXED + 2 * topics;
	const char *p;
	uint64_t n;

	if (!asked)
		return;
	/* the names that are once there, see STATISTICS.md */
	find_one(json, "\"msg_cnt\":", &c[STATS_QUEUED].n);
	find_one(json, "\"msg_size\":", &c[STATS_QUEUED_BYTES].n);
	find_one(json, "\"tx_bytes\":", &c[STATS_SENT_BYTES].n);
	c[STATS_QUEUED].n += held;
	c[STATS_QUEUED_BYTES].n += held_bytes;
	/* and those that each broker has */
	c[STATS_REQUESTS].n = c[STATS_RETRIES].n = c[STATS_ROUND_TRIP].n = 0;
	for (p = json; find(&p, "\"txretries\":", &n);)
		c[STATS_RETRIES].n += n;
	for (p = json; (p = strstr(p, "\"rtt\":")) != NULL && find(&p, "\"p99\":", &n);)
		if (n > c[STATS_ROUND_TRIP].n)
			c[STATS_ROUND_TRIP].n = n;
	c[STATS_DELIVERY].n = percentile(c[STATS_DELIVERY].n);
	/* the last "tx": is that of all brokers */
	for (p = json; find(&p, "\"tx\":", &n);)
		c[STATS_REQUESTS].n = n;
}

void
stats_end(void)
{
	struct count *c = stats + STATS_FIXED + 2 * topics;

	if (!asked)
		return;
	c[STATS_QUEUED].n = c[STATS_QUEUED_BYTES].n = 0;
	c[STATS_DELIVERY].n = percentile(c[STATS_DELIVERY].n);
}
