/* db: the connection to the database
 * SPDX-License-Identifier: MIT
 */
#ifndef DB_H
#define DB_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

/* what became of a statement */
enum db {
	DB_OK,
	DB_AGAIN,	/* somebody was faster, or a deadlock: the transaction may be tried again */
	DB_LOST,	/* the connection */
	DB_FAILED,	/* anything else, which was said */
};

/* Connects and sets what all statements rely on; says why it cannot unless `quietly`. */
bool db_connect(const char *conninfo, bool quietly);

/* Connects again with the same words, waiting longer each time, for at most `seconds` (-1: for ever) or until asked to
 * stop. Says so once, and when it is back. */
bool db_reconnect(int seconds);

/* Says what the connection's last error was: what DB_LOST leaves to the caller. */
void db_tell(void);

void db_close(void);

/* Runs a statement; its result goes to *result if that is not NULL, and is the caller's to PQclear. */
enum db db_exec(const char *sql, PGresult **result);

/* Does such a table exist? */
enum db db_has_table(const char *name, bool *has);

/* COPY table (columns) FROM STDIN BINARY: begin, then bytes of rows, then end, with the number of rows in *rows. */
enum db db_copy_begin(const char *sql);
enum db db_copy_data(const void *data, size_t n);
enum db db_copy_end(unsigned long long *rows);

/* COPY ... FROM STDIN of a text; what the server does not like about it is said of `file`, with the line. */
enum db db_copy_text(const char *file, const char *sql, const char *text, size_t n);

#endif
