/* plan: how a record becomes a row, worked out once for each shape of record
 * SPDX-License-Identifier: MIT
 *
 * Records of one kind and year have the same bytes but for their values, as long as they hold no text. So the first one
 * is read name by name and kept as a shape: its bytes, a mask of those that are not values, and the way of each value
 * into a row in COPY's binary form. Another record whose bytes agree under the mask becomes a row by a copy and a few
 * moves. All others are read name by name.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats.h"
#include "table.h"

enum { ROW_MAX = 4096 };	/* bytes of a row without its texts */

/* what a batch must know of a row */
struct row {
	const struct table *table;
	uint64_t session_uid;
	uint16_t format;
	bool closing;		/* its packet comes with frame 0 when the session ends */
	int64_t frame, overall;	/* overall is -1 if the record has none */
	uint16_t keys[2];	/* index keys */
	uint64_t digest;	/* of a TABLE_DISTINCT */
	size_t n;		/* bytes */
	size_t overall_at;	/* place of the overall frame's 4 bytes, which are the caller's to fill in */
	size_t fields_at;	/* place where the fields begin */
};

/* Makes a row of a record of n bytes (RECORD_SLACK bytes behind it may be read) at `to`, which has plan_room(n) bytes.
 * With `number` the row ends with one more column, an integer of that value, if its table is not a TABLE_SAMPLE. */
bool plan_row(const uint8_t *record, size_t n, int32_t number, uint8_t *to, struct row *, enum reason *why);

/* Bytes that the row of a record of n bytes can take. */
size_t plan_room(size_t n);

#endif
