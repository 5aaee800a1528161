/* send: a batch into the database, over one connection or several
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "db.h"
#include "frames.h"
#include "same.h"
#include "send.h"
#include "stats.h"

enum { TRIES = 20 };
#define UNKNOWN INT64_MIN

static struct statements {
	const struct table *table;
	char *copy[VARIANTS], *insert, *stage;
} statements[TIMELINE_TABLES];

static struct {
	const char *schema;
	/* the largest overall frame in the database of each session and table, -1 for none */
	uint64_t uids[TIMELINES];
	int64_t loaded[TIMELINES][TIMELINE_TABLES];
	atomic_flag told_refused, told_other;	/* the first time */
} self = { .told_refused = ATOMIC_FLAG_INIT, .told_other = ATOMIC_FLAG_INIT };

struct lane {
	struct db *db;
	uint64_t staged;		/* bits: tables whose staging table is there, in this connection */
	uint64_t locked, entered;	/* bits: timelines whose sessions are locked, or were once */
	uint64_t uids[TIMELINES];	/* these sessions */
};

/* what the statements of a transaction bring, one after the other */
struct step {
	enum { STEP_PLAIN, STEP_COPY, STEP_INSERT } kind;
	size_t table, variant;
};

struct script {
	FILE *f;
	char *sql;
	size_t size, n;
	struct step steps[3 + TIMELINE_TABLES * (VARIANTS + 2)];
};

static void *
need(void *p)
{
	if (p == NULL)
		err(EX_OSERR, NULL);
	return p;
}

static void
put_fields(FILE *f, const struct table *t, const char *prefix)
{
	fputs("ROW(", f);
	for (int i = t->fields; i < t->columns_n; i++)
		fprintf(f, "%s%s.%s", i > t->fields ? ", " : "", prefix, t->columns[i].name);
	fputs(")", f);
}

/* Of a state the later one stays. */
static void
resolve_state(FILE *f, const struct table *t, const char *key)
{
	fprintf(f, "overall_frame_identifier DESC, session_time DESC, stage_n DESC ON CONFLICT (%s) DO UPDATE SET (", key);
	table_put_columns(f, t, "", VARIANT_ALL);
	fputs(") = ROW(", f);
	table_put_columns(f, t, "EXCLUDED.", VARIANT_ALL);
	/* a later one that says the same is written as well: what lies between may be loaded after it */
	fputs(") WHERE (EXCLUDED.overall_frame_identifier, EXCLUDED.session_time) > "
	    "(t.overall_frame_identifier, t.session_time) OR (EXCLUDED.overall_frame_identifier, EXCLUDED.session_time) = "
	    "(t.overall_frame_identifier, t.session_time) AND ", f);
	put_fields(f, t, "EXCLUDED");
	fputs(" IS DISTINCT FROM ", f);
	put_fields(f, t, "t");
}

/* What a flashback brings again, to the last value, belongs to the later time; but with frame 0 a session begins and ends,
 * and only the first reading tells which. */
static void
resolve_distinct(FILE *f, const char *key)
{
	fprintf(f, "CASE frame_identifier WHEN 0 THEN stage_n ELSE -overall_frame_identifier END, stage_n ON CONFLICT (%s)"
	    " DO UPDATE SET (received_at, overall_frame_identifier) = (EXCLUDED.received_at, EXCLUDED.overall_frame_identifier)"
	    " WHERE EXCLUDED.overall_frame_identifier > t.overall_frame_identifier AND t.frame_identifier > 0", key);
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

	f = need(open_memstream(&q->copy[VARIANT_ALL], &size));
	fprintf(f, "COPY pg_temp.stage_%s (", name);
	table_put_columns(f, t, "", VARIANT_ALL);
	fputs(", stage_n) FROM STDIN (FORMAT binary)", f);
	fclose(f);

	f = need(open_memstream(&q->insert, &size));
	fprintf(f, "INSERT INTO %s.%s AS t (", self.schema, name);
	table_put_columns(f, t, "", VARIANT_ALL);
	fprintf(f, ") SELECT DISTINCT ON (%s) ", key);
	table_put_columns(f, t, "", VARIANT_ALL);
	fprintf(f, " FROM pg_temp.stage_%s ORDER BY %s, ", name, key);
	if (t->kind == TABLE_DISTINCT)
		resolve_distinct(f, key);
	else
		resolve_state(f, t, key);
	fclose(f);
}

static void
forget(size_t timeline, uint64_t these)
{
	for (size_t i = 0; i < layout_records_n; i++)
		if (these & UINT64_C(1) << i)
			self.loaded[timeline][i] = UNKNOWN;
}

