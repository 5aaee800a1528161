/* send: a batch into the database, in one transaction
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "db.h"
#include "send.h"

enum { TRIES = 20 };
#define UNKNOWN INT64_MIN

static struct statements {
	const struct table *table;
	char *copy, *insert, *stage;
	bool staged;			/* its staging table is there, in this connection */
} statements[TIMELINE_TABLES];

static struct {
	const char *schema;
	/* the largest overall frame in the database of each session and table, -1 for none */
	uint64_t uids[TIMELINES];
	int64_t loaded[TIMELINES][TIMELINE_TABLES];
} self;

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
prepare_stage(struct statements *q)
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

static void
forget(size_t timeline)
{
	for (int i = 0; i < TIMELINE_TABLES; i++)
		self.loaded[timeline][i] = UNKNOWN;
}

void
send_init(const char *schema)
{
	self.schema = schema;
	for (size_t i = 0; i < TIMELINES; i++)
		forget(i);
	for (size_t i = 0; i < layout_records_n; i++) {
		struct statements *s = &statements[i];

		s->table = &tables[i];
		if (s->table->kind == TABLE_SAMPLE) {
			size_t size;
			FILE *f = need(open_memstream(&s->copy, &size));

			fprintf(f, "COPY %s.%s (", schema, s->table->record->name);
			put_columns(f, s->table, "");
			fputs(") FROM STDIN (FORMAT binary)", f);
			fclose(f);
		} else
			prepare_stage(s);
	}
}

/* the largest overall frame that the database has of a session */
static enum db
ask_loaded(size_t table, uint64_t uid, int64_t *loaded)
{
	char sql[256];
	PGresult *result;
	enum db done;

	snprintf(sql, sizeof sql, "SELECT max(overall_frame_identifier) FROM %s.%s WHERE session_uid = %jd", self.schema,
	    layout_records[table].name, (intmax_t)uid);
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
leave_out(struct batch *b, size_t table, size_t timeline)
{
	const struct layout_record *record = &layout_records[table];
	const struct span *span = &b->spans[timeline][table];
	struct queue *q = &b->queues[table];
	struct seen seen = { .size = 64 };
	char sql[512];
	PGresult *result;
	enum db done;

	snprintf(sql, sizeof sql, "SELECT overall_frame_identifier, bit_or(1::bigint << %s) FROM %s.%s WHERE session_uid = %jd"
	    " AND overall_frame_identifier BETWEEN %jd AND %jd GROUP BY 1", record->keys_n ? record->keys[0] : "0", self.schema,
	    record->name, (intmax_t)b->uids[timeline], (intmax_t)span->from, (intmax_t)span->to);
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
send_sample(struct batch *b, size_t table)
{
	struct queue *q = &b->queues[table];
	unsigned long long rows = 0;
	size_t left = 0;
	enum db done;

	for (size_t i = 0; i < TIMELINES; i++) {
		const struct span *span = &b->spans[i][table];
		int64_t *loaded = &self.loaded[i][table];

		if (span->from > span->to)
			continue;
		if (self.uids[i] != b->uids[i]) {	/* another session has this place now */
			self.uids[i] = b->uids[i];
			forget(i);
		}
		if (*loaded == UNKNOWN && (done = ask_loaded(table, b->uids[i], loaded)) != DB_OK)
			return done;
		if ((span->again || span->from <= *loaded) && (done = leave_out(b, table, i)) != DB_OK)
			return done;
	}
	for (size_t i = 0; i < q->waiting_n; i++)
		left += q->waiting[i].n > 0;
	b->known += q->waiting_n - left;
	if (left == 0)
		return DB_OK;
	if ((done = db_copy_begin(statements[table].copy)) != DB_OK || (done = copy_waiting(q)) != DB_OK ||
	    (done = db_copy_end(&rows)) != DB_OK)
		return done;
	b->written += rows;
	return DB_OK;
}

static enum db
send_staged(struct batch *b, size_t table)
{
	struct statements *s = &statements[table];
	const struct queue *q = &b->queues[table];
	unsigned long long rows = 0, changed;
	PGresult *result;
	enum db done;

	if (!s->staged && (done = db_exec(s->stage, NULL)) != DB_OK)
		return done;
	s->staged = true;
	if ((done = db_copy_begin(s->copy)) != DB_OK || (done = db_copy_data(q->rows, q->n)) != DB_OK ||
	    (done = db_copy_end(&rows)) != DB_OK || (done = db_exec(s->insert, &result)) != DB_OK)
		return done;
	changed = strtoull(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	b->written += changed;
	b->known += rows - changed;
	return DB_OK;
}

static enum db
transaction(struct batch *b)
{
	enum db done = db_exec("BEGIN", NULL);

	b->written = b->known = 0;
	for (size_t i = 0; done == DB_OK && i < layout_records_n; i++)
		if (b->queues[i].n > 0)
			done = statements[i].table->kind == TABLE_SAMPLE ? send_sample(b, i) : send_staged(b, i);
	return done == DB_OK ? db_exec("COMMIT", NULL) : done;
}

/* the batch is in the database */
static void
note_loaded(const struct batch *b)
{
	for (size_t i = 0; i < TIMELINES; i++)
		for (size_t k = 0; k < layout_records_n; k++)
			if (self.loaded[i][k] != UNKNOWN && b->spans[i][k].from <= b->spans[i][k].to &&
			    b->spans[i][k].to > self.loaded[i][k])
				self.loaded[i][k] = b->spans[i][k].to;
}

bool
send_batch(struct batch *b, int retry)
{
	b->retries = 0;
	for (int i = 0; i < TRIES; i++) {
		enum db done = transaction(b);

		if (done == DB_OK) {
			note_loaded(b);
			return true;
		}
		/* what was made and asked for in this transaction is gone */
		for (size_t k = 0; k < layout_records_n; k++)
			statements[k].staged = false;
		for (size_t k = 0; k < TIMELINES; k++)
			forget(k);
		b->retries++;
		if (done == DB_LOST) {
			if (!db_reconnect(retry))
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
