/* batch: rows gathered for a transaction, while another one is on its way
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "batch.h"
#include "bytes.h"
#include "dead.h"
#include "hold.h"
#include "plan.h"
#include "record.h"
#include "send.h"
#include "state.h"
#include "stats.h"
#include "told.h"

struct scratch {
	uint8_t *bytes;
	size_t room;
};

enum { BATCH = 16 << 20, FRAMES = 32 << 20, KEY_MAX = 63 };

static struct {
	const struct batch_options *options;
	struct batch batches[2];
	int filling;			/* which one */
	uint64_t serial;		/* its number */
} self;

/* what the threads share, under the lock */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct worker {
		pthread_t thread;
		struct lane *lane;
		bool busy;
	} workers[LANES];
	struct batch *work;		/* being sent, or NULL */
	bool failed, end;
} sender = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void *
need(void *p)
{
	if (p == NULL)
		err(EX_OSERR, NULL);
	return p;
}

static bool
all_idle(void)
{
	for (int i = 0; i < self.options->lanes; i++)
		if (sender.workers[i].busy)
			return false;
	return true;
}

static void *
send_parts(void *argument)
{
	struct worker *w = argument;
	ptrdiff_t place = w - sender.workers;

	pthread_mutex_lock(&sender.lock);
	for (;;) {
		bool sent;

		while (!w->busy && !sender.end)
			pthread_cond_wait(&sender.changed, &sender.lock);
		if (!w->busy)
			break;
		pthread_mutex_unlock(&sender.lock);
		sent = send_part(w->lane, sender.work, &sender.work->outcomes[place], self.options->retry);
		pthread_mutex_lock(&sender.lock);
		if (!sent)
			sender.failed = true;
		w->busy = false;
		if (all_idle())
			sender.work = NULL;
		pthread_cond_broadcast(&sender.changed);
	}
	pthread_mutex_unlock(&sender.lock);
	return NULL;
}

static void
empty(struct batch *b)
{
	for (size_t i = 0; i < layout_records_n; i++)
		for (int v = 0; v < VARIANTS; v++) {
			struct queue *q = &b->queues[i][v];

			if (q->n == 0 && q->room > 0) {	/* of a year that was not there this time */
				free(q->rows);
				free(q->waiting);
				*q = (struct queue){ 0 };
			}
			q->n = q->waiting_n = 0;
		}
	b->bytes = b->rows = b->frames_n = 0;
	b->held = b->made = 0;
	for (size_t i = 0; i < TIMELINES; i++)
		for (size_t k = 0; k < layout_records_n; k++)
			b->spans[i][k] = (struct span){ .from = 1, .to = 0 };
	memset(b->outcomes, 0, sizeof b->outcomes);
}

static bool put_again(const struct state_row *);
static bool settle_all(bool late);

bool
batch_init(struct db *db, const struct batch_options *options)
{
	sigset_t all, before;

	if (layout_records_n > TIMELINE_TABLES)
		errx(EX_SOFTWARE, "more records than TIMELINE_TABLES");
	self.options = options;
	state_init(put_again);
	self.serial = 1;
	empty(&self.batches[0]);
	empty(&self.batches[1]);
	if (options->dead)
		dead_open(options->dead);
	send_init(options->schema);
	for (int i = 0; i < options->lanes; i++) {
		if (i > 0 && (db = db_open(options->conninfo)) == NULL)
			return false;
		sender.workers[i].lane = send_lane(db);
	}
	hold_init(sender.workers[0].lane, options->schema, options->retry);
	/* signals are for the thread that reads */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (int i = 0; i < options->lanes; i++)
		if ((errno = pthread_create(&sender.workers[i].thread, NULL, send_parts, &sender.workers[i])) != 0)
			err(EX_OSERR, "pthread_create");
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return true;
}

void
batch_end(void)
{
	pthread_mutex_lock(&sender.lock);
	sender.end = true;
	pthread_cond_broadcast(&sender.changed);
	pthread_mutex_unlock(&sender.lock);
	for (int i = 0; i < self.options->lanes; i++) {
		pthread_join(sender.workers[i].thread, NULL);
		send_end(sender.workers[i].lane);
	}
}

size_t
batch_waiting(void)
{
	return self.batches[self.filling].rows + hold_n();
}