static void
prepare_copy(struct statements *s, unsigned variant)
{
	size_t size;
	FILE *f = need(open_memstream(&s->copy[variant], &size));

	fprintf(f, "COPY %s.%s (", self.schema, s->table->record->name);
	table_put_columns(f, s->table, "", variant);
	fputs(") FROM STDIN (FORMAT binary)", f);
	fclose(f);
}

void
send_init(const char *schema)
{
	self.schema = schema;
	for (size_t i = 0; i < TIMELINES; i++)
		forget(i, UINT64_MAX);
	for (size_t i = 0; i < layout_records_n; i++) {
		statements[i].table = &tables[i];
		if (tables[i].kind != TABLE_SAMPLE)
			prepare_stage(&statements[i]);
		else
			for (unsigned variant = 0; variant < VARIANTS; variant++)
				prepare_copy(&statements[i], variant);
	}
}

struct lane *
send_lane(struct db *db)
{
	struct lane *l = need(calloc(1, sizeof *l));

	l->db = db;
	return l;
}

void
send_end(struct lane *l)
{
	/* by itself the server lets go of locks when it sees that we have gone, which may be after our end */
	if (l->locked)
		db_exec(l->db, "SELECT pg_advisory_unlock_all()", NULL);
	db_close(l->db);
	free(l);
}

void
send_begin(const struct batch *b)
{
	for (size_t i = 0; i < TIMELINES; i++)
		if (b->held & UINT64_C(1) << i && self.uids[i] != b->uids[i]) {
			/* another session has this place now */
			self.uids[i] = b->uids[i];
			forget(i, UINT64_MAX);
		}
}

/* unlocks the sessions of which the batch has nothing: who loads for weeks shall not keep them from being dropped */
static enum db_done
leave(struct lane *l, const struct batch *b)
{
	enum db_done done = DB_OK;

	for (size_t i = 0; done == DB_OK && i < TIMELINES; i++) {
		uint64_t bit = UINT64_C(1) << i;
		char sql[256];

		if (!(l->locked & bit) || (b->held & bit && l->uids[i] == b->uids[i]))
			continue;
		snprintf(sql, sizeof sql, "SELECT pg_advisory_unlock_shared(%s.session_lock(%" PRId64 "))", self.schema, (int64_t)l->uids[i]);
		if ((done = db_exec(l->db, sql, NULL)) == DB_OK)
			l->locked &= ~bit;
	}
	return done;
}

/* Locks the sessions of a batch that this connection has not locked yet, and writes down when they came. */
static enum db_done
enter(struct lane *l, const struct batch *b, struct outcome *o)
{
	for (size_t i = 0; i < TIMELINES; i++) {
		uint64_t bit = UINT64_C(1) << i;
		char sql[2048];
		enum db_done done;
		PGresult *result;
		int n;

		if (!(b->held & bit & ~l->locked))
			continue;
		n = snprintf(sql, sizeof sql, "SELECT pg_advisory_lock_shared(%s.session_lock(%" PRId64 "));"
		    " UPDATE %s.loads SET samples_dropped_at = NULL WHERE session_uid = %" PRId64 " AND samples_dropped_at IS NOT NULL;"
		    " INSERT INTO %s.loads (session_uid, received_at) SELECT %" PRId64 ", ", self.schema, (int64_t)b->uids[i], self.schema,
		    (int64_t)b->uids[i], self.schema, (int64_t)b->uids[i]);
		if (b->received[i] > 0 && b->received[i] < INT64_C(100) * 366 * 86400 * 1000000)
			n += snprintf(sql + n, sizeof sql - (size_t)n, "timestamptz '2000-01-01 00:00:00Z' + %" PRId64
			    " * interval '1 microsecond'", b->received[i]);
		else
			n += snprintf(sql + n, sizeof sql - (size_t)n, "NULL");
		snprintf(sql + n, sizeof sql - (size_t)n, " WHERE NOT EXISTS (SELECT FROM %s.loads WHERE session_uid = %" PRId64 ")"
		    " ON CONFLICT DO NOTHING", self.schema, (int64_t)b->uids[i]);
		if ((done = db_exec(l->db, sql, &result)) != DB_OK)
			return done;
		if (l->entered & bit && l->uids[i] == b->uids[i] && PQcmdTuples(result)[0] == '1')
			o->dropped = true;
		PQclear(result);
		l->locked |= bit;
		l->entered |= bit;
		l->uids[i] = b->uids[i];
	}
	return DB_OK;
}

