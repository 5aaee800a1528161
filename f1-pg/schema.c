/* schema: the database's tables, comments and lookup tables as SQL
 * SPDX-License-Identifier: MIT
 */
#include <ctype.h>
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "layout.h"
#include "schema.h"
#include "sql.h"
#include "table.h"

static const char *const head_comments[HEAD_N] = {
	[HEAD_SESSION_UID] = "Id of the session, the 64 bits as a signed number (session_hex() shows it as the game''s tools do); 0 outside a session",
	[HEAD_RECEIVED_AT] = "When the datagram arrived, if the capture knows it",
	[HEAD_SESSION_TIME] = "Time since the session began [s]; goes back on a flashback",
	[HEAD_FRAME] = "Frame number; goes back on a flashback, and is 0 in what is sent when the session has ended",
	[HEAD_OVERALL] = "Frame number that never goes back; up to 2022, where the game has none, the frame number and what flashbacks took back, counted on arrival; in what is sent when the session has ended, one more than the last",
	[HEAD_FORMAT] = "Year of the packet format",
	[HEAD_PLAYER] = "Index of the player''s car; 255 for none",
};

/* the inside of a SQL string */
static void
put_quoted(FILE *f, const char *s)
{
	for (; *s; s++) {
		if (*s == '\'')
			putc('\'', f);
		putc(*s, f);
	}
}

static void
put_years(FILE *f, unsigned years)
{
	int from = -1;

	for (int i = 0; i <= LAYOUT_YEARS; i++) {
		int here = i < LAYOUT_YEARS && years & 1u << i;

		if (here && from == -1)
			from = i;
		if (!here && from != -1) {
			if (from == i - 1)
				fprintf(f, " %d", LAYOUT_YEAR_MIN + from);
			else
				fprintf(f, " %d-%d", LAYOUT_YEAR_MIN + from, LAYOUT_YEAR_MIN + i - 1);
			from = -1;
		}
	}
}

static void
print_table(FILE *f, const char *schema, const struct table *t)
{
	const char *name = t->record->name;
	char key[256];

	table_key(t, key);
	fprintf(f, "CREATE TABLE IF NOT EXISTS %s.%s (\n", schema, name);
	for (int i = 0; i < t->columns_n; i++) {
		const struct table_column *c = &t->columns[i];
		int always = i < t->fields && i != HEAD_RECEIVED_AT && !(c->index_key && t->kind == TABLE_DISTINCT);

		fprintf(f, "\t%s %s%s%s,\n", c->name, table_type_name(c->type), c->array ? "[]" : "", always ? " NOT NULL" : "");
	}
	/* samples come in the order of their key: no page of it needs room for more */
	fprintf(f, "\tPRIMARY KEY (%s)%s\n);\n", key, t->kind == TABLE_SAMPLE ? " WITH (fillfactor = 100)" : "");

	fprintf(f, "COMMENT ON TABLE %s.%s IS '", schema, name);
	put_quoted(f, t->record->text);
	fprintf(f, "; a %s", t->kind == TABLE_STATE ? "state: the last value holds" :
	    t->kind == TABLE_DISTINCT ? "sample: each that differs from all others, once" : "sample: a row a frame, never changed");
	fputs(". Formats", f);
	put_years(f, t->record->years);
	fputs("';\n", f);
	for (int i = 0; i < t->columns_n; i++) {
		const struct table_column *c = &t->columns[i];

		fprintf(f, "COMMENT ON COLUMN %s.%s.%s IS '", schema, name, c->name);
		if (i < HEAD_N)
			fputs(head_comments[i], f);
		else if (i == t->digest)
			fputs("Hash of all that the record says, received_at apart: the same record twice is one row", f);
		else if (c->index_key)
			fprintf(f, "Index key: %s", strcmp(c->name, "car") == 0 ? "index of the car in the game''s arrays" :
			    strcmp(c->name, "lap_num") == 0 ? "lap, counted from 1" :
			    strcmp(c->name, "dataset") == 0 ? "0 session best, 1 personal best, 2 rival" : "place in the game''s array, counted from 0");
		else {
			put_quoted(f, c->layout->text);
			if (c->layout->unit[0])
				fprintf(f, " [%s]", c->layout->unit);
			if (c->layout->enumeration[0])
				fprintf(f, " (enum_%s)", c->layout->enumeration);
			if (c->layout->years != t->record->years) {
				fputs(". Formats", f);
				put_years(f, c->layout->years);
			}
		}
		fputs("';\n", f);
	}
}

