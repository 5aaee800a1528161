/* feed: the records of one selection in one form, framed once for all clients that asked for it
 * SPDX-License-Identifier: MIT
 *
 * A feed is a run of WebSocket messages, and each client a place in it: what is between the place and the end goes out
 * in one piece. A client that falls behind by more than FEED_LOG skips to the newest: it gets the latest record of each kind
 * and index keys that it has missed, and then goes on with the others. So does a new client.
 */
#ifndef FEED_H
#define FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "head.h"

enum { FEED_RUN = 64 * 1024, FEED_LOG = 4 * FEED_RUN };	/* bytes sent at once, and kept for the slow */
enum { FEED_SELECTORS = 32 };				/* in one selection */

struct feed;

/* where a client is in its feed */
struct place {
	struct feed *feed;
	uint64_t next;		/* number of the message that it gets next */
	uint64_t seen;		/* number of the last record that it got, as latest.h counts */
	bool behind;		/* it has missed what is between `seen` and now */
	struct place *other;	/* in the same feed */
};

void feed_init(void);

/* Joins the feed of a selection, selectors with commas between them, or "player" for the merged object. NULL, or what is
 * wrong with it. */
const char *feed_join(struct place *, const char *selection, bool binary);
void feed_leave(struct place *);

/* Is it a selection? NULL or what is wrong. */
const char *feed_check(const char *selection);

/* Gives a record to all feeds that select it (the merged object if `player`), and puts it with the latest. */
void feed_publish(const struct head *, const uint8_t *record, size_t n, bool player);

/* Bytes of the feed that got most since the last feed_sent. */
size_t feed_waiting(void);
void feed_sent(void);

/* The next messages for a client: their bytes, at most FEED_RUN or one message, which are taken as sent; 0 if there are
 * none. They hold until the next call of anything here. */
size_t feed_take(struct place *, const uint8_t **bytes);

/* Has it got everything? */
bool feed_even(const struct place *);

#endif
