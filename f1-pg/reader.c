/* reader: a role that may read, for Grafana and the like
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "reader.h"

enum { NAME_MAX_BYTES = 63 };	/* the server cuts longer ones */

const char *
reader_wrong(const char *name)
{
	if (*name == '\0')
		return "is no name of a role";
	if (strlen(name) > NAME_MAX_BYTES)
		return "is longer than 63 bytes";
	for (; *name; name++)
		if ((unsigned char)*name < ' ' || *name == '\177')
			return "has a control character";
	return NULL;
}

/* CONNECT, which usually everybody has. */
static enum db_done
let_in(struct db *db, const char *literal, const char *id)
{
	PGresult *result = NULL;
	enum db_done done;
	char sql[1024];

	snprintf(sql, sizeof sql, "SELECT quote_ident(current_database()) WHERE NOT has_database_privilege(%s, current_database(), 'CONNECT')",
	    literal);
	if ((done = db_exec(db, sql, &result)) == DB_OK && PQntuples(result) > 0) {
		snprintf(sql, sizeof sql, "GRANT CONNECT ON DATABASE %s TO %s", PQgetvalue(result, 0, 0), id);
		done = db_exec(db, sql, NULL);
	}
	PQclear(result);
	return done;
}

/* What a reader of what is there must not have: the first table on which it may do more. */
static bool
may_write(struct db *db, const char *schema, const char *name, const char *literal, enum db_done *done)
{
	PGresult *result = NULL;
	char sql[1024];
	bool may = false;

	snprintf(sql, sizeof sql, "SELECT relname FROM pg_class WHERE relnamespace = '%s'::regnamespace AND relkind IN ('r', 'v', 'm', 'p')"
	    " AND has_table_privilege(%s, oid, 'INSERT, UPDATE, DELETE, TRUNCATE') ORDER BY 1 LIMIT 1", schema, literal);
	if ((*done = db_exec(db, sql, &result)) == DB_OK && PQntuples(result) > 0) {
		warnx("--reader: %s may write to %s.%s: name a role that may not", name, schema, PQgetvalue(result, 0, 0));
		may = true;
	}
	PQclear(result);
	return may;
}

bool
reader_make(struct db *db, const char *schema, const char *name)
{
	char *literal = db_quote(db, name, false), *id = db_quote(db, name, true), sql[2048];
	PGresult *there = NULL;
	enum db_done done;
	bool may = false;

	if (literal == NULL || id == NULL) {
		warnx("--reader: '%s' is no text of the connection's encoding", name);
		PQfreemem(literal);
		PQfreemem(id);
		return false;
	}
	/* one at a time, as in schema_init */
	snprintf(sql, sizeof sql, "BEGIN; SELECT pg_advisory_xact_lock(hashtext('f1-pg --init %s'));"
	    " SELECT FROM pg_roles WHERE rolname = %s", schema, literal);
	if ((done = db_exec(db, sql, &there)) == DB_OK && PQntuples(there) == 0) {
		/* the server thinks the views huge, and would compile for longer than they take */
		snprintf(sql, sizeof sql, "CREATE ROLE %s LOGIN; ALTER ROLE %s SET jit = off", id, id);
		done = db_exec(db, sql, NULL);
	}
	PQclear(there);
	if (done == DB_OK)
		done = let_in(db, literal, id);
	if (done == DB_OK) {
		snprintf(sql, sizeof sql, "GRANT USAGE ON SCHEMA %s TO %s; GRANT SELECT ON ALL TABLES IN SCHEMA %s TO %s;"
		    " GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA %s TO %s;"
		    " ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT SELECT ON TABLES TO %s;"
		    " ALTER DEFAULT PRIVILEGES IN SCHEMA %s GRANT EXECUTE ON FUNCTIONS TO %s",
		    schema, id, schema, id, schema, id, schema, id, schema, id);
		done = db_exec(db, sql, NULL);
	}
	if (done == DB_OK)
		may = may_write(db, schema, name, literal, &done);
	if (done == DB_OK)
		done = db_exec(db, may ? "ROLLBACK" : "COMMIT", NULL);
	db_tell(db, done);
	PQfreemem(literal);
	PQfreemem(id);
	return done == DB_OK && !may;
}