/* the largest overall frame that the database has of a session */
static enum db_done
ask_loaded(struct lane *l, size_t table, uint64_t uid, int64_t *loaded)
{
	char sql[256];
	PGresult *result;
	enum db_done done;

	snprintf(sql, sizeof sql, "SELECT max(overall_frame_identifier) FROM %s.%s WHERE session_uid = %" PRId64, self.schema,
	    layout_records[table].name, (int64_t)uid);
	if ((done = db_exec(l->db, sql, &result)) != DB_OK)
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

static enum db_done
check_known(struct lane *l, const struct same *same)
{
	size_t others;
	enum db_done done = same_check(same, l->db, &others);

	if (done == DB_OK && others > 0 && !atomic_flag_test_and_set(&self.told_other))
		warnx("session %016" PRIx64 ": the database has other samples in the place of some: left out", same->session_uid);
	return done;
}

/* Leaves out the rows of a session that the database has, or that come twice in the batch. */
static enum db_done
leave_out(struct lane *l, struct batch *b, size_t table, size_t timeline)
{
	const struct layout_record *record = &layout_records[table];
	const struct span *span = &b->spans[timeline][table];
	struct queue *queues = b->queues[table];
	struct seen seen = { .size = 64 };
	struct waiting **known;
	size_t waiting = 0;
	char sql[512];
	PGresult *result;
	enum db_done done;

	snprintf(sql, sizeof sql, "SELECT overall_frame_identifier, bit_or(1::bigint << %s) FROM %s.%s WHERE session_uid = %" PRId64
	    " AND overall_frame_identifier BETWEEN %" PRId64 " AND %" PRId64 " GROUP BY 1", record->keys_n ? record->keys[0] : "0",
	    self.schema, record->name, (int64_t)b->uids[timeline], span->from, span->to);
	if ((done = db_exec(l->db, sql, &result)) != DB_OK)
		return done;
	for (int v = 0; v < VARIANTS; v++)
		waiting += queues[v].waiting_n;
	while (seen.size < 2 * ((size_t)PQntuples(result) + waiting))
		seen.size *= 2;
	seen.places = need(calloc(seen.size, sizeof *seen.places));
	for (int i = 0; i < PQntuples(result); i++)
		*seen_keys(&seen, strtoll(PQgetvalue(result, i, 0), NULL, 10)) = (uint64_t)strtoll(PQgetvalue(result, i, 1), NULL, 10);
	PQclear(result);
	known = need(malloc((waiting + 1) * sizeof *known));
	for (unsigned v = 0; done == DB_OK && v < VARIANTS; v++) {
		size_t n = 0;

		for (struct waiting *w = queues[v].waiting, *end = w + queues[v].waiting_n; w < end; w++) {
			uint64_t bit = UINT64_C(1) << w->key, *keys;

			if (w->timeline != timeline || w->n == 0)
				continue;
			keys = seen_keys(&seen, w->overall);
			if (*keys & bit)
				known[n++] = w;
			*keys |= bit;
		}
		if (n > 0 && b->made & UINT64_C(1) << timeline)
			done = check_known(l, &(struct same){ .schema = self.schema, .session_uid = b->uids[timeline],
			    .table = &tables[table], .variant = v, .rows = queues[v].rows, .samples = known, .n = n });
		for (size_t i = 0; done == DB_OK && i < n; i++)
			known[i]->n = 0;
	}
	free(known);
	free(seen.places);
	return done;
}

/* leaves out what the database has of a sample */
static enum db_done
look(struct lane *l, struct batch *b, size_t table)
{
	for (size_t i = 0; i < TIMELINES; i++) {
		const struct span *span = &b->spans[i][table];
		int64_t *loaded = &self.loaded[i][table];
		enum db_done done;

		if (span->from > span->to)
			continue;
		if (*loaded == UNKNOWN && (done = ask_loaded(l, table, b->uids[i], loaded)) != DB_OK)
			return done;
		if ((span->again || span->from <= *loaded) && (done = leave_out(l, b, table, i)) != DB_OK)
			return done;
	}
	return DB_OK;
}

static size_t
left(const struct queue *q)
{
	size_t n = 0;

	for (size_t i = 0; i < q->waiting_n; i++)
		n += q->waiting[i].n > 0;
	return n;
}

/* the rows that are left, from one place to another, in as few pieces as they lie in */
static enum db_done
copy_waiting(struct db *db, const struct queue *q, size_t i, size_t end)
{
	enum db_done done = DB_OK;

	while (done == DB_OK && i < end) {
		size_t from = q->waiting[i].at, to = from;

		for (; i < end && q->waiting[i].n > 0 && q->waiting[i].at == to; i++)
			to += q->waiting[i].n;
		for (; i < end && q->waiting[i].n == 0; i++)
			continue;
		if (to > from)
			done = db_copy_data(db, q->rows + from, to - from);
	}
	return done == DB_OK ? db_copy_end(db) : done;
}

static void
add_step(struct script *s, int kind, size_t table, size_t variant, const char *sql)
{
	s->steps[s->n].kind = kind;
	s->steps[s->n].table = table;
	s->steps[s->n++].variant = variant;
	fprintf(s->f, "%s;\n", sql);
}

/* the statements that write a queue */
static void
add_queue(struct script *s, struct lane *l, size_t table, size_t variant)
{
	const struct statements *t = &statements[table];

	if (t->stage && !(l->staged & UINT64_C(1) << table))
		add_step(s, STEP_PLAIN, table, variant, t->stage);
	add_step(s, STEP_COPY, table, variant, t->copy[variant]);
	if (t->insert)
		add_step(s, STEP_INSERT, table, variant, t->insert);
}

static void
begin_script(struct script *s)
{
	s->n = 0;
	s->f = need(open_memstream(&s->sql, &s->size));
	add_step(s, STEP_PLAIN, SIZE_MAX, 0, "BEGIN");
}

/* Runs the statements. Of each queue go the rows of the places from `from` to `to`. When one fails its step stays in
 * *at. */
static enum db_done
run_script(struct script *s, struct lane *l, const struct batch *b, size_t from, size_t to, struct outcome *o, size_t *at)
{
	enum db_done done;

	*at = 0;
	if (fclose(s->f) == EOF)
		err(EX_OSERR, NULL);
	done = db_begin(l->db, s->sql);
	while (done == DB_OK) {
		const struct step *step;
		unsigned long long rows;
		enum db_result what;

		if ((done = db_next(l->db, &what, &rows)) != DB_OK || what == DB_END)
			break;
		step = &s->steps[*at];
		if (what == DB_COPY) {
			const struct queue *q = &b->queues[step->table][step->variant];

			done = copy_waiting(l->db, q, from, to < q->waiting_n ? to : q->waiting_n);
			continue;
		}
		/* what goes into a staging table is not written yet */
		if (step->kind == STEP_INSERT || (step->kind == STEP_COPY && statements[step->table].insert == NULL))
			o->written += rows;
		++*at;
	}
	free(s->sql);
	return done;
}

/* Finds, by halves, the rows of a queue that the server refuses, and leaves them out. `found` counts them. */
static enum db_done
find_refused(struct lane *l, struct batch *b, size_t table, size_t variant, size_t from, size_t to, size_t *found)
{
	struct queue *q = &b->queues[table][variant];
	struct outcome unused = { 0 };
	struct script s;
	enum db_done done;
	size_t at;

	while (from < to && q->waiting[from].n == 0)
		from++;
	while (to > from && q->waiting[to - 1].n == 0)
		to--;
	if (from == to)
		return DB_OK;
	begin_script(&s);
	add_queue(&s, l, table, variant);
	done = run_script(&s, l, b, from, to, &unused, &at);
	if (done == DB_LOST)
		return done;
	if (done == DB_REFUSED && to - from == 1) {
		q->waiting[from].n = 0;
		q->waiting[from].rejected = true;
		q->waiting[from].why = ROW_REFUSED;
		++*found;
		if (!atomic_flag_test_and_set(&self.told_refused))
			warnx("%s: refused by the database: %s: left out", layout_records[table].name, db_reason(l->db));
	}
	/* nothing of it stays, whatever became of it */
	if (db_exec(l->db, "ROLLBACK", NULL) == DB_LOST)
		return DB_LOST;
	if (done != DB_REFUSED || to - from == 1)
		return done == DB_REFUSED ? DB_OK : done;
	done = find_refused(l, b, table, variant, from, from + (to - from) / 2, found);
	return done == DB_OK ? find_refused(l, b, table, variant, from + (to - from) / 2, to, found) : done;
}

static enum db_done
transaction(struct lane *l, struct batch *b, struct outcome *o)
{
	enum db_done done = leave(l, b);
	struct script s;
	size_t at, waiting = 0, rows = 0, found = 0;

	o->written = 0;
	if (done == DB_OK && o->tables != 0)
		done = enter(l, b, o);
	for (size_t i = 0; done == DB_OK && i < layout_records_n; i++)
		if (o->tables & UINT64_C(1) << i && tables[i].kind == TABLE_SAMPLE)
			done = look(l, b, i);
	if (done == DB_REFUSED) {	/* no row is to blame */
		db_tell(l->db, done);
		return DB_FAILED;
	}
	if (done != DB_OK)
		return done;
	begin_script(&s);
	for (size_t i = 0; i < layout_records_n; i++)
		for (size_t v = 0; o->tables & UINT64_C(1) << i && v < VARIANTS; v++) {
			const struct queue *q = &b->queues[i][v];
			size_t n = left(q);

			waiting += q->waiting_n;
			for (size_t k = 0; k < q->waiting_n; k++)
				waiting -= q->waiting[k].rejected;
			rows += n;
			if (n > 0)
				add_queue(&s, l, i, v);
		}
	if (frames_put(s.f, b, o->tables, self.schema))
		add_step(&s, STEP_PLAIN, SIZE_MAX, 0, "");
	add_step(&s, STEP_PLAIN, SIZE_MAX, 0, "COMMIT");
	if (rows == 0) {
		fclose(s.f);
		free(s.sql);
		done = DB_OK;
	} else
		done = run_script(&s, l, b, 0, SIZE_MAX, o, &at);
	o->known = waiting - o->written;
	if (done == DB_OK) {
		for (size_t i = 0; i < s.n; i++)
			if (s.steps[i].kind == STEP_INSERT)
				l->staged |= UINT64_C(1) << s.steps[i].table;
		return DB_OK;
	}
	if (done == DB_REFUSED) {
		const struct step *step = &s.steps[at];

		if ((done = db_exec(l->db, "ROLLBACK", NULL)) == DB_OK && step->table < TIMELINE_TABLES)
			done = find_refused(l, b, step->table, step->variant, 0, b->queues[step->table][step->variant].waiting_n, &found);
		if (done == DB_OK && found > 0)
			return DB_REFUSED;
		if (done == DB_OK) {	/* each of its rows is good alone */
			db_tell(l->db, DB_REFUSED);
			return DB_FAILED;
		}
	}
	return done;
}

/* the part is in the database */
static void
note_loaded(const struct batch *b, uint64_t these)
{
	for (size_t i = 0; i < TIMELINES; i++)
		for (size_t k = 0; k < layout_records_n; k++)
			if (these & UINT64_C(1) << k && self.loaded[i][k] != UNKNOWN && b->spans[i][k].from <= b->spans[i][k].to &&
			    b->spans[i][k].to > self.loaded[i][k])
				self.loaded[i][k] = b->spans[i][k].to;
}

/* what was made and asked for in a transaction is gone */
static void
lose(struct lane *l, uint64_t these)
{
	l->staged = 0;
	for (size_t i = 0; i < TIMELINES; i++)
		forget(i, these);
}

/* Can what came to nothing be tried again? */
static bool
recover(struct lane *l, enum db_done done, int retry, bool last)
{
	if (done == DB_LOST) {
		l->locked = 0;
		return db_reconnect(l->db, retry);
	}
	/* enter may have locked a session and not known it */
	db_exec(l->db, "ROLLBACK", NULL);
	db_exec(l->db, "SELECT pg_advisory_unlock_all()", NULL);
	l->locked = 0;
	if (done != DB_FAILED && last)
		db_tell(l->db, done);
	return done != DB_FAILED;
}

bool
send_part(struct lane *l, struct batch *b, struct outcome *o, int retry)
{
	for (int i = 0; i < TRIES; i++) {
		enum db_done done = transaction(l, b, o);

		if (done == DB_OK) {
			note_loaded(b, o->tables);
			o->sent = true;
			return true;
		}
		lose(l, o->tables);
		if (done == DB_REFUSED) {	/* some rows less each time */
			i--;
			continue;
		}
		o->retries++;
		if (!recover(l, done, retry, i == TRIES - 1))
			return false;
	}
	warnx("database: a batch failed %d times: given up", TRIES);
	return false;
}

bool
send_ask(struct lane *l, send_question *question, void *argument, int retry)
{
	for (int i = 0; i < TRIES; i++) {
		enum db_done done = question(l->db, argument);

		if (done == DB_OK)
			return true;
		lose(l, UINT64_MAX);
		if (!recover(l, done, retry, i == TRIES - 1))
			return false;
	}
	warnx("database: a query failed %d times: given up", TRIES);
	return false;
}