static size_t
rows_of(const struct batch *b, uint64_t these)
{
	size_t n = 0;

	for (size_t i = 0; i < layout_records_n; i++)
		for (int v = 0; these & UINT64_C(1) << i && v < VARIANTS; v++)
			n += b->queues[i][v].waiting_n;
	return n;
}

size_t
batch_size(void)
{
	const struct batch *gone = &self.batches[!self.filling];
	size_t n = batch_waiting() + gone->rows;

	for (int i = 0; i < self.options->lanes; i++)
		if (gone->outcomes[i].sent)
			n -= rows_of(gone, gone->outcomes[i].tables);
	return n;
}

static void
bury(const uint8_t *record, size_t n, const struct waiting *w)
{
	static uint8_t letter[RECORD_MAX];
	size_t told_n = w->made ? told(letter, record, n, w->overall) : 0;

	if (told_n > 0)
		dead_keep(letter, told_n);
	else
		dead_keep(record, n);
}

/* what the database did not take, of a batch that is there otherwise */
static void
keep_rejected(const struct batch *b, uint64_t these)
{
	for (size_t i = 0; i < layout_records_n; i++)
		for (int v = 0; these & UINT64_C(1) << i && v < VARIANTS; v++)
			for (size_t k = 0; k < b->queues[i][v].waiting_n; k++) {
				const struct waiting *w = &b->queues[i][v].waiting[k];

				if (!w->rejected)
					continue;
				stats[STATS_REJECTED + w->why].n++;
				if (self.options->dead)
					bury(b->frames + w->frame + RECORD_HEADER, be32(b->frames + w->frame), w);
			}
}

/* Waits until nothing is being sent, and counts what became of it. False if it failed. */
static bool
collect(void)
{
	struct batch *gone = &self.batches[!self.filling];
	bool failed;

	pthread_mutex_lock(&sender.lock);
	while (sender.work != NULL) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec++;
		if (pthread_cond_timedwait(&sender.changed, &sender.lock, &until) == ETIMEDOUT)
			count_poll();
	}
	failed = sender.failed;
	pthread_mutex_unlock(&sender.lock);
	if (gone->rows == 0)
		return !failed;
	for (int i = 0; i < self.options->lanes; i++) {
		struct outcome *o = &gone->outcomes[i];

		stats[STATS_RETRIES].n += o->retries;
		o->retries = 0;
		if (o->sent && o->tables != 0) {
			stats[STATS_WRITTEN].n += o->written;
			stats[STATS_KNOWN].n += o->known;
			stats[STATS_BATCHES].n++;
			keep_rejected(gone, o->tables);
		}
		if (o->dropped)	/* what its states said must be said again */
			state_forget();
	}
	if (failed)
		return false;
	empty(gone);
	timeline_release(!self.filling);
	return true;
}

/* which connection sends which tables: the fullest first, each to the one that has least */
static void
share(struct batch *b)
{
	size_t bytes[TIMELINE_TABLES] = { 0 }, sums[LANES] = { 0 };

	for (size_t i = 0; i < layout_records_n; i++)
		for (int v = 0; v < VARIANTS; v++)
			bytes[i] += b->queues[i][v].n;
	for (;;) {
		size_t most = 0;
		int lane = 0;

		for (size_t i = 1; i < layout_records_n; i++)
			if (bytes[i] > bytes[most])
				most = i;
		if (bytes[most] == 0)
			break;
		for (int i = 1; i < self.options->lanes; i++)
			if (sums[i] < sums[lane])
				lane = i;
		b->outcomes[lane].tables |= UINT64_C(1) << most;
		sums[lane] += bytes[most];
		bytes[most] = 0;
	}
}

static bool
hand_on(void)
{
	struct batch *b;

	if (!collect())
		return false;
	b = &self.batches[self.filling];
	if (b->rows == 0)
		return true;
	share(b);
	send_begin(b);
	pthread_mutex_lock(&sender.lock);
	sender.work = b;
	for (int i = 0; i < self.options->lanes; i++)
		sender.workers[i].busy = true;	/* one without tables unlocks what it had */
	pthread_cond_broadcast(&sender.changed);
	pthread_mutex_unlock(&sender.lock);
	self.filling = !self.filling;
	self.serial++;
	return true;
}

