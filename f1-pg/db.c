/* db: connections to the database
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "db.h"
#include "sig.h"

struct db {
	PGconn *conn;
	const char *conninfo;
	char reason[512];
};

/* the server's messages are one line each here: the first is the reason */
static void
complain(const char *message)
{
	size_t n = strcspn(message, "\n");

	warnx("database: %.*s", (int)n, message);
}

/* what is worth telling comes as an error */
static void
ignore(void *unused, const char *notice)
{
	(void)unused;
	(void)notice;
}

static bool
open_connection(struct db *db)
{
	/* what comes behind dbname is not for the user to say: all text of ours is UTF-8 */
	static const char *const keys[] = { "fallback_application_name", "connect_timeout", "dbname", "client_encoding", NULL };
	const char *const values[] = { "f1-pg", "10", db->conninfo ? db->conninfo : "", "UTF8", NULL };

	PQfinish(db->conn);
	db->conn = PQconnectdbParams(keys, values, 1);
	if (PQstatus(db->conn) != CONNECTION_OK)
		return false;
	PQsetNoticeProcessor(db->conn, ignore, NULL);
	/* what is committed is on the server's disk, whatever the database's default says */
	return db_exec(db, "SET client_min_messages = warning; SET synchronous_commit = on", NULL) == DB_OK;
}

struct db *
db_open(const char *conninfo)
{
	struct db *db = calloc(1, sizeof *db);

	if (db == NULL)
		return NULL;
	db->conninfo = conninfo;
	if (!open_connection(db)) {
		db_tell(db, DB_LOST);
		db_close(db);
		return NULL;
	}
	return db;
}

bool
db_reconnect(struct db *db, int seconds)
{
	time_t begin = clock_seconds();
	int wait = 100;		/* milliseconds */

	db_tell(db, DB_LOST);
	warnx("database: connection lost: trying again, with the batch kept");
	for (;;) {
		if (open_connection(db)) {
			warnx("database: connected again");
			return true;
		}
		if (sig_overdue() || (seconds >= 0 && clock_seconds() - begin >= seconds))
			break;
		poll(NULL, 0, wait);
		if (wait < 5000)
			wait *= 2;
	}
	db_tell(db, DB_LOST);
	return false;
}

void
db_tell(const struct db *db, enum db_done done)
{
	if (done == DB_LOST)
		complain(PQerrorMessage(db->conn));
	else if (done == DB_AGAIN || done == DB_REFUSED)
		warnx("database: %s", db->reason);
}

const char *
db_reason(const struct db *db)
{
	return db->reason;
}

void
db_close(struct db *db)
{
	if (db)
		PQfinish(db->conn);
	free(db);
}

static enum db_done
failed(struct db *db, const PGresult *result)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	static const char *const again[] = {
		"23505",	/* unique_violation: another loader was faster */
		"40001", "40P01",	/* serialization_failure, deadlock_detected */
		"55P03", "57014",	/* lock_not_available, query_canceled: by a timeout, or by hand */
	};

	/* what libpq says itself, without a state of the server, is about the connection */
	if (PQstatus(db->conn) == CONNECTION_BAD || state == NULL)
		return DB_LOST;
	snprintf(db->reason, sizeof db->reason, "%.*s", primary ? (int)strcspn(primary, "\n") : 0, primary ? primary : "");
	for (size_t i = 0; i < sizeof again / sizeof again[0]; i++)
		if (strcmp(state, again[i]) == 0)
			return DB_AGAIN;
	if (strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0)	/* shut down, or cut off */
		return DB_LOST;
	/* data exceptions, broken constraints, limits, and what a trigger raises */
	if (strncmp(state, "22", 2) == 0 || strncmp(state, "23", 2) == 0 || strncmp(state, "54", 2) == 0 || strcmp(state, "P0001") == 0)
		return DB_REFUSED;
	complain(PQresultErrorMessage(result));
	return DB_FAILED;
}

char *
db_quote(const struct db *db, const char *text, bool name)
{
	return name ? PQescapeIdentifier(db->conn, text, strlen(text)) : PQescapeLiteral(db->conn, text, strlen(text));
}

