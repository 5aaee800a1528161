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
#include "plan.h"
#include "send.h"
#include "stats.h"

enum { BATCH = 16 << 20, KNOWN = 1 << 12, WAYS = 8, KEY_MAX = 63 };

static struct {
	struct batch batches[2];
	int filling;			/* which one */
	/* what each state said last, by a hash of its key: a row of the same says nothing new */
	struct known {
		struct {
			uint64_t id, content;
		} ways[WAYS];
		unsigned next;		/* to be given up */
	} *known;
} self;

/* what both threads use, under the lock */
static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int retry;
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

static void *
send_batches(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&sender.lock);
	for (;;) {
		bool sent;

		while (sender.work == NULL && !sender.end)
			pthread_cond_wait(&sender.changed, &sender.lock);
		if (sender.work == NULL)
			break;
		pthread_mutex_unlock(&sender.lock);
		sent = send_batch(sender.work, sender.retry);
		pthread_mutex_lock(&sender.lock);
		if (!sent)
			sender.failed = true;
		sender.work = NULL;
		pthread_cond_signal(&sender.changed);
		if (!sent)
			break;
	}
	pthread_mutex_unlock(&sender.lock);
	return NULL;
}

static void
empty(struct batch *b)
{
	for (size_t i = 0; i < layout_records_n; i++)
		b->queues[i].n = b->queues[i].waiting_n = 0;
	b->bytes = b->rows = 0;
	for (size_t i = 0; i < TIMELINES; i++)
		for (size_t k = 0; k < layout_records_n; k++)
			b->spans[i][k] = (struct span){ .from = 1, .to = 0 };
}

