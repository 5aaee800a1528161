/* place: where a stream goes on in a session of which the database has a part
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "bytes.h"
#include "place.h"
#include "same.h"
#include "timeline.h"

enum { FRAMES = 3 };	/* in which all is the same: the stream is read again */

/* Runs a query for one row of place of the table, frame and overall frame. */
static enum db_done
ask_row(struct db *db, char *sql, struct place_row *row)
{
	PGresult *result;
	enum db_done done = db_exec(db, sql, &result);

	free(sql);
	*row = (struct place_row){ .overall = -1 };
	if (done != DB_OK)
		return done;
	if (PQntuples(result) > 0) {
		row->table = strtoul(PQgetvalue(result, 0, 0), NULL, 10);
		row->frame = strtoll(PQgetvalue(result, 0, 1), NULL, 10);
		row->overall = strtoll(PQgetvalue(result, 0, 2), NULL, 10);
	}
	PQclear(result);
	return DB_OK;
}

static FILE *
begin_query(char **sql, size_t *size)
{
	FILE *f = open_memstream(sql, size);

	if (f == NULL)
		err(EX_OSERR, NULL);
	return f;
}

/* the last row of all samples */
static enum db_done
ask_newest(struct db *db, const char *schema, uint64_t uid, struct place_row *row)
{
	const char *between = "(";
	size_t size;
	char *sql;
	FILE *f = begin_query(&sql, &size);

	for (size_t i = 0; i < layout_records_n; i++) {
		if (tables[i].kind != TABLE_SAMPLE)
			continue;
		fprintf(f, "%sSELECT %zu, frame_identifier, overall_frame_identifier FROM %s.%s WHERE session_uid = %" PRId64
		    " AND frame_identifier > 0 ORDER BY overall_frame_identifier DESC LIMIT 1", between, i, schema, layout_records[i].name,
		    (int64_t)uid);
		between = ") UNION ALL (";
	}
	fputs(") ORDER BY 3 DESC, 1 LIMIT 1", f);
	fclose(f);
	return ask_row(db, sql, row);
}

enum db_done
place_begin(struct place *p, struct db *db, const char *schema, const struct row *row)
{
	*p = (struct place){ .schema = schema, .session_uid = row->session_uid, .frame = row->frame };
	return ask_newest(db, schema, row->session_uid, &p->newest);
}

/* Asks for the rows of a record's frame and keys, in the columns of its row. */
static enum db_done
ask_rows(const struct place *p, struct db *db, const struct row *row, PGresult **result)
{
	const struct table *t = row->table;
	enum db_done done;
	size_t size;
	char *sql;
	FILE *f = begin_query(&sql, &size);

	fputs("SELECT ", f);
	table_put_columns(f, t, "", row->variant);
	fprintf(f, " FROM %s.%s WHERE session_uid = %" PRId64 " AND frame_identifier = %" PRId64
	    " AND overall_frame_identifier BETWEEN %" PRId64 " AND %" PRId64, p->schema, t->record->name, (int64_t)p->session_uid, row->frame,
	    row->frame, row->frame + p->newest.overall - p->newest.frame);
	for (int i = 0; i < t->record->keys_n; i++)
		fprintf(f, " AND %s = %u", t->record->keys[i], row->keys[i]);
	fprintf(f, " ORDER BY overall_frame_identifier LIMIT %d", PLACES);
	fclose(f);
	done = db_query(db, sql, result);
	free(sql);
	return done;
}

/* The list begins with the passes that went over the frame, or may have, between the samples that are known of them: the
 * others may have been dropped, or thinned. */
static enum db_done
begin_list(struct place *p, struct db *db)
{
	PGresult *result;
	enum db_done done;
	char sql[512];

	snprintf(sql, sizeof sql, "SELECT pass FROM (SELECT pass, coalesce(lag(last_frame) OVER w + 1, first_frame) AS first,"
	    " coalesce(lead(first_frame) OVER w - 1, last_frame) AS last FROM %s.passes WHERE session_uid = %" PRId64 " WINDOW w AS (ORDER BY pass)) p"
	    " WHERE pass + %" PRId64 " BETWEEN first AND last ORDER BY 1 LIMIT %d", p->schema, (int64_t)p->session_uid, p->frame, PLACES);
	if ((done = db_exec(db, sql, &result)) != DB_OK)
		return done;
	for (p->passes_n = 0; p->passes_n < PQntuples(result); p->passes_n++)
		p->passes[p->passes_n] = (struct place_pass){ .ahead = strtoll(PQgetvalue(result, p->passes_n, 0), NULL, 10) };
	PQclear(result);
	return DB_OK;
}

static void
leave_out(struct place *p, int64_t ahead)
{
	int n = 0;

	for (int i = 0; i < p->passes_n; i++)
		if (p->passes[i].ahead != ahead)
			p->passes[n++] = p->passes[i];
	p->passes_n = n;
}

/* a pass that has the sample */
static void
find(struct place *p, int64_t ahead)
{
	int i = 0;

	while (i < p->passes_n && p->passes[i].ahead != ahead)
		i++;
	if (i < p->passes_n)
		p->passes[i].found = true;
	else if (!p->begun && i < PLACES)
		p->passes[p->passes_n++] = (struct place_pass){ .ahead = ahead, .found = true };
}

