/* row: a record, read name by name, to a row in COPY's binary form
 * SPDX-License-Identifier: MIT
 *
 * This is the long way, which every record could go; plan.h has the short one for those of a known shape.
 */
#ifndef ROW_H
#define ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pack.h"
#include "stats.h"
#include "table.h"

enum { ROW_MAX = 4096 };	/* bytes of a row without its texts */
enum { PAIRS_MAX = 256, MOVES_MAX = 256 };

/* what a batch must know of a row */
struct row {
	const struct table *table;
	uint64_t session_uid;
	uint16_t format;
	uint8_t variant;	/* the columns that it has */
	bool closing;		/* its packet comes with frame 0 when the session ends */
	int64_t frame, overall;	/* overall is -1 if the record has none */
	uint16_t keys[2];	/* index keys */
	uint64_t digest;	/* of a TABLE_DISTINCT */
	size_t n;		/* bytes */
	size_t overall_at;	/* place of the overall frame's 4 bytes, which are the caller's to fill in */
	size_t fields_at;	/* place where the fields begin */
};

/* how the bytes of a value go into a row; both are big endian */
enum move_kind { MOVE_1, MOVE_2, MOVE_4, MOVE_8, MOVE_SIGNED, MOVE_CONVERT, MOVE_KINDS };

struct move {
	uint16_t from, to;
	uint8_t type;		/* MOVE_CONVERT: enum table_type */
	uint8_t divide;
	uint16_t scale;
};

/* A record read name by name, and how its values went into the row. */
struct reading {
	const uint8_t *record, *end;
	int pairs_n;
	struct pair {
		const char *key;
		size_t key_n;
		const uint8_t *value;
	} pairs[PAIRS_MAX];
	const struct layout_packet *packet;
	const struct layout_record *kind;
	bool fixed;		/* all values are numbers of a fixed width */
	uint8_t *to, *at;
	struct {
		enum move_kind kind;
		struct move move;
	} moves[MOVES_MAX];
	int moves_n;
};

/* Bytes that the row of a record of n bytes can take. */
size_t row_room(size_t n);

/* Makes a row of a record of n bytes at `to`. If its table is no TABLE_SAMPLE the row ends with one more column, an
 * integer that is the caller's to fill in. False, with the reason, if the record has no row; `reading` is the caller's to
 * look at. */
bool row_make(struct reading *, const uint8_t *record, size_t n, uint8_t *to, struct row *, enum row_reason *why);

/* Puts a number of any kind to a column of a type at `to`; false if it does not fit. `scale` divides, or is added. */
bool row_convert(uint8_t *to, enum table_type, const struct pack *item, unsigned scale, bool divide);

/* The value of that name in the record read last, or NULL. */
const struct pair *row_find(struct reading *, const char *key);

#endif