static void
print_enum(FILE *f, const char *schema, const struct layout_enum *e)
{
	int words = strcmp(e->name, "event_code") == 0;
	const char *comma = "";

	fprintf(f, "CREATE TABLE IF NOT EXISTS %s.enum_%s (\n\tpacket_format smallint,\n\tvalue %s,\n\tname text NOT NULL,\n"
	    "\tPRIMARY KEY (packet_format, value)\n);\n", schema, e->name, words ? "text" : e->flags ? "bigint" : "integer");
	fprintf(f, "COMMENT ON TABLE %s.enum_%s IS 'The %s of %s, by format';\n", schema, e->name, e->flags ? "bits" : "values", e->name);
	fprintf(f, "INSERT INTO %s.enum_%s AS e VALUES", schema, e->name);
	for (int i = 0; i < e->values_n; i++) {
		const struct layout_enum_value *v = &e->values[i];

		for (unsigned year = v->from; year <= v->to; year++) {
			fprintf(f, "%s\n\t(%u, %s%s%s, '", comma, year, words ? "'" : "", v->value, words ? "'" : "");
			put_quoted(f, v->name);
			fputs("')", f);
			comma = ",";
		}
	}
	fputs("\nON CONFLICT (packet_format, value) DO UPDATE SET name = EXCLUDED.name WHERE e.name <> EXCLUDED.name;\n", f);
}

/* a text that is written for the schema f1 */
static void
put_sql(FILE *f, const char *schema, const char *text)
{
	char before = '\n';

	for (; *text; before = *text++) {
		if (strncmp(text, "f1.", 3) == 0 && !isalnum((unsigned char)before) && before != '_') {
			fputs(schema, f);
			text++;		/* the 1; the point comes next */
		} else
			putc(*text, f);
	}
}

static uint64_t
version(void)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (const char *const *text = sql_texts; *text; text++)
		for (const char *p = *text; *p; p++)
			hash = (hash ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
	return hash;
}

static void
put_names(FILE *f, const char *const *names)
{
	for (const char *comma = ""; *names; names++, comma = ", ")
		fprintf(f, "%s'%s'", comma, *names);
}

/* Views of another version may have other columns, which CREATE OR REPLACE does not take: they go first. If somebody's own
 * views stand on them they stay, and it is for CREATE OR REPLACE to say whether that can be. */
static void
print_drop(FILE *f, const char *schema, bool always)
{
	fputs("DO $do$\nDECLARE\n\told text;\nBEGIN\n", f);
	if (!always)
		fprintf(f, "\tIF EXISTS (SELECT FROM pg_proc WHERE oid = to_regprocedure('%s.views_version()') AND prosrc LIKE '%%%016" PRIx64 "%%') THEN\n"
		    "\t\tRETURN;\n\tEND IF;\n", schema, version());
	fprintf(f, "\tSELECT string_agg(oid::regclass::text, ', ') INTO old FROM pg_class WHERE relkind = 'v'"
	    " AND relnamespace = '%s'::regnamespace AND (relname IN (", schema);
	put_names(f, sql_views);
	fputs(") OR relname IN (", f);	/* which a function makes */
	for (size_t i = 0; i < layout_records_n; i++)
		fprintf(f, "%s'final_%s'", i ? ", " : "", layout_records[i].name);
	fputs("));\n\tIF old IS NOT NULL THEN\n\t\tEXECUTE 'DROP VIEW ' || old;\n\tEND IF;\n", f);
	fprintf(f, "\tSELECT string_agg(oid::regprocedure::text, ', ') INTO old FROM pg_proc WHERE pronamespace = '%s'::regnamespace"
	    " AND proname IN (", schema);
	put_names(f, sql_functions);
	fputs(");\n\tIF old IS NOT NULL THEN\n\t\tEXECUTE 'DROP FUNCTION ' || old;\n\tEND IF;\n"
	    "EXCEPTION\n\tWHEN dependent_objects_still_exist THEN NULL;\nEND $do$;\n", f);
}

