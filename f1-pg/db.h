/* db: connections to the database
 * SPDX-License-Identifier: MIT
 */
#ifndef DB_H
#define DB_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

struct db;

/* what became of a statement */
enum db_done {
	DB_OK,
	DB_AGAIN,	/* somebody was faster, a deadlock, or told to stop: the transaction may be tried again */
	DB_REFUSED,	/* a value, or a row, which the server does not take */
	DB_LOST,	/* the connection */
	DB_FAILED,	/* anything else, which was said */
};

/* Connects and sets what all statements rely on; NULL, with the reason said, if that cannot be. `conninfo` must stay. */
struct db *db_open(const char *conninfo);

/* Connects again with the same words, waiting longer each time, for at most `seconds` (-1: for ever) or until asked to
 * stop. Says so once, and when it is back. */
bool db_reconnect(struct db *, int seconds);

/* Says why a statement came to nothing, for who does not try it again; of DB_FAILED it was said already. */
void db_tell(const struct db *, enum db_done);

/* The first line of the server's last DB_AGAIN or DB_REFUSED. */
const char *db_reason(const struct db *);

void db_close(struct db *);

/* A name, or else a text, as SQL wants it, with its quotes; PQfreemem it. NULL if it is not of the connection's encoding. */
char *db_quote(const struct db *, const char *, bool name);

/* Runs statements; the last one's result goes to *result if that is not NULL, and is the caller's to PQclear. */
enum db_done db_exec(struct db *, const char *sql, PGresult **result);

/* The same for one query, whose values come in binary form. */
enum db_done db_query(struct db *, const char *sql, PGresult **result);

/* The same for statements among which is COPY FROM STDIN BINARY: db_begin sends them all, db_next brings one result after
 * the other until DB_END. At DB_COPY the rows go by db_copy_data, and db_copy_end closes them; the result of that COPY is
 * the next one. After anything but DB_OK the statements are over. */
enum db_result { DB_END, DB_COPY, DB_COMMAND };
enum db_done db_begin(struct db *, const char *sql);
enum db_done db_next(struct db *, enum db_result *, unsigned long long *rows);
enum db_done db_copy_data(struct db *, const void *data, size_t n);
enum db_done db_copy_end(struct db *);

/* COPY ... FROM STDIN of a text. The reason of a refusal begins with the line. */
enum db_done db_copy_text(struct db *, const char *sql, const char *text, size_t n);

#endif
