/* same: are the rows that the database has those that come?
 * SPDX-License-Identifier: MIT
 *
 * Up to 2022 the overall frame is made here (timeline.h). A piece of a session that is loaded before an earlier one has the
 * numbers that the earlier one comes to after a flashback: there two samples have one key.
 */
#ifndef SAME_H
#define SAME_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"
#include "send.h"
#include "table.h"

/* Does a row of a result, with the columns of the variant, say what the row of a record says, whenever it came? A null says
 * nothing. */
bool same_row(const PGresult *, int n, const struct table *, unsigned variant, const uint8_t *bytes);

/* samples of a session and a table, whose keys the database has */
struct same {
	const char *schema;
	uint64_t session_uid;
	const struct table *table;
	unsigned variant;
	const uint8_t *rows;
	struct waiting **samples;
	size_t n;
};

/* Rejects those of which the database has another one, and counts them in *others. Those of a frame now and then are looked
 * at, and all if one of these is another. */
enum db_done same_check(const struct same *, struct db *, size_t *others);

#endif