bool
batch_offer(void)
{
	bool busy;

	pthread_mutex_lock(&sender.lock);
	busy = sender.work != NULL;
	pthread_mutex_unlock(&sender.lock);
	return busy || (settle_all(true) && hand_on());
}

static bool
flush(void)
{
	return hand_on() && collect();
}

bool
batch_flush(void)
{
	return settle_all(false) && state_flush() && flush();
}

/* notes a sample's frame, and whether its key can be new */
static void
note(struct batch *b, size_t table, struct timeline *t, uint16_t key, int64_t overall)
{
	struct cursor *c = &t->cursors[table];
	struct span *span = &b->spans[t - timelines][table];
	uint64_t bit = UINT64_C(1) << key;

	if (overall > c->last) {
		c->last = overall;
		c->keys = bit;
	} else if (overall == c->last && !(c->keys & bit))
		c->keys |= bit;
	else
		span->again = true;
	if (span->from > span->to)
		span->from = span->to = overall;
	else if (overall < span->from)
		span->from = overall;
	else if (overall > span->to)
		span->to = overall;
}

/* notes a session of the batch */
static void
hold(struct batch *b, size_t i, const uint8_t *row)
{
	int64_t received = be32(row + 14) == 8 ? (int64_t)be64(row + 18) : 0;

	b->held |= UINT64_C(1) << i;
	timelines[i].held |= 1u << self.filling;
	b->uids[i] = timelines[i].uid;
	b->received[i] = received;
}

static void
grow(struct queue *q, size_t n)
{
	if (q->n + n > q->room) {
		q->room = 2 * q->room + n + 65536;
		q->rows = need(realloc(q->rows, q->room));
	}
	if (q->waiting_n == q->waiting_room) {
		q->waiting_room = 2 * q->waiting_room + 1024;
		q->waiting = need(realloc(q->waiting, q->waiting_room * sizeof *q->waiting));
	}
}

/* keeps a record as it came */
static uint32_t
keep_frame(struct batch *b, const uint8_t *record, size_t n)
{
	size_t at = b->frames_n;

	if (at + 4 + n > b->frames_room) {
		b->frames_room = 2 * b->frames_room + 4 + n + 65536;
		b->frames = need(realloc(b->frames, b->frames_room));
	}
	put_be32(b->frames + at, (uint32_t)n);
	memcpy(b->frames + at + 4, record, n);
	b->frames_n += 4 + n;
	return (uint32_t)at;
}

/* a record that becomes no row is counted, and told the first time */
static bool
reject(enum row_reason why, const uint8_t *record, size_t n)
{
	static unsigned told;
	static const char *const words[] = {
#define REASON(name, label, help) help,
		ROW_REASONS
#undef REASON
	};

	stats[STATS_REJECTED + why].n++;
	if (!(told & 1u << why))
		warnx("record %ju: %s: left out", (uintmax_t)stats[STATS_RECORDS].n, words[why]);
	told |= 1u << why;
	dead_keep(record, n);
	return true;
}

/* puts a row into the batch */
static bool
put(const struct state_row *r, struct state *state)
{
	size_t table = (size_t)(r->row.table - tables);
	struct batch *b = &self.batches[self.filling];
	struct queue *q = &b->queues[table][r->row.variant];
	uint8_t *to;

	grow(q, r->row.n);
	if (r->row.table->kind == TABLE_SAMPLE)
		note(b, table, &timelines[r->timeline], r->row.keys[0], r->overall);
	if (!(b->held & UINT64_C(1) << r->timeline))
		hold(b, r->timeline, r->bytes);
	if (r->row.format < TIMELINE_TOLD)
		b->made |= UINT64_C(1) << r->timeline;
	to = q->rows + q->n;
	memcpy(to, r->bytes, r->row.n);
	put_be32(to + r->row.overall_at, (uint32_t)r->overall);
	if (r->row.table->kind != TABLE_SAMPLE)
		put_be32(to + r->row.n - 4, (uint32_t)b->rows);		/* stage_n */
	if (state) {
		size_t *place = state_place(state, self.serial);

		/* one that came before it in this batch need not go */
		if (place && q->waiting[*place].overall < r->overall)
			q->waiting[*place].n = 0;
		state_set_place(state, self.serial, q->waiting_n);
	}
	q->waiting[q->waiting_n++] = (struct waiting){
		.at = (uint32_t)q->n, .n = (uint32_t)r->row.n, .overall = (int32_t)r->overall,
		.timeline = (uint8_t)r->timeline, .key = (uint8_t)r->row.keys[0], .closing = r->row.frame == 0,
		.made = r->row.overall < 0,
		.frame = self.options->dead ? keep_frame(b, r->record, r->record_n) : 0,
	};
	q->n += r->row.n;
	b->bytes += r->row.n;
	b->rows++;
	return (b->bytes < BATCH && b->frames_n < FRAMES) || hand_on();
}

