/* table: the columns of each record's table, from the layouts
 * SPDX-License-Identifier: MIT
 *
 * A table has the columns of the record's head, its index keys, then the union of its fields in all years, the narrow
 * ones first, so that PostgreSQL has few gaps to fill. Four wheels are four columns, other arrays are arrays. Every column
 * has a type that holds all values of all years, but for these: session_uid, whose 64 bits are a bigint (negative where the
 * top bit is set); the frames, which are an integer (FRAME_MAX of them would take half a year, and views can add to them); and 16
 * bits of degrees, of rpm, of km/h and of metres, and the 15 rev lights, which are a smallint (no car is that fast or hot).
 * A row of car_telemetry takes 170 bytes so, with its key; with an integer for each of them it took 205.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "layout.h"

enum { FRAME_MAX = 999999999 };

enum table_type { TABLE_INT2, TABLE_INT4, TABLE_INT8, TABLE_FLOAT4, TABLE_FLOAT8, TABLE_TEXT, TABLE_TIME };

/* the columns that all tables begin with, in this order */
enum { HEAD_SESSION_UID, HEAD_RECEIVED_AT, HEAD_SESSION_TIME, HEAD_FRAME, HEAD_OVERALL, HEAD_FORMAT, HEAD_PLAYER, HEAD_N };

struct table_column {
	char name[64];
	const char *key;			/* of the record's value */
	enum table_type type;
	uint8_t wheel;				/* 1 to 4: which item of the array; 0: all of the value */
	uint8_t array;				/* an array of `type` */
	uint8_t index_key;			/* an index key */
	uint16_t place;				/* in the order of the layouts */
	const struct layout_column *layout;	/* NULL for head and keys */
};

struct table {
	const struct layout_record *record;
	enum { TABLE_SAMPLE, TABLE_STATE, TABLE_DISTINCT } kind;
	int columns_n;
	struct table_column *columns;
	int digest;				/* place of the digest, of a TABLE_DISTINCT, or -1 */
	int fields;				/* place of the first field */
};

/* Which columns a row has: all, or those of a year and its keys. A column that a row leaves out is null. */
enum { VARIANT_ALL, VARIANT_YEARS, VARIANTS = VARIANT_YEARS + LAYOUT_YEARS };

/* By place in layout_records. */
extern struct table *tables;

/* Makes the tables. Ends the program with status 71 when out of memory. */
void table_init(void);

/* Does the row of that variant have the column of that place? */
bool table_has(const struct table *, int column, unsigned variant);

/* The name of a type in SQL. */
const char *table_type_name(enum table_type);

/* Bytes of a value in COPY's binary form; 0 for text. */
size_t table_type_size(enum table_type);

/* Writes the columns of a variant, with the prefix before each, separated by ", ". */
void table_put_columns(FILE *, const struct table *, const char *prefix, unsigned variant);

/* The columns of the primary key, separated by ", ". `to` has room for 256 bytes. */
void table_key(const struct table *, char *to);

#endif
