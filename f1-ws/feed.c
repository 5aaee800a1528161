/* feed: the records of one selection in one form, framed once for all clients that asked for it
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "feed.h"
#include "frame.h"
#include "json.h"
#include "latest.h"
#include "record.h"
#include "selector.h"
#include "stats.h"

enum { RATES = 256 };	/* of all clients: each counts frames of every record and car */

/* one count of frames for all selectors of a rate */
struct rate {
	double hz;
	struct thin *thin;
	int users;
	struct rate *next;
};

struct mark {
	size_t end;		/* of a message in the log */
	uint64_t number;	/* of its record */
};

struct feed {
	struct feed *next;
	char *selection;
	bool binary, player;
	int selectors_n;
	struct {
		struct selector selector;
		struct rate *rate;
	} selectors[FEED_SELECTORS];
	struct place *places;
	/* what not all have got: messages first to first + marks_n */
	uint8_t *log;
	size_t n, room, fresh;	/* fresh: bytes since feed_sent */
	struct mark *marks;
	size_t marks_n, marks_room;
	uint64_t first;
};

static struct {
	struct feed *feeds;
	struct rate *rates;
	int rates_n;
	char *json;		/* the record that is published, once somebody wants it so */
	size_t json_n;
	bool json_made;
	uint8_t *run;		/* made for one client */
	size_t waiting;
} self;

static void *
need(void *memory)
{
	if (memory == NULL)
		err(EX_OSERR, NULL);
	return memory;
}

void
feed_init(void)
{
	self.json = need(malloc(JSON_ROOM(RECORD_MAX)));
	self.run = need(malloc(FEED_RUN + FRAME_HEAD + JSON_ROOM(RECORD_MAX)));
	latest_init();
}

static struct rate *
rate_get(double hz)
{
	struct rate *r;

	if (hz <= 0)
		return NULL;
	for (r = self.rates; r != NULL && r->hz != hz; r = r->next)
		continue;
	if (r == NULL) {
		self.rates_n++;
		r = need(calloc(1, sizeof *r));
		r->hz = hz;
		r->thin = need(thin_new(hz));
		r->next = self.rates;
		self.rates = r;
	}
	r->users++;
	return r;
}

static void
rate_drop(struct rate *r)
{
	struct rate **at;

	if (r == NULL || --r->users > 0)
		return;
	for (at = &self.rates; *at != r; at = &(*at)->next)
		continue;
	*at = r->next;
	self.rates_n--;
	thin_free(r->thin);
	free(r);
}

/* The selectors of a selection into f, without their rates' counts, or what is wrong. */
static const char *
parse(struct feed *f, const char *selection)
{
	const char *part = selection, *why;

	f->selectors_n = 0;
	f->player = false;
	for (;;) {
		size_t n = strcspn(part, ",");

		if (n == 6 && memcmp(part, "player", 6) == 0)
			f->player = true;
		else if (f->selectors_n == FEED_SELECTORS)
			return "too many selectors";
		else if ((why = selector_parse(&f->selectors[f->selectors_n++].selector, part, n)) != NULL)
			return why;
		if (part[n] == '\0')
			return NULL;
		part += n + 1;
	}
}

const char *
feed_check(const char *selection)
{
	struct feed f;
	const char *why = parse(&f, selection);
	int rates = self.rates_n;

	for (int i = 0; why == NULL && i < f.selectors_n; i++)
		rates += f.selectors[i].selector.rate > 0;
	return why == NULL && rates > RATES ? "too many rates at the same time" : why;
}

const char *
feed_join(struct place *p, const char *selection, bool binary)
{
	struct feed *f;
	const char *why;

	for (f = self.feeds; f != NULL; f = f->next)
		if (f->binary == binary && strcmp(f->selection, selection) == 0)
			break;
	if (f == NULL) {
		f = need(calloc(1, sizeof *f));
		if ((why = parse(f, selection)) != NULL) {
			free(f);
			return why;
		}
		f->selection = need(strdup(selection));
		f->binary = binary;
		for (int i = 0; i < f->selectors_n; i++)
			f->selectors[i].rate = rate_get(f->selectors[i].selector.rate);
		f->next = self.feeds;
		self.feeds = f;
	}
	*p = (struct place){ .feed = f, .next = f->first + f->marks_n, .behind = true, .other = f->places };
	f->places = p;
	return NULL;
}

void
feed_leave(struct place *p)
{
	struct feed *f = p->feed, **at;
	struct place **place;

	if (f == NULL)
		return;
	p->feed = NULL;
	for (place = &f->places; *place != p; place = &(*place)->other)
		continue;
	*place = p->other;
	if (f->places != NULL)
		return;
	for (at = &self.feeds; *at != f; at = &(*at)->next)
		continue;
	*at = f->next;
	for (int i = 0; i < f->selectors_n; i++)
		rate_drop(f->selectors[i].rate);
	free(f->selection);
	free(f->log);
	free(f->marks);
	free(f);
}

