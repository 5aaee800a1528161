/* same: are the rows that the database has those that come?
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "bytes.h"
#include "same.h"
#include "stats.h"

enum { MANY = 1000 };	/* samples that are asked for at once */

bool
same_row(const PGresult *result, int n, const struct table *t, unsigned variant, const uint8_t *bytes)
{
	const uint8_t *at = bytes + 2;

	for (int i = 0, column = 0; i < t->columns_n; i++) {
		uint32_t size;
		bool null;

		if (!table_has(t, i, variant))
			continue;
		size = be32(at);
		at += 4;
		null = size == UINT32_MAX;
		if (i != HEAD_OVERALL && i != HEAD_RECEIVED_AT) {
			/* in an older schema it had no column */
			bool missing = PQgetisnull(result, n, column);

			if (null && !missing)
				return false;
			if (!null && !missing && ((uint32_t)PQgetlength(result, n, column) != size ||
			    memcmp(PQgetvalue(result, n, column), at, size) != 0))
				return false;
		}
		if (!null)
			at += size;
		column++;
	}
	return true;
}

static int64_t
place_of(const PGresult *result, int n, const struct table *t)
{
	int64_t overall = be32((const uint8_t *)PQgetvalue(result, n, HEAD_OVERALL));

	return overall << 16 | (t->record->keys_n ? be16((const uint8_t *)PQgetvalue(result, n, HEAD_N)) : 0);
}

/* the row of a sample, in a result that is in the order of the keys; -1 if there is none */
static int
find(const PGresult *result, const struct table *t, const struct waiting *w)
{
	int64_t wanted = (int64_t)w->overall << 16 | (t->record->keys_n ? w->key : 0);
	int from = 0, to = PQntuples(result);

	while (from < to) {
		int middle = from + (to - from) / 2;

		if (place_of(result, middle, t) < wanted)
			from = middle + 1;
		else
			to = middle;
	}
	return from < PQntuples(result) && place_of(result, from, t) == wanted ? from : -1;
}

/* Asks for the rows of some samples' frames. */
static enum db_done
ask(const struct same *s, struct db *db, struct waiting *const *samples, size_t n, PGresult **result)
{
	const struct layout_record *record = s->table->record;
	enum db_done done;
	int32_t last = -1;
	size_t size;
	char *sql;
	FILE *f = open_memstream(&sql, &size);

	if (f == NULL)
		err(EX_OSERR, NULL);
	fputs("SELECT ", f);
	table_put_columns(f, s->table, "", s->variant);
	fprintf(f, " FROM %s.%s WHERE session_uid = %" PRId64 " AND overall_frame_identifier IN (-1", s->schema, record->name,
	    (int64_t)s->session_uid);
	for (size_t i = 0; i < n; i++) {
		if (samples[i]->overall != last)
			fprintf(f, ", %" PRId32, samples[i]->overall);
		last = samples[i]->overall;
	}
	fprintf(f, ") ORDER BY overall_frame_identifier%s%s", record->keys_n ? ", " : "", record->keys_n ? record->keys[0] : "");
	fclose(f);
	done = db_query(db, sql, result);
	free(sql);
	return done;
}

/* counts, and rejects, those of which the database has another one */
static enum db_done
compare(const struct same *s, struct db *db, struct waiting *const *samples, size_t n, bool reject, size_t *others)
{
	size_t some;

	*others = 0;
	for (size_t i = 0; i < n; i += some) {
		PGresult *result;
		enum db_done done;

		some = n - i < MANY ? n - i : MANY;
		if ((done = ask(s, db, samples + i, some, &result)) != DB_OK)
			return done;
		for (size_t k = i; k < i + some; k++) {
			struct waiting *w = samples[k];
			int row = find(result, s->table, w);

			/* at the end of a session what has frame 0 is placed by what came before it */
			if (w->closing || row < 0 || same_row(result, row, s->table, s->variant, s->rows + w->at))
				continue;
			++*others;
			if (reject) {
				w->rejected = true;
				w->why = ROW_OTHER;
			}
		}
		PQclear(result);
	}
	return DB_OK;
}

/* The samples of the first frame and of the last, and of some between: a flashback goes back by more than TIMELINE_BACK. */
static size_t
choose(const struct same *s, struct waiting **some)
{
	size_t n = 0;
	int32_t last = INT32_MIN / 2, end = s->samples[s->n - 1]->overall;

	for (size_t i = 0; i < s->n; i++) {
		struct waiting *w = s->samples[i];

		if (w->overall == last || w->overall == end || abs(w->overall - last) >= TIMELINE_BACK) {
			last = w->overall;
			some[n++] = w;
		}
	}
	return n;
}

enum db_done
same_check(const struct same *s, struct db *db, size_t *others)
{
	struct waiting **some = malloc(s->n * sizeof *some);
	enum db_done done;

	if (some == NULL)
		err(EX_OSERR, NULL);
	done = compare(s, db, some, choose(s, some), false, others);
	free(some);
	return done == DB_OK && *others > 0 ? compare(s, db, s->samples, s->n, true, others) : done;
}
