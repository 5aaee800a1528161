/* stats: what f1-ws counts
 * SPDX-License-Identifier: MIT
 */
#include "stats.h"

struct count stats[STATS_N] = {
	[STATS_RECORDS] = { "records", "records read", NULL, NULL, 0 },
	[STATS_REJECTED_HEAD] = { "rejected", "records that are none", "reason", "head", 0 },
	[STATS_REJECTED_BODY] = { "rejected", NULL, "reason", "body", 0 },
	[STATS_SESSIONS] = { "sessions", "times that another session began", NULL, NULL, 0 },
	[STATS_CLIENTS] = { "clients", "WebSocket clients that came", NULL, NULL, 0 },
	[STATS_MESSAGES] = { "messages", "messages given to clients", NULL, NULL, 0 },
	[STATS_SKIPPED] = { "skipped", "messages not given to a client because it was slow", NULL, NULL, 0 },
	[STATS_CAUGHT] = { "caught up", "latest values given to clients that had just come or were slow", NULL, NULL, 0 },
	[STATS_REQUESTS] = { "requests", "HTTP requests answered", NULL, NULL, 0 },
	[STATS_REFUSED_HOST] = { "refused", "connections and requests refused", "reason", "host", 0 },
	[STATS_REFUSED_ORIGIN] = { "refused", NULL, "reason", "origin", 0 },
	[STATS_REFUSED_TOKEN] = { "refused", NULL, "reason", "token", 0 },
	[STATS_REFUSED_REQUEST] = { "refused", NULL, "reason", "request", 0 },
	[STATS_REFUSED_LIMIT] = { "refused", NULL, "reason", "limit", 0 },
	[STATS_FORGOTTEN] = { "forgotten", "records too many or too long to be kept as latest", NULL, NULL, 0 },
};
