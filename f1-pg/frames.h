/* frames: which frames of each session came, a bit each
 * SPDX-License-Identifier: MIT
 *
 * The table of that name (f1-pg/sql/frames.sql) has them in chunks of 1024. It is written in the transaction that writes
 * the rows, and bits only ever come to it: so the order of loading, and how often, do not matter.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "send.h"

/* Writes the statement for the rows that are left in these tables of the batch (bits, by place in layout_records). False
 * if it takes none: nothing is written. */
bool frames_put(FILE *, const struct batch *, uint64_t these, const char *schema);

#endif