/* a state that was said again */
static bool
put_again(const struct state_row *r)
{
	stats[STATS_UNCHANGED].n--;
	return put(r, NULL);
}

/* Makes the row of a record in the scratch, where it stays until the next one. */
static bool
read_row(struct scratch *scratch, const uint8_t *record, size_t n, struct state_row *r, enum row_reason *why)
{
	if (row_room(n) > scratch->room) {
		scratch->room = 2 * row_room(n);
		scratch->bytes = need(realloc(scratch->bytes, scratch->room));
	}
	*r = (struct state_row){ .record = record, .record_n = self.options->dead ? n : 0, .bytes = scratch->bytes };
	return plan_row(record, n, scratch->bytes, &r->row, why);
}

/* Puts a row of a session with a timeline into the batch, unless it says nothing new. */
static bool
put_placed(struct state_row *r, struct timeline *t, size_t n)
{
	struct state *state = NULL;
	bool ok;

	r->timeline = (size_t)(t - timelines);
	r->overall = timeline_place(t, r->row.frame, r->row.overall, r->row.closing);
	if (r->overall > FRAME_MAX)
		return reject(ROW_RANGE, r->record, n);
	if (r->row.table->kind == TABLE_STATE && !state_new(r, &state, &ok)) {
		stats[STATS_UNCHANGED].n += ok;
		return ok;
	}
	return put(r, state);
}

/* a record that was held, which has a row */
static bool
put_held(struct timeline *t, const uint8_t *record, size_t n)
{
	static struct scratch scratch;
	struct state_row r;
	enum row_reason why;

	read_row(&scratch, record, n, &r, &why);
	return put_placed(&r, t, n);
}

/* What is held of a session goes into the batch. False if the database failed. */
static bool
settle(struct timeline *t)
{
	return !hold_has(t) || (collect() && hold_end(t, put_held));
}

/* of all sessions, or only of those that wait in vain */
static bool
settle_all(bool late)
{
	for (int i = 0; hold_n() > 0 && i < timelines_n; i++)
		if ((!late || hold_late(&timelines[i])) && !settle(&timelines[i]))
			return false;
	return true;
}

bool
batch_add(const uint8_t *record, size_t n)
{
	static struct scratch scratch;
	struct state_row r;
	struct timeline *t;
	enum row_reason why;

	stats[STATS_RECORDS].n++;
	if (!read_row(&scratch, record, n, &r, &why))
		return reject(why, record, n);
	if (r.row.table->kind == TABLE_SAMPLE && r.row.keys[0] > KEY_MAX)
		return reject(ROW_RANGE, record, n);
	/* what is held and kept of other sessions goes in before one of them loses its place */
	if (!timeline_has(r.row.session_uid) && !((timelines_n < TIMELINES || settle_all(false)) && state_flush()))
		return false;
	while ((t = timeline_get(r.row.session_uid)) == NULL)
		if (!flush())
			return false;
	if (hold_has(t) && hold_goes_back(t, &r.row) && !settle(t))
		return false;
	/* back to where its stream began, or before: read again, a longer capture, or a flashback */
	if (t->begun && r.row.overall < 0 && timeline_before(t, r.row.frame, r.row.closing))
		t->begun = false;
	if (t->begun || (!hold_has(t) && !hold_wants(&r.row)))
		return put_placed(&r, t, n);
	/* who asks the database wants it to have all that came before */
	if (!hold_has(t) && !flush())
		return false;
	return collect() && hold_add(t, record, n, &r.row, r.bytes) && (!hold_known(t) || settle(t));
}