static void
print_views(FILE *f, const char *schema)
{
	print_drop(f, schema, false);
	for (const char *const *text = sql_texts; *text; text++) {
		putc('\n', f);
		put_sql(f, schema, *text);
	}
	fprintf(f, "\nCREATE OR REPLACE FUNCTION %s.views_version() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '%016" PRIx64 "' $$;\n"
	    "COMMENT ON FUNCTION %s.views_version IS 'Which version of the views this is: f1-pg --init makes them anew if its own is another';\n",
	    schema, version(), schema);
}

void
schema_print(FILE *f, const char *schema)
{
	fprintf(f, "CREATE SCHEMA IF NOT EXISTS %s;\n", schema);
	fprintf(f, "COMMENT ON SCHEMA %s IS 'Telemetry of the Formula 1 games, formats %d to %d; a table a record, see f1-pg(1) and f1-fields(5)';\n",
	    schema, LAYOUT_YEAR_MIN, LAYOUT_YEAR_MAX);
	fprintf(f, "CREATE OR REPLACE FUNCTION %s.session_hex(session_uid bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE\n"
	    "\tAS $$ SELECT lpad(to_hex(session_uid), 16, '0') $$;\n", schema);
	fprintf(f, "COMMENT ON FUNCTION %s.session_hex IS 'A session_uid as 16 hex digits, as JSON has it';\n", schema);
	fprintf(f, "CREATE OR REPLACE FUNCTION %s.session_uid(hex text) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE\n"
	    "\tAS $$ SELECT ('x' || lpad(hex, 16, '0'))::bit(64)::bigint $$;\n", schema);
	fprintf(f, "COMMENT ON FUNCTION %s.session_uid IS '16 hex digits, as JSON has them, as a session_uid';\n", schema);
	for (size_t i = 0; i < layout_records_n; i++)
		print_table(f, schema, &tables[i]);
	for (size_t i = 0; i < layout_enums_n; i++)
		print_enum(f, schema, &layout_enums[i]);
	print_views(f, schema);
}

/* What the tables of the schema lack: rows of table, column, type and the type that it has, which is null if the column is
 * missing; of a table that is missing, the first column. NULL, with the reason said, if the database does not tell. */
static PGresult *
ask_missing(struct db *db, const char *schema)
{
	const char *comma = "";
	PGresult *result = NULL;
	enum db_done done;
	char *sql;
	size_t size;
	FILE *f = open_memstream(&sql, &size);

	if (f == NULL)
		err(EX_OSERR, NULL);
	fputs("SELECT w.t, w.c, w.y, format_type(a.atttypid, NULL), r.oid IS NOT NULL FROM (VALUES ", f);
	for (size_t i = 0; i < layout_records_n; i++)
		for (int k = 0; k < tables[i].columns_n; k++, comma = ", ") {
			const struct table_column *c = &tables[i].columns[k];

			fprintf(f, "%s('%s', '%s', '%s%s', %d)", comma, tables[i].record->name, c->name,
			    c->type == TABLE_TIME ? "timestamp with time zone" : table_type_name(c->type), c->array ? "[]" : "", k);
		}
	fputs(", ('loads', 'session_uid', 'bigint', 0), ('loads', 'received_at', 'timestamp with time zone', 1),"
	    " ('loads', 'loaded_at', 'timestamp with time zone', 2), ('loads', 'samples_dropped_at', 'timestamp with time zone', 3),"
	    " ('frames', 'session_uid', 'bigint', 0), ('frames', 'packet', 'text', 1), ('frames', 'chunk', 'integer', 2),"
	    " ('frames', 'seen', 'bit', 3)", f);
	fprintf(f, ") w(t, c, y, n) LEFT JOIN pg_class r ON r.relname = w.t AND r.relnamespace = to_regnamespace('%s')"
	    " LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = w.c AND NOT a.attisdropped"
	    " WHERE format_type(a.atttypid, NULL) IS DISTINCT FROM w.y AND (r.oid IS NOT NULL OR w.n = 0) ORDER BY w.t, w.n", schema);
	if (fclose(f) == EOF)
		err(EX_OSERR, NULL);
	done = db_exec(db, sql, &result);
	free(sql);
	db_tell(db, done);
	return done == DB_OK ? result : NULL;
}

