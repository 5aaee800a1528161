/* hold: the first records of a stream, until it is known where in its session it goes on
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "hold.h"
#include "place.h"
#include "record.h"

enum { ENOUGH = 1000 };		/* records: some frames of all cars */

static struct {
	struct lane *lane;
	const char *schema;
	int retry;
	struct timeline *timeline;
	struct place place;
	int64_t frame, last;	/* of the first record, and of the last */
	bool told;		/* the game tells the overall frame */
	bool ending, result;	/* all are of frame 0, as when a session has ended; the classification is among them */
	uint8_t *records;
	size_t used, room;
	size_t sizes[ENOUGH], n;
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

bool
hold_has(const struct timeline *t)
{
	return self.n > 0 && self.timeline == t;
}

bool
hold_goes_back(const struct row *row)
{
	return row->frame + TIMELINE_BACK < self.last && !is_closing(row);
}

/* a record, and the bytes of its row */
struct question {
	const struct row *row;
	const uint8_t *bytes;
};

static enum db_done
begin(struct db *db, void *question)
{
	const struct question *q = question;

	return place_begin(&self.place, db, self.schema, q->row);
}

static enum db_done
look(struct db *db, void *question)
{
	const struct question *q = question;

	return place_look(&self.place, db, q->row, q->bytes);
}

static enum db_done
tell(struct db *db, void *ahead)
{
	return place_tell(&self.place, db, ahead);
}

bool
hold_add(struct timeline *t, const uint8_t *record, size_t n, const struct row *row, const uint8_t *bytes)
{
	struct question question = { .row = row, .bytes = bytes };

	if (self.used + n + RECORD_SLACK > self.room) {
		self.room = 2 * (self.used + n + RECORD_SLACK);
		if ((self.records = realloc(self.records, self.room)) == NULL)
			err(EX_OSERR, NULL);
	}
	memcpy(self.records + self.used, record, n);
	self.used += n;
	if (self.n == 0) {
		self.timeline = t;
		self.frame = row->frame;
		self.told = row->overall >= 0;
		self.ending = true;
		self.result = false;
		if (!send_ask(self.lane, begin, &question, self.retry))
			return false;
	}
	self.last = row->frame;
	self.sizes[self.n++] = n;
	self.ending = self.ending && is_closing(row);
	self.result = self.result || strcmp(row->table->record->name, "final_classification") == 0;
	if (self.told)
		return true;
	return send_ask(self.lane, look, &question, self.retry);
}

bool
hold_known(void)
{
	return self.n == ENOUGH || (self.told && !self.ending) || place_known(&self.place);
}

bool
hold_end(hold_put *put)
{
	const uint8_t *record = self.records;
	const struct place_row *newest = &self.place.newest;
	int64_t ahead;

	if (self.ending && self.result && newest->overall >= 0)	/* the end of what the database has */
		timeline_begin(self.timeline, newest->frame, newest->overall - newest->frame);
	else if (!self.told) {
		if (!send_ask(self.lane, tell, &ahead, self.retry))
			return false;
		timeline_begin(self.timeline, self.frame, ahead);
	}
	for (size_t i = 0; i < self.n; record += self.sizes[i++])
		if (!put(self.timeline, record, self.sizes[i])) {
			self.n -= i;	/* for who counts what is lost */
			return false;
		}
	self.n = self.used = 0;
	return true;
}
