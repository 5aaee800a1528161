/* keep: what goes from the database again
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "keep.h"
#include "table.h"

enum { TRIES = 5 };

/* The tables that have rows of sessions: those of records, what views keep of them, and whatever somebody put beside them.
 * Their names, and these as SQL wants them. */
static enum db_done
session_tables(struct db *db, const char *schema, PGresult **result)
{
	char sql[512];

	snprintf(sql, sizeof sql, "SELECT c.relname, quote_ident(c.relname) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
	    " WHERE c.relnamespace = to_regnamespace('%s') AND c.relkind IN ('r', 'p') AND a.attname = 'session_uid'"
	    " AND a.atttypid = 'bigint'::regtype AND NOT a.attisdropped ORDER BY 1", schema);
	return db_exec(db, sql, result);
}

/* deletes; *rows grows by their number */
static enum db_done
delete(struct db *db, const char *sql, unsigned long long *rows)
{
	PGresult *result;
	enum db_done done = db_exec(db, sql, &result);

	if (done == DB_OK) {
		*rows += strtoull(PQcmdTuples(result), NULL, 10);
		PQclear(result);
	}
	return done;
}

static enum db_done
delete_all(struct db *db, const char *schema, uint64_t uid, unsigned long long *rows)
{
	PGresult *names;
	enum db_done done = session_tables(db, schema, &names);

	if (done != DB_OK)
		return done;
	for (int i = 0; done == DB_OK && i < PQntuples(names); i++) {
		const char *name = PQgetvalue(names, i, 0);
		unsigned long long derived = 0;
		char sql[512];

		snprintf(sql, sizeof sql, "DELETE FROM %s.%s WHERE session_uid = %" PRId64, schema, PQgetvalue(names, i, 1), (int64_t)uid);
		done = delete(db, sql, layout_record(name, strlen(name)) ? rows : &derived);
	}
	PQclear(names);
	return done;
}

/* All but what the views know of laps by: each car's samples where a lap begins and ends (f1.lap_ends). Some kinds come less
 * often than lap_data: then the next one, or the one before. */
static enum db_done
delete_samples(struct db *db, const char *schema, uint64_t uid, unsigned long long *rows)
{
	enum db_done done;
	char sql[1536];

	snprintf(sql, sizeof sql, "CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT DISTINCT car, is_last, overall_frame_identifier AS frame"
	    " FROM %s.lap_ends WHERE session_uid = %" PRId64, schema, (int64_t)uid);
	done = db_exec(db, sql, NULL);
	for (size_t i = 0; done == DB_OK && i < layout_records_n; i++) {
		const char *name = layout_records[i].name;
		bool car = layout_records[i].keys_n > 0 && strcmp(layout_records[i].keys[0], "car") == 0;
		int n;

		if (tables[i].kind != TABLE_SAMPLE || strcmp(name, "session") == 0)
			continue;
		n = snprintf(sql, sizeof sql, "DELETE FROM %s.%s WHERE session_uid = %" PRId64, schema, name, (int64_t)uid);
		if (car)
			snprintf(sql + n, sizeof sql - (size_t)n, " AND (overall_frame_identifier, car) NOT IN (SELECT s.frame, k.car FROM pg_temp.kept k,"
			    " LATERAL ((SELECT t.overall_frame_identifier AS frame FROM %1$s.%2$s t WHERE k.is_last AND t.session_uid = %3$" PRId64
			    " AND t.overall_frame_identifier BETWEEN k.frame - 600 AND k.frame AND t.car = k.car"
			    " ORDER BY t.overall_frame_identifier DESC LIMIT 1) UNION ALL"
			    " (SELECT t.overall_frame_identifier FROM %1$s.%2$s t WHERE NOT k.is_last AND t.session_uid = %3$" PRId64
			    " AND t.overall_frame_identifier BETWEEN k.frame AND k.frame + 600 AND t.car = k.car"
			    " ORDER BY t.overall_frame_identifier LIMIT 1)) s)", schema, name, (int64_t)uid);
		done = delete(db, sql, rows);
	}
	if (done == DB_OK) {
		snprintf(sql, sizeof sql, "UPDATE %s.loads SET samples_dropped_at = now() WHERE session_uid = %" PRId64, schema, (int64_t)uid);
		done = db_exec(db, sql, NULL);
	}
	return done;
}

