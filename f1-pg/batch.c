/* batch: rows on their way into the database
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "batch.h"
#include "bytes.h"
#include "db.h"
#include "opt.h"
#include "plan.h"
#include "stats.h"
#include "timeline.h"

enum { BATCH = 24 << 20, KNOWN = 1 << 12, WAYS = 8, TRIES = 20, KEY_MAX = 63 };

/* a sample's row in the batch, to leave it out if the database has it */
struct waiting {
	uint32_t at, n;
	int32_t overall;
	uint8_t timeline, key;
};

static struct queue {
	const struct table *table;
	char *copy, *insert, *stage;	/* SQL */
	uint8_t *rows;
	size_t n, room;
	struct waiting *waiting;	/* TABLE_SAMPLE only */
	size_t waiting_n, waiting_room;
	bool staged;			/* its staging table is there, in this connection */
} *queues;

static struct {
	const char *schema;
	size_t bytes, rows;
	/* what each state said last, by a hash of its key: a row of the same says nothing new */
	struct known {
		struct {
			uint64_t id, content;
		} ways[WAYS];
		unsigned next;		/* to be given up */
	} *known;
} self;

int batch_retry = 60;

static void *
need(void *p)
{
	if (p == NULL)
		err(EX_OSERR, NULL);
	return p;
}

static void
put_columns(FILE *f, const struct table *t, const char *prefix)
{
	for (int i = 0; i < t->columns_n; i++)
		fprintf(f, "%s%s%s", i ? ", " : "", prefix, t->columns[i].name);
}

static void
put_fields(FILE *f, const struct table *t, const char *prefix)
{
	fputs("ROW(", f);
	for (int i = t->fields; i < t->columns_n; i++)
		fprintf(f, "%s%s.%s", i > t->fields ? ", " : "", prefix, t->columns[i].name);
	fputs(")", f);
}

/* the statements of a table that takes COPY only by way of a staging table */
static void
prepare_stage(struct queue *q)
{
	const struct table *t = q->table;
	const char *name = t->record->name;
	char key[256];
	size_t size;
	FILE *f;

	table_key(t, key);
	f = need(open_memstream(&q->stage, &size));
	fprintf(f, "CREATE TEMP TABLE IF NOT EXISTS stage_%s ON COMMIT DELETE ROWS AS SELECT *, 0 AS stage_n FROM %s.%s LIMIT 0",
	    name, self.schema, name);
	fclose(f);

	f = need(open_memstream(&q->copy, &size));
	fprintf(f, "COPY pg_temp.stage_%s (", name);
	put_columns(f, t, "");
	fputs(", stage_n) FROM STDIN (FORMAT binary)", f);
	fclose(f);

	f = need(open_memstream(&q->insert, &size));
	fprintf(f, "INSERT INTO %s.%s AS t (", self.schema, name);
	put_columns(f, t, "");
	fprintf(f, ") SELECT DISTINCT ON (%s) ", key);
	put_columns(f, t, "");
	fprintf(f, " FROM pg_temp.stage_%s ORDER BY %s, overall_frame_identifier DESC, session_time DESC, stage_n DESC"
	    " ON CONFLICT (%s) DO ", name, key, key);
	if (t->kind == TABLE_DISTINCT)
		fputs("NOTHING", f);
	else {
		fputs("UPDATE SET (", f);
		put_columns(f, t, "");
		fputs(") = ROW(", f);
		put_columns(f, t, "EXCLUDED.");
		fputs(") WHERE (EXCLUDED.overall_frame_identifier, EXCLUDED.session_time) >= "
		    "(t.overall_frame_identifier, t.session_time) AND ", f);
		put_fields(f, t, "EXCLUDED");
		fputs(" IS DISTINCT FROM ", f);
		put_fields(f, t, "t");
	}
	fclose(f);
}

void
batch_init(const char *schema)
{
	self.schema = schema;
	self.known = need(calloc(KNOWN, sizeof *self.known));
	queues = need(calloc(layout_records_n, sizeof *queues));
	if (layout_records_n > TIMELINE_TABLES)
		errx(EX_SOFTWARE, "more records than TIMELINE_TABLES");
	for (size_t i = 0; i < layout_records_n; i++) {
		struct queue *q = &queues[i];

		q->table = &tables[i];
		if (q->table->kind == TABLE_SAMPLE) {
			size_t size;
			FILE *f = need(open_memstream(&q->copy, &size));

			fprintf(f, "COPY %s.%s (", schema, q->table->record->name);
			put_columns(f, q->table, "");
			fputs(") FROM STDIN (FORMAT binary)", f);
			fclose(f);
		} else
			prepare_stage(q);
	}
}