static int64_t
newest_ahead(const struct place *p)
{
	return p->newest.overall - p->newest.frame;
}

static bool
may_go_on(const struct place *p)
{
	return p->frame + TIMELINE_BACK >= p->newest.frame;
}

enum db_done
place_look(struct place *p, struct db *db, const struct row *row, const uint8_t *bytes)
{
	PGresult *result;
	enum db_done done;

	if (row->table->kind != TABLE_SAMPLE || p->newest.overall < 0)
		return DB_OK;
	if (p->frames == 0) {
		p->frame = row->frame;
		p->table = (size_t)(row->table - tables);
		if ((done = begin_list(p, db)) != DB_OK)
			return done;
	}
	if ((done = ask_rows(p, db, row, &result)) != DB_OK)
		return done;
	if (p->frames == 0 || row->frame != p->last)
		p->frames++;
	p->last = row->frame;
	for (int i = 0; i < PQntuples(result); i++) {
		int64_t ahead = be32((const uint8_t *)PQgetvalue(result, i, HEAD_OVERALL)) - row->frame;

		if (!same_row(result, i, row->table, row->variant, bytes)) {
			p->others = true;
			leave_out(p, ahead);
		} else
			find(p, ahead);
	}
	/* one that the database did not get tells nothing */
	if (PQntuples(result) > 0 || may_go_on(p))
		p->begun = true;
	PQclear(result);
	return DB_OK;
}

bool
place_known(const struct place *p)
{
	return p->newest.overall < 0 || p->frames > FRAMES || (p->begun && p->passes_n == 0);
}

/* Asks for the last row of a table in a range of frames and up to an overall frame. */
static enum db_done
ask_last(const struct place *p, struct db *db, size_t table, int64_t from, int64_t to, int64_t overall, struct place_row *row)
{
	size_t size;
	char *sql;
	FILE *f = begin_query(&sql, &size);

	fprintf(f, "SELECT 0, frame_identifier, overall_frame_identifier FROM %s.%s WHERE session_uid = %" PRId64
	    " AND frame_identifier BETWEEN %" PRId64 " AND %" PRId64 " AND overall_frame_identifier BETWEEN %" PRId64 " AND %" PRId64
	    " ORDER BY overall_frame_identifier DESC LIMIT 1", p->schema, layout_records[table].name, (int64_t)p->session_uid, from, to, from, overall);
	fclose(f);
	return ask_row(db, sql, row);
}

/* Asks for the first pass of the list that has no rows between the frames that were looked for. */
static enum db_done
ask_empty(const struct place *p, struct db *db, struct place_row *row)
{
	size_t size;
	char *sql;
	FILE *f = begin_query(&sql, &size);

	fprintf(f, "SELECT 0, %" PRId64 ", pass + %" PRId64 " FROM unnest(ARRAY[", p->frame, p->frame);
	for (int i = 0; i < p->passes_n; i++)
		fprintf(f, "%s%" PRId64, i > 0 ? ", " : "", p->passes[i].ahead);
	fprintf(f, "]::bigint[]) pass WHERE NOT EXISTS (SELECT FROM %s.%s WHERE session_uid = %" PRId64
	    " AND overall_frame_identifier BETWEEN pass + %" PRId64 " AND pass + %" PRId64 " AND overall_frame_identifier - frame_identifier = pass)"
	    " ORDER BY pass LIMIT 1", p->schema, layout_records[p->table].name, (int64_t)p->session_uid, p->frame + 1, p->last - 1);
	fclose(f);
	return ask_row(db, sql, row);
}

/* Of the passes that have the samples: the newest, if the stream may go on there, or else the first; or NULL. */
static const struct place_pass *
found(const struct place *p)
{
	const struct place_pass *first = NULL;

	for (const struct place_pass *pass = p->passes; pass < p->passes + p->passes_n; pass++) {
		if (pass->found && may_go_on(p) && pass->ahead == newest_ahead(p))
			return pass;
		if (pass->found && first == NULL)
			first = pass;
	}
	return first;
}

enum db_done
place_tell(const struct place *p, struct db *db, int64_t *ahead)
{
	const struct place_pass *pass = found(p);
	struct place_row empty, before, between;
	bool others = p->others;
	enum db_done done;

	*ahead = 0;
	if (p->newest.overall < 0)
		return DB_OK;
	if (pass || may_go_on(p)) {
		*ahead = pass ? pass->ahead : newest_ahead(p);
		return DB_OK;
	}
	if (p->frames == 0)	/* as if it were older: then it takes the place of nothing */
		return DB_OK;
	if ((done = ask_empty(p, db, &empty)) != DB_OK)
		return done;
	if (empty.overall >= 0) {
		*ahead = empty.overall - empty.frame;
		return DB_OK;
	}
	/* rows between the frames that were looked for: below 60 Hz a flashback may go back to other frames than were sent before */
	if ((done = ask_last(p, db, p->table, p->frame + 1, p->last - 1, p->last + newest_ahead(p), &between)) != DB_OK)
		return done;
	others = others || between.overall >= 0;
	done = ask_last(p, db, p->newest.table, 1, p->frame - others, p->frame + newest_ahead(p), &before);
	if (done == DB_OK && before.overall >= 0)
		*ahead = others ? p->newest.overall + 1 - p->frame : before.overall - before.frame;
	return done;
}