static enum db_done
try_drop(struct db *db, const char *schema, uint64_t uid, bool samples, unsigned long long *rows, bool *busy)
{
	PGresult *result;
	enum db_done done;
	char sql[256];

	*rows = 0;
	snprintf(sql, sizeof sql, "BEGIN; SELECT pg_try_advisory_xact_lock(%s.session_lock(%" PRId64 "))", schema, (int64_t)uid);
	if ((done = db_exec(db, sql, &result)) != DB_OK)
		return done;
	*busy = PQgetvalue(result, 0, 0)[0] == 'f';
	PQclear(result);
	if (*busy)
		return db_exec(db, "ROLLBACK", NULL);
	done = samples ? delete_samples(db, schema, uid, rows) : delete_all(db, schema, uid, rows);
	return done == DB_OK ? db_exec(db, "COMMIT", NULL) : done;
}

static int
status_of(enum db_done done)
{
	return done == DB_OK ? EX_OK : done == DB_LOST ? EX_UNAVAILABLE : EX_TEMPFAIL;
}

static int
drop(struct db *db, const char *schema, uint64_t uid, bool samples)
{
	unsigned long long rows;
	enum db_done done = DB_AGAIN;
	bool busy;

	for (int i = 0; i < TRIES && done == DB_AGAIN; i++)
		if ((done = try_drop(db, schema, uid, samples, &rows, &busy)) != DB_OK && done != DB_LOST)
			db_exec(db, "ROLLBACK", NULL);
	if (done != DB_OK) {
		warnx("session %016" PRIx64 ": not dropped", uid);
		db_tell(db, done);
		return status_of(done);
	}
	if (busy) {
		warnx("session %016" PRIx64 ": is being loaded: left as it is", uid);
		return EX_TEMPFAIL;
	}
	printf("%016" PRIx64 ": %llu %s dropped\n", uid, rows, samples ? "samples" : "rows");
	return fflush(stdout) == EOF ? EX_IOERR : EX_OK;
}

int
keep_drop(struct db *db, const char *schema, uint64_t uid)
{
	return drop(db, schema, uid, false);
}

/* sessions that somebody else wrote are as old as their first row, or new today */
static enum db_done
note_sessions(struct db *db, const char *schema)
{
	enum db_done done = DB_OK;

	for (size_t i = 0; done == DB_OK && i < layout_records_n; i++) {
		char sql[1024];

		/* from one session to the next, by the key */
		snprintf(sql, sizeof sql, "WITH RECURSIVE u(id) AS (SELECT min(session_uid) FROM %1$s.%2$s UNION ALL"
		    " SELECT (SELECT min(t.session_uid) FROM %1$s.%2$s t WHERE t.session_uid > u.id) FROM u WHERE u.id IS NOT NULL)"
		    " INSERT INTO %1$s.loads (session_uid, received_at) SELECT id, (SELECT min(received_at) FROM %1$s.session s"
		    " WHERE s.session_uid = id) FROM u WHERE id IS NOT NULL AND NOT EXISTS (SELECT FROM %1$s.loads l WHERE l.session_uid = id)"
		    " ON CONFLICT DO NOTHING", schema, layout_records[i].name);
		done = db_exec(db, sql, NULL);
	}
	return done;
}

int
keep_days(struct db *db, const char *schema, int days, bool samples)
{
	enum db_done done = note_sessions(db, schema);
	PGresult *old = NULL;
	int status;
	char sql[512];

	if (done == DB_OK) {
		snprintf(sql, sizeof sql, "SELECT session_uid FROM %s.loads WHERE coalesce(received_at, loaded_at) < now() - interval '%d days'%s"
		    " AND session_uid <> 0 ORDER BY coalesce(received_at, loaded_at), 1", schema, days, samples ? " AND samples_dropped_at IS NULL" : "");
		done = db_exec(db, sql, &old);
	}
	db_tell(db, done);
	status = status_of(done);
	/* one that is being loaded is not in the way of the others; a lost connection is */
	for (int i = 0; old && i < PQntuples(old) && (status == EX_OK || status == EX_TEMPFAIL); i++) {
		int one = drop(db, schema, (uint64_t)strtoll(PQgetvalue(old, i, 0), NULL, 10), samples);

		if (one != EX_OK)
			status = one;
	}
	PQclear(old);
	return status;
}
