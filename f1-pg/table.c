/* table: the columns of each record's table
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "table.h"

static const struct table_column head[HEAD_N] = {
	[HEAD_SESSION_UID] = { .name = "session_uid", .key = "session_uid", .type = TABLE_INT8 },
	[HEAD_RECEIVED_AT] = { .name = "received_at", .key = "received_at", .type = TABLE_TIME },
	[HEAD_SESSION_TIME] = { .name = "session_time", .key = "session_time", .type = TABLE_FLOAT4 },
	[HEAD_FRAME] = { .name = "frame_identifier", .key = "frame_identifier", .type = TABLE_INT4 },
	[HEAD_OVERALL] = { .name = "overall_frame_identifier", .key = "overall_frame_identifier", .type = TABLE_INT4 },
	[HEAD_FORMAT] = { .name = "packet_format", .key = "packet_format", .type = TABLE_INT2 },
	[HEAD_PLAYER] = { .name = "player_car_index", .key = "player_car_index", .type = TABLE_INT2 },
};

static const struct {
	const char *name;
	size_t size;
} types[] = {
	[TABLE_INT2] = { "smallint", 2 }, [TABLE_INT4] = { "integer", 4 }, [TABLE_INT8] = { "bigint", 8 },
	[TABLE_FLOAT4] = { "real", 4 }, [TABLE_FLOAT8] = { "double precision", 8 }, [TABLE_TEXT] = { "text", 0 },
	[TABLE_TIME] = { "timestamptz", 8 },
};

struct table *tables;

/* values that stay far below what their 16 bits could hold */
static bool
small(const struct layout_column *c)
{
	static const char *const units[] = { "degC", "rpm", "km/h", "m" };

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strcmp(c->unit, units[i]) == 0)
			return true;
	return strcmp(c->name, "rev_lights_bit_value") == 0;
}

static enum table_type
type_of(const struct layout_column *c)
{
	switch ((enum layout_type)c->type) {
	case LAYOUT_U8:
	case LAYOUT_I8:
	case LAYOUT_I16:
		return TABLE_INT2;
	case LAYOUT_U16:
		return small(c) ? TABLE_INT2 : TABLE_INT4;
	case LAYOUT_U32:
	case LAYOUT_U64:
		return TABLE_INT8;
	case LAYOUT_F32:
		return TABLE_FLOAT4;
	case LAYOUT_F64:
		return TABLE_FLOAT8;
	case LAYOUT_CHAR:
		break;
	}
	return TABLE_TEXT;
}

/* the narrow ones first; what has no width of its own comes last */
static int
by_width(const void *one, const void *other)
{
	const struct table_column *a = one, *b = other;
	size_t m = a->array || a->type == TABLE_TEXT ? 16 : table_type_size(a->type);
	size_t n = b->array || b->type == TABLE_TEXT ? 16 : table_type_size(b->type);

	if (m != n)
		return m < n ? -1 : 1;
	return a->place < b->place ? -1 : 1;
}

static void
make(struct table *t, const struct layout_record *record)
{
	static const char wheels[][3] = { "rl", "rr", "fl", "fr" };	/* the game's order */
	struct table_column *c;

	t->record = record;
	t->kind = record->distinct ? TABLE_DISTINCT : record->kind == LAYOUT_STATE ? TABLE_STATE : TABLE_SAMPLE;
	t->columns = calloc(HEAD_N + 3 + 4u * record->columns_n, sizeof *t->columns);
	if (t->columns == NULL)
		err(EX_OSERR, NULL);
	memcpy(t->columns, head, sizeof head);
	c = t->columns + HEAD_N;
	for (int i = 0; i < record->keys_n; i++, c++) {
		snprintf(c->name, sizeof c->name, "%s", record->keys[i]);
		c->key = record->keys[i];
		c->type = TABLE_INT2;
		c->index_key = 1;
	}
	t->digest = -1;
	if (t->kind == TABLE_DISTINCT) {
		t->digest = (int)(c - t->columns);
		*c++ = (struct table_column){ .name = "digest", .key = "", .type = TABLE_INT8 };
	}
	t->fields = (int)(c - t->columns);
	for (int i = 0; i < record->columns_n; i++) {
		const struct layout_column *l = &record->columns[i];
		int parts = l->count == 4 && l->type != LAYOUT_CHAR ? 4 : 1;

		for (int wheel = 1; wheel <= parts; wheel++, c++) {
			snprintf(c->name, sizeof c->name, "%s%s%s", l->name, parts == 4 ? "_" : "", parts == 4 ? wheels[wheel - 1] : "");
			c->key = l->name;
			c->type = type_of(l);
			c->place = (uint16_t)(c - t->columns);
			c->wheel = parts == 4 ? (uint8_t)wheel : 0;
			c->array = l->count > 1 && parts == 1 && l->type != LAYOUT_CHAR;
			c->layout = l;
		}
	}
	t->columns_n = (int)(c - t->columns);
	qsort(t->columns + t->fields, (size_t)(t->columns_n - t->fields), sizeof *t->columns, by_width);
}

void
table_init(void)
{
	tables = calloc(layout_records_n, sizeof *tables);
	if (tables == NULL)
		err(EX_OSERR, NULL);
	for (size_t i = 0; i < layout_records_n; i++)
		make(&tables[i], &layout_records[i]);
}

bool
table_has(const struct table *t, int column, unsigned variant)
{
	const struct layout_column *l = t->columns[column].layout;

	return variant == VARIANT_ALL || l == NULL || l->years & 1u << (variant - VARIANT_YEARS);
}

const char *
table_type_name(enum table_type type)
{
	return types[type].name;
}

size_t
table_type_size(enum table_type type)
{
	return types[type].size;
}

void
table_put_columns(FILE *f, const struct table *t, const char *prefix, unsigned variant)
{
	for (int i = 0; i < t->columns_n; i++)
		if (table_has(t, i, variant))
			fprintf(f, "%s%s%s", i ? ", " : "", prefix, t->columns[i].name);
}

void
table_key(const struct table *t, char *to)
{
	int n = sprintf(to, "session_uid");

	if (t->kind == TABLE_DISTINCT) {
		strcpy(to + n, ", digest");
		return;
	}
	if (t->kind == TABLE_SAMPLE)
		n += sprintf(to + n, ", overall_frame_identifier");
	for (int i = 0; i < t->record->keys_n; i++)
		n += sprintf(to + n, ", %s", t->record->keys[i]);
}