size_t
batch_size(void)
{
	return self.rows;
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
note(struct queue *q, struct timeline *t, const struct row *row, int64_t overall)
{
	struct cursor *c = &t->cursors[q->table - tables];
	uint64_t bit = UINT64_C(1) << row->keys[0];

	if (overall > c->last) {
		c->last = overall;
		c->keys = bit;
	} else if (overall == c->last && !(c->keys & bit))
		c->keys |= bit;
	else
		c->again = true;
	if (c->from > c->to)
		c->from = c->to = overall;
	else if (overall < c->from)
		c->from = overall;
	else if (overall > c->to)
		c->to = overall;
	q->waiting[q->waiting_n++] = (struct waiting){
		.at = (uint32_t)q->n, .n = (uint32_t)row->n, .overall = (int32_t)overall,
		.timeline = (uint8_t)(t - timelines), .key = (uint8_t)row->keys[0],
	};
}

static void
grow(struct queue *q, size_t n)
{
	if (q->n + n > q->room) {
		q->room = 2 * q->room + n + 65536;
		q->rows = need(realloc(q->rows, q->room));
	}
	if (q->table->kind == TABLE_SAMPLE && q->waiting_n == q->waiting_room) {
		q->waiting_room = 2 * q->waiting_room + 1024;
		q->waiting = need(realloc(q->waiting, q->waiting_room * sizeof *q->waiting));
	}
}

/* a record that becomes no row is counted, and told the first time */
static bool
reject(enum reason why)
{
	static unsigned told;
	static const char *const words[] = {
#define REASON(name, label, help) help,
		REASONS
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
	enum reason why;
	struct queue *q;
	struct row row;
	int64_t overall;

	stats[STATS_RECORDS].n++;
	if (row_room(n) > scratch_room) {
		scratch_room = 2 * row_room(n);
		scratch = need(realloc(scratch, scratch_room));
	}
	if (!plan_row(record, n, (int32_t)self.rows, scratch, &row, &why))
		return reject(why);
	q = &queues[row.table - tables];
	if (q->table->kind == TABLE_SAMPLE && row.keys[0] > KEY_MAX)
		return reject(REASON_RANGE);
	while ((t = timeline_get(row.session_uid)) == NULL)
		if (!batch_send())
			return false;
	overall = timeline_place(t, row.frame, row.overall, row.closing);
	if (overall > INT32_MAX)
		return reject(REASON_RANGE);
	if (q->table->kind == TABLE_STATE && unchanged(&row, scratch)) {
		stats[STATS_UNCHANGED].n++;
		return true;
	}
	put_be32(scratch + row.overall_at, (uint32_t)overall);
	grow(q, row.n);
	if (q->table->kind == TABLE_SAMPLE)
		note(q, t, &row, overall);
	memcpy(q->rows + q->n, scratch, row.n);
	q->n += row.n;
	self.bytes += row.n;
	self.rows++;
	return self.bytes < BATCH || batch_send();
}

/* the largest overall frame that the database has of a session */
static enum db
ask_loaded(const struct queue *q, const struct timeline *t, int64_t *loaded)
{
	char sql[256];
	PGresult *result;
	enum db done;

	snprintf(sql, sizeof sql, "SELECT max(overall_frame_identifier) FROM %s.%s WHERE session_uid = %jd", self.schema,
	    q->table->record->name, (intmax_t)t->uid);
	if ((done = db_exec(sql, &result)) != DB_OK)
		return done;
	*loaded = PQgetisnull(result, 0, 0) ? -1 : strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return DB_OK;
}

/* keys in bits by overall frame: an open hash table */
struct seen {
	size_t size;		/* a power of 2, twice as many as there can be entries */
	struct {
		int64_t frame;	/* plus 1; 0 is a free place */
		uint64_t keys;
	} *places;
};

static uint64_t *
seen_keys(struct seen *s, int64_t frame)
{
	size_t at = (uint64_t)frame * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (s->size - 1);

	while (s->places[at].frame != 0 && s->places[at].frame != frame + 1)
		at = (at + 1) & (s->size - 1);
	s->places[at].frame = frame + 1;
	return &s->places[at].keys;
}

/* Leaves out the rows of a session that the database has, or that come twice in the batch. */
static enum db
leave_out(struct queue *q, size_t timeline, const struct cursor *c)
{
	const char *key = q->table->record->keys_n ? q->table->record->keys[0] : "0";
	struct seen seen = { .size = 64 };
	char sql[512];
	PGresult *result;
	enum db done;

	snprintf(sql, sizeof sql, "SELECT overall_frame_identifier, bit_or(1::bigint << %s) FROM %s.%s WHERE session_uid = %jd"
	    " AND overall_frame_identifier BETWEEN %jd AND %jd GROUP BY 1", key, self.schema, q->table->record->name,
	    (intmax_t)timelines[timeline].uid, (intmax_t)c->from, (intmax_t)c->to);
	if ((done = db_exec(sql, &result)) != DB_OK)
		return done;
	while (seen.size < 2 * ((size_t)PQntuples(result) + q->waiting_n))
		seen.size *= 2;
	seen.places = need(calloc(seen.size, sizeof *seen.places));
	for (int i = 0; i < PQntuples(result); i++)
		*seen_keys(&seen, strtoll(PQgetvalue(result, i, 0), NULL, 10)) = (uint64_t)strtoll(PQgetvalue(result, i, 1), NULL, 10);
	PQclear(result);
	for (size_t i = 0; i < q->waiting_n; i++) {
		struct waiting *w = &q->waiting[i];
		uint64_t bit = UINT64_C(1) << w->key, *keys;

		if (w->timeline != timeline || w->n == 0)
			continue;
		keys = seen_keys(&seen, w->overall);
		if (*keys & bit)
			w->n = 0;
		*keys |= bit;
	}
	free(seen.places);
	return DB_OK;
}

/* the rows that are left, in as few pieces as they lie in */
static enum db
copy_waiting(const struct queue *q)
{
	enum db done = DB_OK;
	size_t i = 0;

	while (done == DB_OK && i < q->waiting_n) {
		size_t from = q->waiting[i].at, to = from;

		for (; i < q->waiting_n && q->waiting[i].n > 0; i++)
			to = q->waiting[i].at + q->waiting[i].n;
		for (; i < q->waiting_n && q->waiting[i].n == 0; i++)
			continue;
		if (to > from)
			done = db_copy_data(q->rows + from, to - from);
	}
	return done;
}

static enum db
send_sample(struct queue *q, unsigned long long *written, unsigned long long *known)
{
	unsigned long long rows = 0;
	size_t left = 0;
	enum db done;

	for (int i = 0; i < timelines_n; i++) {
		struct cursor *c = &timelines[i].cursors[q->table - tables];

		if (c->from > c->to)
			continue;
		if (c->loaded == CURSOR_UNKNOWN && (done = ask_loaded(q, &timelines[i], &c->loaded)) != DB_OK)
			return done;
		if ((c->again || c->from <= c->loaded) && (done = leave_out(q, (size_t)i, c)) != DB_OK)
			return done;
	}
	for (size_t i = 0; i < q->waiting_n; i++)
		left += q->waiting[i].n > 0;
	*known += q->waiting_n - left;
	if (left == 0)
		return DB_OK;
	if ((done = db_copy_begin(q->copy)) != DB_OK || (done = copy_waiting(q)) != DB_OK || (done = db_copy_end(&rows)) != DB_OK)
		return done;
	*written += rows;
	return DB_OK;
}

static enum db
send_staged(struct queue *q, unsigned long long *written, unsigned long long *known)
{
	unsigned long long rows = 0, changed;
	PGresult *result;
	enum db done;

	if (!q->staged && (done = db_exec(q->stage, NULL)) != DB_OK)
		return done;
	q->staged = true;
	if ((done = db_copy_begin(q->copy)) != DB_OK || (done = db_copy_data(q->rows, q->n)) != DB_OK ||
	    (done = db_copy_end(&rows)) != DB_OK || (done = db_exec(q->insert, &result)) != DB_OK)
		return done;
	changed = strtoull(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	*written += changed;
	*known += rows - changed;
	return DB_OK;
}

static enum db
transaction(void)
{
	unsigned long long written = 0, known = 0;
	enum db done = db_exec("BEGIN", NULL);

	for (size_t i = 0; done == DB_OK && i < layout_records_n; i++)
		if (queues[i].n > 0)
			done = queues[i].table->kind == TABLE_SAMPLE ? send_sample(&queues[i], &written, &known) :
			    send_staged(&queues[i], &written, &known);
	if (done == DB_OK)
		done = db_exec("COMMIT", NULL);
	if (done == DB_OK) {
		stats[STATS_WRITTEN].n += written;
		stats[STATS_KNOWN].n += known;
		stats[STATS_BATCHES].n++;
	}
	return done;
}

static void
empty(void)
{
	for (size_t i = 0; i < layout_records_n; i++)
		queues[i].n = queues[i].waiting_n = 0;
	self.bytes = self.rows = 0;
	timeline_sent();
}

bool
batch_send(void)
{
	if (self.rows == 0)
		return true;
	for (int i = 0; i < TRIES; i++) {
		enum db done = transaction();

		if (done == DB_OK) {
			empty();
			return true;
		}
		/* what was made and asked for in this transaction is gone */
		for (size_t k = 0; k < layout_records_n; k++)
			queues[k].staged = false;
		timeline_forget();
		stats[STATS_RETRIES].n++;
		if (done == DB_LOST) {
			if (!db_reconnect(batch_retry))
				return false;
		} else {
			db_exec("ROLLBACK", NULL);
			if (done == DB_FAILED)
				return false;
		}
	}
	warnx("database: a batch failed %d times: given up", TRIES);
	return false;
}