static bool
selects(const struct feed *f, const struct head *h, bool player, bool thin)
{
	if (player)
		return f->player;
	for (int i = 0; i < f->selectors_n; i++)
		if (selector_match(&f->selectors[i].selector, h) &&
		    (!thin || f->selectors[i].rate == NULL || thin_pass(f->selectors[i].rate->thin, h)))
			return true;
	return false;
}

/* All up to now is only for those who catch up. */
static void
cut(struct feed *f)
{
	f->first += f->marks_n;
	f->marks_n = 0;
	f->n = 0;
}

/* Forgets what all have got. */
static void
trim(struct feed *f)
{
	for (const struct place *p = f->places; p != NULL; p = p->other)
		if (!p->behind && p->next != f->first + f->marks_n)
			return;
	cut(f);
	if (f->room > 2 * FEED_RUN) {
		free(f->log);
		f->log = NULL;
		f->room = 0;
	}
}

static void
append(struct feed *f, const void *message, size_t n)
{
	size_t all = f->n + FRAME_HEAD + n;

	if (all > FEED_LOG) {
		cut(f);
		all = FRAME_HEAD + n;
	}
	if (all > f->room) {
		while (f->room < all)
			f->room = f->room ? 2 * f->room : 8192;
		f->log = need(realloc(f->log, f->room));
	}
	if (f->marks_n == f->marks_room) {
		f->marks_room = f->marks_room ? 2 * f->marks_room : 64;
		f->marks = need(realloc(f->marks, f->marks_room * sizeof *f->marks));
	}
	f->n += frame_head(f->log + f->n, n, f->binary);
	memcpy(f->log + f->n, message, n);
	f->n += n;
	f->marks[f->marks_n++] = (struct mark){ f->n, latest_number() };
	f->fresh += FRAME_HEAD + n;
	if (f->fresh > self.waiting)
		self.waiting = f->fresh;
}

void
feed_publish(const struct head *h, const uint8_t *record, size_t n, bool player)
{
	self.json_made = false;
	latest_put(h, record, n, player);
	for (struct feed *f = self.feeds; f != NULL; f = f->next) {
		if (!selects(f, h, player, true))
			continue;
		if (f->binary) {
			append(f, record, n);
			continue;
		}
		if (!self.json_made) {
			self.json_made = true;
			self.json_n = json_record(self.json, record, n);
			if (self.json_n == 0 && stats[STATS_REJECTED_BODY].n++ == 0)
				warnx("stdin: record %" PRIu64 " is not a map of names and values", stats[STATS_RECORDS].n);
		}
		if (self.json_n > 0)
			append(f, self.json, self.json_n);
	}
}

size_t
feed_waiting(void)
{
	return self.waiting;
}

void
feed_sent(void)
{
	for (struct feed *f = self.feeds; f != NULL; f = f->next)
		if (f->marks_n > 0) {
			f->fresh = 0;
			trim(f);
		}
	self.waiting = 0;
}

/* The latest records that the client has not seen. */
static size_t
catch_up(struct place *p, const uint8_t **bytes)
{
	const struct feed *f = p->feed;
	const struct latest *l = latest_above(p->seen);
	size_t n = 0;

	for (; l != NULL && n < FEED_RUN; l = l->after) {
		uint8_t *message = self.run + n + FRAME_HEAD;
		uint8_t head[FRAME_HEAD];
		size_t head_n, message_n = l->n;

		p->seen = l->number;
		if (l->n == 0 || !selects(f, &l->head, l->player, false))
			continue;
		if (f->binary)
			memcpy(message, l->record, l->n);
		else if ((message_n = json_record((char *)message, l->record, l->n)) == 0)
			continue;
		head_n = frame_head(head, message_n, f->binary);
		memmove(self.run + n + head_n, message, message_n);
		memcpy(self.run + n, head, head_n);
		n += head_n + message_n;
		stats[STATS_CAUGHT].n++;
		stats[STATS_MESSAGES].n++;
	}
	*bytes = self.run;
	return n;
}

size_t
feed_take(struct place *p, const uint8_t **bytes)
{
	struct feed *f = p->feed;
	uint64_t end = f->first + f->marks_n;
	size_t from, to, begin, n;

	if (p->next < f->first)
		p->behind = true;
	if (p->behind) {
		if ((n = catch_up(p, bytes)) > 0)
			return n;
		stats[STATS_SKIPPED].n += end - p->next;
		p->next = end;
		p->seen = latest_number();
		p->behind = false;
		return 0;
	}
	if (p->next == end)
		return 0;
	from = (size_t)(p->next - f->first);
	begin = from ? f->marks[from - 1].end : 0;
	to = f->marks_n;
	if (f->n - begin > FEED_RUN)
		for (to = from + 1; f->marks[to].end - begin <= FEED_RUN; to++)
			continue;
	p->next = f->first + to;
	p->seen = f->marks[to - 1].number;
	stats[STATS_MESSAGES].n += to - from;
	*bytes = f->log + begin;
	return f->marks[to - 1].end - begin;
}

bool
feed_even(const struct place *p)
{
	return !p->behind && p->next == p->feed->first + p->feed->marks_n;
}