static enum db_done
answer(struct db *db, PGresult *result, PGresult **to)
{
	ExecStatusType status = PQresultStatus(result);
	enum db_done done = DB_OK;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		done = failed(db, result);
	if (to && done == DB_OK)
		*to = result;
	else
		PQclear(result);
	return done;
}

enum db_done
db_exec(struct db *db, const char *sql, PGresult **result)
{
	return answer(db, PQexec(db->conn, sql), result);
}

enum db_done
db_query(struct db *db, const char *sql, PGresult **result)
{
	return answer(db, PQexecParams(db->conn, sql, 0, NULL, NULL, NULL, NULL, 1), result);
}

enum db_done
db_begin(struct db *db, const char *sql)
{
	return PQsendQuery(db->conn, sql) == 1 ? DB_OK : DB_LOST;
}

enum db_done
db_next(struct db *db, enum db_result *what, unsigned long long *rows)
{
	/* the signature, no flags, no extension */
	static const char head[19] = "PGCOPY\n\377\r\n";
	PGresult *result = PQgetResult(db->conn);
	enum db_done done = DB_OK;

	if (result == NULL) {
		*what = DB_END;
		return PQstatus(db->conn) == CONNECTION_BAD ? DB_LOST : DB_OK;
	}
	switch (PQresultStatus(result)) {
	case PGRES_COPY_IN:
		*what = DB_COPY;
		done = db_copy_data(db, head, sizeof head);
		break;
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
		*what = DB_COMMAND;
		*rows = strtoull(PQcmdTuples(result), NULL, 10);
		break;
	default:
		done = failed(db, result);
	}
	PQclear(result);
	/* within a COPY that libpq has no memory to end, the answers would never end; a lost connection is closed */
	while (done != DB_OK && done != DB_LOST && (result = PQgetResult(db->conn)) != NULL)
		PQclear(result);
	return done;
}

enum db_done
db_copy_data(struct db *db, const void *data, size_t n)
{
	enum { PIECE = 64 * 1024 };
	const char *p = data;

	while (n > 0) {
		size_t piece = n < PIECE ? n : PIECE;

		if (PQputCopyData(db->conn, p, (int)piece) != 1)
			return DB_LOST;		/* or no memory for it: these rows must not be left out; what the server says comes later */
		p += piece;
		n -= piece;
	}
	return DB_OK;
}

enum db_done
db_copy_end(struct db *db)
{
	static const char tail[2] = "\377\377";
	enum db_done done = db_copy_data(db, tail, sizeof tail);

	if (done == DB_OK && PQputCopyEnd(db->conn, NULL) != 1)
		done = DB_LOST;
	return done;
}

enum db_done
db_copy_text(struct db *db, const char *sql, const char *text, size_t n)
{
	PGresult *result = PQexec(db->conn, sql);
	enum db_done done = DB_OK;

	if (PQresultStatus(result) != PGRES_COPY_IN) {
		done = failed(db, result);
		PQclear(result);
		return done;
	}
	PQclear(result);
	if (db_copy_data(db, text, n) != DB_OK || PQputCopyEnd(db->conn, NULL) != 1)
		return DB_LOST;
	while ((result = PQgetResult(db->conn)) != NULL) {
		const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
		const char *where = PQresultErrorField(result, PG_DIAG_CONTEXT);

		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			done = failed(db, result);
		if (done == DB_AGAIN)	/* the same key twice: it is not a question of who is faster */
			done = DB_REFUSED;
		/* "COPY league_drivers, line 3, column race_number: ..." */
		if (done == DB_REFUSED && where && primary && (where = strstr(where, "line ")) != NULL)
			snprintf(db->reason, sizeof db->reason, "%.*s: %.*s", (int)strcspn(where, ":\n"), where,
			    (int)strcspn(primary, "\n"), primary);
		PQclear(result);
		if (PQstatus(db->conn) == CONNECTION_BAD)
			return DB_LOST;
	}
	return done;
}
