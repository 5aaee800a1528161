/* hold: the first records of a stream, until it is known where in its session it goes on
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "clock.h"
#include "hold.h"
#include "place.h"
#include "record.h"

enum { ENOUGH = 1000 };		/* records of a stream: some frames of all cars */
enum { ALL = 64 << 20 };	/* bytes of all streams */
enum { PATIENCE = 500 };	/* milliseconds */

/* the first records of a session's stream; none if n is 0 */
struct hold {
	struct place place;
	int64_t frame, last;	/* of the first record, and of the last */
	bool told;		/* the game tells the overall frame */
	bool ending, result;	/* all are of frame 0, as when a session has ended; the classification is among them */
	long long since;	/* when the last sample came, or else the first record */
	uint8_t *records;
	size_t used, room;
	size_t sizes[ENOUGH], n;
};

static struct {
	struct lane *lane;
	const char *schema;
	int retry;
	struct hold holds[TIMELINES];	/* by place in timelines */
	size_t n, used;			/* of all */
} self;

void
hold_init(struct lane *lane, const char *schema, int retry)
{
	self.lane = lane;
	self.schema = schema;
	self.retry = retry;
}

size_t
hold_n(void)
{
	return self.n;
}

static bool
is_closing(const struct row *row)
{
	return row->closing && row->frame == 0;
}

bool
hold_wants(const struct row *row)
{
	return row->overall < 0 || is_closing(row);
}

static struct hold *
hold_of(const struct timeline *t)
{
	return &self.holds[t - timelines];
}

bool
hold_has(const struct timeline *t)
{
	return hold_of(t)->n > 0;
}

bool
hold_goes_back(const struct timeline *t, const struct row *row)
{
	return row->frame + TIMELINE_BACK < hold_of(t)->last && !is_closing(row);
}

/* of a record, and the bytes of its row; or how far the stream is ahead */
struct question {
	struct place *place;
	const struct row *row;
	const uint8_t *bytes;
	int64_t ahead;
};

static enum db_done
begin(struct db *db, void *question)
{
	const struct question *q = question;

	return place_begin(q->place, db, self.schema, q->row);
}

static enum db_done
look(struct db *db, void *question)
{
	const struct question *q = question;

	return place_look(q->place, db, q->row, q->bytes);
}

static enum db_done
tell(struct db *db, void *question)
{
	struct question *q = question;

	return place_tell(q->place, db, &q->ahead);
}

static void
keep(struct hold *h, const uint8_t *record, size_t n)
{
	if (h->used + n + RECORD_SLACK > h->room) {
		h->room = 2 * (h->used + n + RECORD_SLACK);
		if ((h->records = realloc(h->records, h->room)) == NULL)
			err(EX_OSERR, NULL);
	}
	memcpy(h->records + h->used, record, n);
	h->used += n;
	h->sizes[h->n++] = n;
	self.used += n;
	self.n++;
}

bool
hold_add(struct timeline *t, const uint8_t *record, size_t n, const struct row *row, const uint8_t *bytes)
{
	struct hold *h = hold_of(t);
	struct question question = { .place = &h->place, .row = row, .bytes = bytes };

	keep(h, record, n);
	if (h->n == 1) {
		h->frame = row->frame;
		h->told = row->overall >= 0;
		h->ending = true;
		if (!send_ask(self.lane, begin, &question, self.retry))
			return false;
	}
	if (h->n == 1 || row->table->kind == TABLE_SAMPLE)
		h->since = clock_milliseconds();
	h->last = row->frame;
	h->ending = h->ending && is_closing(row);
	h->result = h->result || strcmp(row->table->record->name, "final_classification") == 0;
	if (h->told)
		return true;
	return send_ask(self.lane, look, &question, self.retry);
}

bool
hold_known(const struct timeline *t)
{
	const struct hold *h = hold_of(t);

	return h->n == ENOUGH || self.used > ALL || (h->told && !h->ending) || place_known(&h->place);
}

bool
hold_late(const struct timeline *t)
{
	return clock_milliseconds() - hold_of(t)->since >= PATIENCE;
}

bool
hold_end(struct timeline *t, hold_put *put)
{
	struct hold *h = hold_of(t);
	const uint8_t *record = h->records;
	const struct place_row *newest = &h->place.newest;
	struct question question = { .place = &h->place };
	bool guess = false;

	if (h->ending && h->result && newest->overall >= 0)	/* the end of what the database has */
		timeline_begin(t, newest->frame, newest->overall - newest->frame);
	else if (!h->told) {
		if (!send_ask(self.lane, tell, &question, self.retry))
			return false;
		timeline_begin(t, h->frame, question.ahead);
		guess = newest->overall >= 0 && h->place.frames == 0;
	}
	for (size_t i = 0; i < h->n; record += h->sizes[i++], self.n--)
		if (!put(t, record, h->sizes[i]))
			return false;
	if (guess)	/* there was no sample: what comes next is held anew */
		t->begun = false;
	self.used -= h->used;
	free(h->records);
	*h = (struct hold){ 0 };
	return true;
}
