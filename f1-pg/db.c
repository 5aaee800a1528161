/* db: the connection to the database
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "db.h"
#include "sig.h"

static struct {
	PGconn *conn;
	const char *conninfo;
} self;

/* the server's messages are one line each here: the first is the reason */
static void
complain(const char *what, const char *message)
{
	size_t n = strcspn(message, "\n");

	warnx("%s: %.*s", what, (int)n, message);
}

/* what is worth telling comes as an error */
static void
ignore(void *unused, const char *notice)
{
	(void)unused;
	(void)notice;
}

bool
db_connect(const char *conninfo, bool quietly)
{
	static const char *const keys[] = { "fallback_application_name", "client_encoding", "connect_timeout", "dbname", NULL };
	const char *const values[] = { "f1-pg", "UTF8", "10", conninfo ? conninfo : "", NULL };

	self.conninfo = conninfo;
	db_close();
	self.conn = PQconnectdbParams(keys, values, 1);
	if (PQstatus(self.conn) != CONNECTION_OK) {
		if (!quietly)
			complain("database", PQerrorMessage(self.conn));
		return false;
	}
	PQsetNoticeProcessor(self.conn, ignore, NULL);
	return db_exec("SET client_min_messages = warning; SET synchronous_commit = on", NULL) == DB_OK;
}

bool
db_reconnect(int seconds)
{
	struct timespec begin, now;
	int wait = 100;		/* milliseconds */

	complain("database", PQerrorMessage(self.conn));
	warnx("database: connection lost: trying again, with the batch kept");
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (;;) {
		if (db_connect(self.conninfo, true)) {
			warnx("database: connected again");
			return true;
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (sig_overdue() || (seconds >= 0 && now.tv_sec - begin.tv_sec >= seconds))
			break;
		poll(NULL, 0, wait);
		if (wait < 5000)
			wait *= 2;
	}
	complain("database", PQerrorMessage(self.conn));
	return false;
}

void
db_tell(void)
{
	complain("database", PQerrorMessage(self.conn));
}

void
db_close(void)
{
	PQfinish(self.conn);
	self.conn = NULL;
}

static enum db
failed(const char *what, const PGresult *result)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

	/* what libpq says of its own, without a state of the server, is about the connection */
	if (PQstatus(self.conn) == CONNECTION_BAD || state == NULL)
		return DB_LOST;
	if (strcmp(state, "23505") == 0 || strcmp(state, "40P01") == 0 || strcmp(state, "40001") == 0)
		return DB_AGAIN;
	if (strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0)	/* shut down, or cut off */
		return DB_LOST;
	complain(what, PQresultErrorMessage(result));
	return DB_FAILED;
}

enum db
db_exec(const char *sql, PGresult **to)
{
	PGresult *result = PQexec(self.conn, sql);
	ExecStatusType status = PQresultStatus(result);
	enum db done = DB_OK;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		done = failed("database", result);
	if (to && done == DB_OK)
		*to = result;
	else
		PQclear(result);
	return done;
}

enum db
db_has_table(const char *name, bool *has)
{
	PGresult *result = PQexecParams(self.conn, "SELECT to_regclass($1) IS NOT NULL", 1, NULL, &name, NULL, NULL, 0);
	enum db done = PQresultStatus(result) == PGRES_TUPLES_OK ? DB_OK : failed(name, result);

	*has = done == DB_OK && PQgetvalue(result, 0, 0)[0] == 't';
	PQclear(result);
	return done;
}

enum db
db_copy_begin(const char *sql)
{
	/* the signature, no flags, no extension */
	static const char head[19] = "PGCOPY\n\377\r\n";
	PGresult *result = PQexec(self.conn, sql);
	enum db done = PQresultStatus(result) == PGRES_COPY_IN ? DB_OK : failed("COPY", result);

	PQclear(result);
	return done == DB_OK ? db_copy_data(head, sizeof head) : done;
}

enum db
db_copy_data(const void *data, size_t n)
{
	enum { PIECE = 64 * 1024 };
	const char *p = data;

	while (n > 0) {
		size_t piece = n < PIECE ? n : PIECE;

		if (PQputCopyData(self.conn, p, (int)piece) != 1)
			return PQstatus(self.conn) == CONNECTION_BAD ? DB_LOST : DB_OK;	/* db_copy_end will tell */
		p += piece;
		n -= piece;
	}
	return DB_OK;
}

enum db
db_copy_end(unsigned long long *rows)
{
	static const char tail[2] = "\377\377";
	enum db done = DB_OK;
	PGresult *result;

	db_copy_data(tail, sizeof tail);
	PQputCopyEnd(self.conn, NULL);
	while ((result = PQgetResult(self.conn)) != NULL) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			done = failed("COPY", result);
		else
			*rows = strtoull(PQcmdTuples(result), NULL, 10);
		PQclear(result);
		if (PQstatus(self.conn) == CONNECTION_BAD)
			break;
	}
	if (done == DB_OK && PQstatus(self.conn) == CONNECTION_BAD)
		done = DB_LOST;
	return done;
}

enum db
db_copy_text(const char *file, const char *sql, const char *text, size_t n)
{
	PGresult *result = PQexec(self.conn, sql);
	enum db done = DB_OK;

	if (PQresultStatus(result) != PGRES_COPY_IN) {
		done = failed(file, result);
		PQclear(result);
		return done;
	}
	PQclear(result);
	db_copy_data(text, n);
	PQputCopyEnd(self.conn, NULL);
	while ((result = PQgetResult(self.conn)) != NULL) {
		if (PQresultStatus(result) == PGRES_FATAL_ERROR && PQresultErrorField(result, PG_DIAG_SQLSTATE)) {
			const char *where = PQresultErrorField(result, PG_DIAG_CONTEXT);

			where = where ? strstr(where, "line ") : NULL;
			if (where)	/* "COPY league_drivers, line 3, column race_number: ..." */
				warnx("%s: %.*s: %s", file, (int)strcspn(where, ":\n"), where,
				    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
			else
				warnx("%s: %s", file, PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
			done = DB_FAILED;
		} else if (PQresultStatus(result) != PGRES_COMMAND_OK)
			done = DB_LOST;
		PQclear(result);
		if (PQstatus(self.conn) == CONNECTION_BAD) {
			done = DB_LOST;
			break;
		}
	}
	return done;
}
