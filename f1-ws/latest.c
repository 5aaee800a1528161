/* latest: the last record of each kind and index keys in the session
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "latest.h"
#include "record.h"
#include "stats.h"

/* A long race of 24 cars has less than half of these. A record may be as long as RECORD_MAX; those that a game makes
 * have 1,500 bytes at most. */
enum { ENTRIES = 8192, PLACES = 2 * ENTRIES, BYTES_MAX = 12 << 20 };

static struct {
	struct latest *entries;		/* used of them hold a record */
	size_t used;
	uint16_t *places;		/* by hash: index in entries + 1, 0 is free */
	struct latest *oldest, *newest;
	uint64_t number, session, events;
	size_t bytes;			/* room of all */
	bool any;
	size_t event;			/* index of the kind */
} self;

void
latest_init(void)
{
	self.entries = calloc(ENTRIES, sizeof *self.entries);
	self.places = calloc(PLACES, sizeof *self.places);
	if (self.entries == NULL || self.places == NULL)
		err(EX_OSERR, NULL);
	self.event = (size_t)(layout_record("event", 5) - layout_records);
}

static void
begin_session(uint64_t uid)
{
	if (self.any)
		memset(self.places, 0, PLACES * sizeof *self.places);
	self.any = true;
	self.session = uid;
	self.used = 0;
	self.oldest = self.newest = NULL;
	stats[STATS_SESSIONS].n++;
}

/* The entry of these keys, a new one if there is none, NULL if there is no room. */
static struct latest *
find(size_t kind, int32_t a, int32_t b, bool *new)
{
	uint64_t hash = ((uint64_t)kind << 40 ^ (uint64_t)(a + 1) << 20 ^ (uint64_t)(b + 1)) * UINT64_C(0x9e3779b97f4a7c15);
	size_t place = (size_t)(hash >> 32) % PLACES;
	struct latest *l;

	for (; self.places[place] != 0; place = (place + 1) % PLACES) {
		l = &self.entries[self.places[place] - 1];
		if ((l->player ? layout_records_n : (size_t)(l->head.kind - layout_records)) == kind &&
		    l->head.key[0] == a && l->head.key[1] == b) {
			*new = false;
			return l;
		}
	}
	if (self.used == ENTRIES)
		return NULL;
	l = &self.entries[self.used++];
	self.places[place] = (uint16_t)self.used;
	*new = true;
	return l;
}

static void
take_out(struct latest *l)
{
	*(l->before ? &l->before->after : &self.oldest) = l->after;
	*(l->after ? &l->after->before : &self.newest) = l->before;
}

static void
put_last(struct latest *l)
{
	l->before = self.newest;
	l->after = NULL;
	*(self.newest ? &self.newest->after : &self.oldest) = l;
	self.newest = l;
}

static bool
make_room(struct latest *l, size_t n)
{
	size_t room = (n + RECORD_SLACK + 255) / 256 * 256;
	uint8_t *record;

	if (n + RECORD_SLACK <= l->room)
		return true;
	if (self.bytes - l->room + room > BYTES_MAX || (record = realloc(l->record, room)) == NULL)
		return false;
	self.bytes += room - l->room;
	l->record = record;
	l->room = room;
	return true;
}

void
latest_put(const struct head *h, const uint8_t *record, size_t n, bool player)
{
	size_t kind = player ? layout_records_n : h->kind ? (size_t)(h->kind - layout_records) : SIZE_MAX;
	int32_t key[2] = { h->key[0], h->key[1] };
	struct latest *l;
	bool new;

	self.number++;
	if (!self.any || h->session_uid != self.session) {
		if (player)	/* made late, of a session that is over */
			return;
		begin_session(h->session_uid);
	}
	if (kind == SIZE_MAX)
		return;
	if (kind == self.event) {
		if (memmem(record, n, "BUTN", 4) != NULL)
			return;
		key[0] = (int32_t)(self.events++ % LATEST_EVENTS);
		key[1] = HEAD_NONE;
	}
	l = find(kind, key[0], key[1], &new);
	if (l == NULL) {
		stats[STATS_FORGOTTEN].n++;
		return;
	}
	if (!new)
		take_out(l);
	l->number = self.number;
	l->head = *h;
	l->head.name = NULL;
	l->head.key[0] = key[0];
	l->head.key[1] = key[1];
	l->player = player;
	l->n = 0;
	if (make_room(l, n)) {
		memcpy(l->record, record, n);
		l->n = n;
	} else
		stats[STATS_FORGOTTEN].n++;
	put_last(l);
}

uint64_t
latest_number(void)
{
	return self.number;
}

const struct latest *
latest_above(uint64_t number)
{
	const struct latest *l;

	if (self.oldest == NULL || self.oldest->number > number)
		return self.oldest;
	for (l = self.newest; l != NULL && l->number > number; l = l->before)
		continue;
	return l ? l->after : self.oldest;
}
