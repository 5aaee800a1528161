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

#include "row.h"

/* Makes a row of a record of n bytes (RECORD_SLACK bytes behind it may be read) at `to`, which has row_room(n) bytes. If
 * its table is no TABLE_SAMPLE the row ends with one more column, an integer that is the caller's to fill in. False, with
 * the reason, if the record has no row. */
bool plan_row(const uint8_t *record, size_t n, uint8_t *to, struct row *, enum row_reason *why);

#endif