/* columns of tables that a version before this one made: only where something is missing, for it waits for all loaders */
static void
print_missing(FILE *f, const char *schema, const PGresult *missing)
{
	/* a view would not let go of the type of its columns */
	for (int i = 0; i < PQntuples(missing); i++)
		if (!PQgetisnull(missing, i, 3)) {
			print_drop(f, schema, true);
			break;
		}
	for (int i = 0; i < PQntuples(missing); i++) {
		const char *table = PQgetvalue(missing, i, 0), *column = PQgetvalue(missing, i, 1), *type = PQgetvalue(missing, i, 2);

		if (PQgetvalue(missing, i, 4)[0] == 'f')	/* all of the table is */
			continue;
		if (i == 0 || strcmp(table, PQgetvalue(missing, i - 1, 0)) != 0)
			fprintf(f, "ALTER TABLE %s.%s\n", schema, table);
		if (PQgetisnull(missing, i, 3))
			fprintf(f, "\tADD COLUMN IF NOT EXISTS %s %s", column, type);
		else
			fprintf(f, "\tALTER COLUMN %s TYPE %s", column, type);
		fputs(i + 1 < PQntuples(missing) && strcmp(table, PQgetvalue(missing, i + 1, 0)) == 0 ? ",\n" : ";\n", f);
	}
}

bool
schema_init(struct db *db, const char *schema)
{
	PGresult *missing;
	enum db_done done;
	char *sql, begin[256];
	size_t size;
	FILE *f;

	/* one at a time */
	snprintf(begin, sizeof begin, "BEGIN; SELECT pg_advisory_xact_lock(hashtext('f1-pg --init %s'))", schema);
	if ((done = db_exec(db, begin, NULL)) == DB_OK) {
		if ((missing = ask_missing(db, schema)) == NULL)
			return false;
		if ((f = open_memstream(&sql, &size)) == NULL)
			err(EX_OSERR, NULL);
		print_missing(f, schema, missing);
		PQclear(missing);
		schema_print(f, schema);
		fputs("COMMIT;\n", f);
		if (fclose(f) == EOF)
			err(EX_OSERR, NULL);
		done = db_exec(db, sql, NULL);
		free(sql);
	}
	db_tell(db, done);
	return done == DB_OK;
}

bool
schema_check(struct db *db, const char *schema)
{
	PGresult *missing = ask_missing(db, schema);
	int n;

	if (missing == NULL)
		return false;
	n = PQntuples(missing);
	if (n > 0 && PQgetvalue(missing, 0, 4)[0] == 'f')
		warnx("there is no table %s.%s: make the schema with f1-pg --init", schema, PQgetvalue(missing, 0, 0));
	else if (n > 0 && PQgetisnull(missing, 0, 3))
		warnx("%s.%s has no column %s: bring the schema up to this version with f1-pg --init", schema, PQgetvalue(missing, 0, 0),
		    PQgetvalue(missing, 0, 1));
	else if (n > 0)
		warnx("%s.%s.%s is %s, not %s: bring the schema up to this version with f1-pg --init", schema, PQgetvalue(missing, 0, 0),
		    PQgetvalue(missing, 0, 1), PQgetvalue(missing, 0, 3), PQgetvalue(missing, 0, 2));
	PQclear(missing);
	return n == 0;
}