void
batch_init(const char *schema, int retry)
{
	sigset_t all, before;

	if (layout_records_n > TIMELINE_TABLES)
		errx(EX_SOFTWARE, "more records than TIMELINE_TABLES");
	self.known = need(calloc(KNOWN, sizeof *self.known));
	empty(&self.batches[0]);
	empty(&self.batches[1]);
	send_init(schema);
	sender.retry = retry;
	/* signals are for the thread that reads */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if ((errno = pthread_create(&sender.thread, NULL, send_batches, NULL)) != 0)
		err(EX_OSERR, "pthread_create");
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void
batch_end(void)
{
	pthread_mutex_lock(&sender.lock);
	sender.end = true;
	pthread_cond_signal(&sender.changed);
	pthread_mutex_unlock(&sender.lock);
	pthread_join(sender.thread, NULL);
}

size_t
batch_waiting(void)
{
	return self.batches[self.filling].rows;
}

size_t
batch_size(void)
{
	return self.batches[0].rows + self.batches[1].rows;
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
	stats[STATS_RETRIES].n += gone->retries;
	gone->retries = 0;
	if (failed)
		return false;
	stats[STATS_WRITTEN].n += gone->written;
	stats[STATS_KNOWN].n += gone->known;
	stats[STATS_BATCHES].n++;
	empty(gone);
	timeline_release(!self.filling);
	return true;
}

static bool
hand_on(void)
{
	if (!collect())
		return false;
	if (batch_waiting() == 0)
		return true;
	pthread_mutex_lock(&sender.lock);
	sender.work = &self.batches[self.filling];
	pthread_cond_signal(&sender.changed);
	pthread_mutex_unlock(&sender.lock);
	self.filling = !self.filling;
	return true;
}

bool
batch_offer(void)
{
	bool busy;

	pthread_mutex_lock(&sender.lock);
	busy = sender.work != NULL;
	pthread_mutex_unlock(&sender.lock);
	return busy || hand_on();
}

bool
batch_flush(void)
{
	return hand_on() && collect();
}

static uint64_t
mix(uint64_t hash, uint64_t n)
{
	hash = (hash ^ n) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static uint64_t
mix_bytes(const uint8_t *p, size_t n)
{
	uint64_t hash = n, word;

	for (; n >= 8; p += 8, n -= 8)
		hash = mix(hash, be64(p));
	for (word = 0; n > 0; n--)
		word = word << 8 | *p++;
	return mix(hash, word);
}

/* Did this state's last row say the same? */
static bool
unchanged(const struct row *row, const uint8_t *bytes)
{
	size_t table = (size_t)(row->table - tables);
	uint64_t id = mix(mix(mix(table + 1, row->session_uid), row->format), (uint64_t)row->keys[0] << 16 | row->keys[1]);
	uint64_t content = mix_bytes(bytes + row->fields_at, row->n - row->fields_at - 8);	/* without stage_n */
	struct known *k = &self.known[id % KNOWN];
	unsigned way = 0;

	while (way < WAYS && k->ways[way].id != id)
		way++;
	if (way < WAYS && k->ways[way].content == content)
		return true;
	if (way == WAYS)
		way = k->next++ % WAYS;
	k->ways[way].id = id;
	k->ways[way].content = content;
	return false;
}

/* notes a sample's row, and whether its key can be new */
static void
note(struct batch *b, size_t table, struct timeline *t, const struct row *row, int64_t overall)
{
	size_t timeline = (size_t)(t - timelines);
	struct cursor *c = &t->cursors[table];
	struct span *span = &b->spans[timeline][table];
	struct queue *q = &b->queues[table];
	uint64_t bit = UINT64_C(1) << row->keys[0];

	t->held |= 1u << self.filling;
	b->uids[timeline] = t->uid;
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
	q->waiting[q->waiting_n++] = (struct waiting){
		.at = (uint32_t)q->n, .n = (uint32_t)row->n, .overall = (int32_t)overall,
		.timeline = (uint8_t)timeline, .key = (uint8_t)row->keys[0],
	};
}

static void
grow(struct queue *q, size_t n, bool sample)
{
	if (q->n + n > q->room) {
		q->room = 2 * q->room + n + 65536;
		q->rows = need(realloc(q->rows, q->room));
	}
	if (sample && q->waiting_n == q->waiting_room) {
		q->waiting_room = 2 * q->waiting_room + 1024;
		q->waiting = need(realloc(q->waiting, q->waiting_room * sizeof *q->waiting));
	}
}

/* a record that becomes no row is counted, and told the first time */
static bool
reject(enum row_reason why)
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
	return true;
}

bool
batch_add(const uint8_t *record, size_t n)
{
	static uint8_t *scratch;
	static size_t scratch_room;
	struct timeline *t;
	enum row_reason why;
	struct batch *b;
	struct queue *q;
	struct row row;
	int64_t overall;
	bool sample;

	stats[STATS_RECORDS].n++;
	if (row_room(n) > scratch_room) {
		scratch_room = 2 * row_room(n);
		scratch = need(realloc(scratch, scratch_room));
	}
	if (!plan_row(record, n, (int32_t)batch_waiting(), scratch, &row, &why))
		return reject(why);
	sample = row.table->kind == TABLE_SAMPLE;
	if (sample && row.keys[0] > KEY_MAX)
		return reject(ROW_RANGE);
	while ((t = timeline_get(row.session_uid)) == NULL)
		if (!batch_flush())
			return false;
	overall = timeline_place(t, row.frame, row.overall, row.closing);
	if (overall > INT32_MAX)
		return reject(ROW_RANGE);
	if (row.table->kind == TABLE_STATE && unchanged(&row, scratch)) {
		stats[STATS_UNCHANGED].n++;
		return true;
	}
	put_be32(scratch + row.overall_at, (uint32_t)overall);
	b = &self.batches[self.filling];
	q = &b->queues[row.table - tables];
	grow(q, row.n, sample);
	if (sample)
		note(b, (size_t)(row.table - tables), t, &row, overall);
	memcpy(q->rows + q->n, scratch, row.n);
	q->n += row.n;
	b->bytes += row.n;
	b->rows++;
	return b->bytes < BATCH || hand_on();
}
