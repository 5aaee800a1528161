/* row: a record, read name by name, to a row in COPY's binary form
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <string.h>

#include "bytes.h"
#include "pack.h"
#include "row.h"
#include "text.h"

enum { OID_INT2 = 21, OID_INT4 = 23, OID_INT8 = 20, OID_FLOAT4 = 700, OID_FLOAT8 = 701 };	/* of PostgreSQL, for ever */
static const int64_t postgres_epoch = 946684800000000;	/* 2000-01-01 in microseconds since 1970 */

size_t
row_room(size_t n)
{
	return ROW_MAX + TEXT_GROWTH * n;
}

const struct pair *
row_find(struct reading *r, const char *key)
{
	size_t n = strlen(key);

	for (int i = 0; i < r->pairs_n; i++)
		if (r->pairs[i].key_n == n && memcmp(r->pairs[i].key, key, n) == 0)
			return &r->pairs[i];
	return NULL;
}

/* an unsigned number under that name */
static bool
number(struct reading *r, const char *key, uint64_t max, uint64_t *n, enum row_reason *why)
{
	const struct pair *pair = row_find(r, key);
	const uint8_t *at;
	struct pack item;

	if (pair == NULL) {
		*why = ROW_HEAD;
		return false;
	}
	at = pair->value;
	pack_read(&at, r->end, &item);
	if (item.kind == PACK_SIGNED && item.i >= 0)
		item.u = (uint64_t)item.i;
	else if (item.kind != PACK_UNSIGNED) {
		*why = ROW_HEAD;
		return false;
	}
	if (item.u > max) {
		*why = ROW_RANGE;
		return false;
	}
	*n = item.u;
	return true;
}

static bool
read_pairs(struct reading *r, const uint8_t *record, size_t n)
{
	const uint8_t *at = record;
	struct pack item;
	uint32_t pairs;

	r->record = record;
	r->end = record + n;
	r->pairs_n = 0;
	if (pack_read(&at, r->end, &item) == -1 || item.kind != PACK_MAP || item.n > PAIRS_MAX)
		return false;
	pairs = item.n;
	for (uint32_t i = 0; i < pairs; i++) {
		struct pair *p = &r->pairs[r->pairs_n++];

		if (pack_read(&at, r->end, &item) == -1 || item.kind != PACK_STRING)
			return false;
		p->key = (const char *)item.bytes;
		p->key_n = item.n;
		p->value = at;
		if (pack_skip(&at, r->end) == -1)
			return false;
	}
	return at == r->end;
}

static inline void
put_double(uint8_t *to, enum table_type type, double d)
{
	if (type == TABLE_FLOAT4)
		put_be32(to, float_bits((float)d));
	else
		put_be64(to, double_bits(d));
}

/* any number to a column of any type; false if it does not fit */
bool
row_convert(uint8_t *to, enum table_type type, const struct pack *item, unsigned scale, bool divide)
{
	double d = item->kind == PACK_UNSIGNED ? (double)item->u : item->kind == PACK_SIGNED ? (double)item->i :
	    item->kind == PACK_FLOAT ? (double)item->f : item->d;
	int64_t i;

	if (type == TABLE_FLOAT4 && item->kind == PACK_FLOAT && !scale) {	/* to the last bit, as plan.c does */
		put_be32(to, float_bits(item->f));
		return true;
	}
	if (type == TABLE_FLOAT4 || type == TABLE_FLOAT8) {
		if (scale)
			d = divide ? d / scale : d + scale;
		put_double(to, type, d);
		return true;
	}
	if (item->kind != PACK_UNSIGNED && item->kind != PACK_SIGNED)
		return false;
	if (item->kind == PACK_UNSIGNED && item->u > INT64_MAX)
		return false;
	i = item->i;
	if (scale)
		i = divide ? i / (int64_t)scale : i + (int64_t)scale;
	switch (type) {
	case TABLE_INT2:
		if (i < INT16_MIN || i > INT16_MAX)
			return false;
		put_be16(to, (uint16_t)i);
		break;
	case TABLE_INT4:
		if (i < INT32_MIN || i > INT32_MAX)
			return false;
		put_be32(to, (uint32_t)i);
		break;
	case TABLE_INT8:
		put_be64(to, (uint64_t)i);
		break;
	case TABLE_TIME:
		if (i < INT64_MIN + postgres_epoch)
			return false;
		put_be64(to, (uint64_t)(i - postgres_epoch));
		break;
	default:
		return false;
	}
	return true;
}

/* the way of a value of this tag: what a record of the same shape will do */
static void
remember(struct reading *r, const struct pack *item, enum table_type type, uint16_t scale, bool divide)
{
	static const uint8_t width[] = {	/* of the tags 0xca to 0xd3 */
		4, 8, 1, 2, 4, 8, 1, 2, 4, 8,
	};
	unsigned n, room = (unsigned)table_type_size(type);
	enum move_kind kind = MOVE_CONVERT;
	struct move m = { (uint16_t)(item->bytes - r->record), (uint16_t)(r->at - r->to), (uint8_t)type, divide, scale };
	bool real = type == TABLE_FLOAT4 || type == TABLE_FLOAT8;

	if (item->tag < 0xca || item->tag > 0xd3 || r->moves_n == MOVES_MAX) {
		r->fixed = false;
		return;
	}
	n = width[item->tag - 0xca];
	if (!scale && type != TABLE_TIME && real == (item->tag <= 0xcb)) {
		bool sign = item->tag >= 0xd0;

		if (n == room && (sign || real))
			kind = n == 2 ? MOVE_2 : n == 4 ? MOVE_4 : MOVE_8;
		else if (n < room && !sign && !real) {
			kind = n == 1 ? MOVE_1 : n == 2 ? MOVE_2 : MOVE_4;
			m.to = (uint16_t)(m.to + room - n);
		} else if (n == 1 && room == 2 && sign)
			kind = MOVE_SIGNED;
	}
	if (kind == MOVE_CONVERT)
		m.from--;	/* with the tag */
	r->moves[r->moves_n].kind = kind;
	r->moves[r->moves_n++].move = m;
}

/* the same for a key of the head, whose length r->at stands before */
static void
move_head(struct reading *r, enum move_kind kind, const char *key)
{
	r->moves[r->moves_n].kind = kind;
	r->moves[r->moves_n++].move = (struct move){ .from = (uint16_t)(row_find(r, key)->value + 1 - r->record),
	    .to = (uint16_t)(r->at + 4 - r->to) };
}

static void
put_null(struct reading *r)
{
	put_be32(r->at, 0xffffffff);
	r->at += 4;
}

static bool
put_number(struct reading *r, const uint8_t **at, enum table_type type, uint16_t scale, bool divide)
{
	size_t size = table_type_size(type);
	struct pack item;

	pack_read(at, r->end, &item);
	put_be32(r->at, (uint32_t)size);
	r->at += 4;
	if (item.kind > PACK_DOUBLE || item.kind < PACK_UNSIGNED || !row_convert(r->at, type, &item, scale, divide))
		return false;
	remember(r, &item, type, scale, divide);
	r->at += size;
	return true;
}

/* without NUL, which PostgreSQL does not take, and as UTF-8 */
static bool
put_text(struct reading *r, const struct pack *item)
{
	size_t n;

	r->fixed = false;
	if (item->kind != PACK_STRING && item->kind != PACK_BINARY)
		return false;
	n = text_clean(r->at + 4, item->bytes, strnlen((const char *)item->bytes, item->n));
	put_be32(r->at, (uint32_t)n);
	r->at += 4 + n;
	return true;
}

static bool
put_array(struct reading *r, const uint8_t **at, enum table_type type, uint32_t n)
{
	static const uint32_t oids[] = {
		[TABLE_INT2] = OID_INT2, [TABLE_INT4] = OID_INT4, [TABLE_INT8] = OID_INT8, [TABLE_FLOAT4] = OID_FLOAT4,
		[TABLE_FLOAT8] = OID_FLOAT8,
	};
	size_t size = 20 + n * (4 + table_type_size(type));

	if (n == 0 || n > 64 || (size_t)(r->at - r->to) + size > ROW_MAX - 64)
		return false;
	put_be32(r->at, (uint32_t)size);
	put_be32(r->at + 4, 1);		/* one dimension, no nulls */
	put_be32(r->at + 8, 0);
	put_be32(r->at + 12, oids[type]);
	put_be32(r->at + 16, n);
	put_be32(r->at + 20, 1);		/* counted from 1 */
	r->at += 24;
	for (uint32_t i = 0; i < n; i++)
		if (!put_number(r, at, type, 0, false))
			return false;
	return true;
}

/* what makes a year's value the one of all years */
static void
scale_of(struct reading *r, const char *key, uint16_t *scale, bool *divide)
{
	*scale = 0;
	*divide = false;
	for (int i = 0; r->packet && i < r->packet->sources_n; i++) {
		const struct layout_source *s = &r->packet->sources[i];

		if (&layout_records[s->record] != r->kind)
			continue;
		for (int k = 0; k < s->fields_n; k++)
			if (s->fields[k].scale && strcmp(s->fields[k].name, key) == 0) {
				*scale = s->fields[k].scale;
				*divide = s->fields[k].divide;
				return;
			}
	}
}

static bool
put_column(struct reading *r, const struct table_column *c)
{
	const struct pair *pair = row_find(r, c->key);
	const uint8_t *at;
	struct pack item;
	uint16_t scale;
	bool divide;

	if (pair == NULL) {
		put_null(r);
		return true;
	}
	at = pair->value;
	pack_read(&at, r->end, &item);
	if (item.kind == PACK_NIL) {
		r->fixed = false;
		put_null(r);
		return true;
	}
	if (c->type == TABLE_TEXT)
		return put_text(r, &item);
	if (c->array)
		return item.kind == PACK_ARRAY && put_array(r, &at, c->type, item.n);
	if (c->wheel) {
		if (item.kind != PACK_ARRAY || item.n != 4)
			return false;
		for (int i = 1; i < c->wheel; i++)
			if (pack_skip(&at, r->end) == -1)
				return false;
	} else
		at = pair->value;
	scale_of(r, c->key, &scale, &divide);
	return put_number(r, &at, c->type, scale, divide);
}

/* the same for the same values, however they are packed */
static uint64_t
mix(uint64_t hash, const void *data, size_t n)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);	/* FNV-1a */
	return hash;
}

static uint64_t
mix_item(struct reading *r, uint64_t hash, const uint8_t **at)
{
	uint8_t number[8];
	struct pack item;

	pack_read(at, r->end, &item);
	switch (item.kind) {
	case PACK_STRING:
	case PACK_BINARY:
		return mix(mix(hash, "s", 2), item.bytes, item.n);
	case PACK_ARRAY:
		hash = mix(hash, "a", 2);
		for (uint32_t i = 0; i < item.n; i++)
			hash = mix_item(r, hash, at);
		return hash;
	case PACK_FLOAT:
		put_be64(number, double_bits((double)item.f));
		return mix(mix(hash, "f", 2), number, sizeof number);
	case PACK_DOUBLE:
		put_be64(number, double_bits(item.d));
		return mix(mix(hash, "f", 2), number, sizeof number);
	case PACK_UNSIGNED:
	case PACK_SIGNED:
	case PACK_BOOL:
		put_be64(number, item.u);
		return mix(mix(hash, "i", 2), number, sizeof number);
	default:
		return mix(hash, "n", 2);
	}
}

static uint64_t
digest(struct reading *r)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (int i = 0; i < r->pairs_n; i++) {
		const uint8_t *at = r->pairs[i].value;

		if (r->pairs[i].key_n == 11 && memcmp(r->pairs[i].key, "received_at", 11) == 0)
			continue;
		hash = mix_item(r, mix(mix(hash, r->pairs[i].key, r->pairs[i].key_n), "=", 1), &at);
	}
	hash ^= hash >> 32;	/* FNV leaves the low bits of short input weak */
	hash *= UINT64_C(0xd6e8feb86659fd93);
	return hash ^ hash >> 32;
}

/* the value of a record has no arrays of arrays and no maps, whose items would escape the checks above */
static bool
flat(struct reading *r)
{
	for (int i = 0; i < r->pairs_n; i++) {
		const uint8_t *at = r->pairs[i].value;
		struct pack item;
		uint32_t n;

		pack_read(&at, r->end, &item);
		if (item.kind == PACK_MAP)
			return false;
		n = item.kind == PACK_ARRAY ? item.n : 0;
		while (n-- > 0)
			if (pack_read(&at, r->end, &item) == -1 || item.kind == PACK_MAP || item.kind == PACK_ARRAY)
				return false;
	}
	return true;
}

static bool
told(struct reading *r, const char *key)
{
	const struct pair *pair = row_find(r, key);

	return pair && *pair->value != 0xc0;	/* nil */
}

static bool
read_head(struct reading *r, struct row *row, enum row_reason *why)
{
	const struct pair *name = row_find(r, "packet"), *overall = row_find(r, "overall_frame_identifier");
	const uint8_t *at;
	struct pack item;
	uint64_t n;

	if (name == NULL) {
		*why = ROW_HEAD;
		return false;
	}
	at = name->value;
	pack_read(&at, r->end, &item);
	r->kind = item.kind == PACK_STRING ? layout_record((const char *)item.bytes, item.n) : NULL;
	if (r->kind == NULL) {
		*why = ROW_UNKNOWN;
		return false;
	}
	row->table = &tables[r->kind - layout_records];
	if (!number(r, "session_uid", UINT64_MAX, &row->session_uid, why) || !number(r, "packet_format", INT16_MAX, &n, why))
		return false;
	row->format = (uint16_t)n;
	if (!number(r, "packet_id", UINT8_MAX, &n, why))
		return false;
	r->packet = layout_find(row->format, (unsigned)n);
	row->closing = r->packet && r->packet->closing;
	if (!told(r, "session_time") || !told(r, "player_car_index")) {
		*why = ROW_HEAD;
		return false;
	}
	if (!number(r, "frame_identifier", FRAME_MAX, &n, why))
		return false;
	row->frame = (int64_t)n;
	row->overall = -1;
	if (overall) {
		if (!number(r, "overall_frame_identifier", FRAME_MAX, &n, why))
			return false;
		row->overall = (int64_t)n;
	}
	for (int i = 0; i < r->kind->keys_n; i++) {
		if (row->table->kind == TABLE_DISTINCT && row_find(r, r->kind->keys[i]) == NULL)
			n = 0;
		else if (!number(r, r->kind->keys[i], INT16_MAX, &n, why))
			return false;
		row->keys[i] = (uint16_t)n;
	}
	return true;
}

/* A sample has the columns of its year, unless it says something that its year does not: the server has less to read. */
static unsigned
variant_of(struct reading *r, const struct row *row)
{
	unsigned variant = VARIANT_YEARS + row->format - LAYOUT_YEAR_MIN;

	if (row->table->kind != TABLE_SAMPLE || row->format < LAYOUT_YEAR_MIN || variant >= VARIANTS)
		return VARIANT_ALL;
	for (int i = row->table->fields; i < row->table->columns_n; i++)
		if (!table_has(row->table, i, variant) && row_find(r, row->table->columns[i].key))
			return VARIANT_ALL;
	return variant;
}

bool
row_make(struct reading *r, const uint8_t *record, size_t n, uint8_t *to, struct row *row, enum row_reason *why)
{
	bool numbered;
	unsigned columns = 0;

	*row = (struct row){ 0 };
	*why = ROW_MALFORMED;
	if (!read_pairs(r, record, n) || !flat(r) || !read_head(r, row, why))
		return false;
	*why = ROW_RANGE;
	numbered = row->table->kind != TABLE_SAMPLE;
	r->fixed = true;
	r->moves_n = 0;
	r->to = r->at = to;
	row->variant = (uint8_t)variant_of(r, row);
	r->at += 2;	/* the number of columns */
	for (int i = 0; i < row->table->columns_n; i++) {
		const struct table_column *c = &row->table->columns[i];

		if (i == row->table->fields)
			row->fields_at = (size_t)(r->at - r->to);
		if (!table_has(row->table, i, row->variant))
			continue;
		columns++;
		if (i == HEAD_OVERALL) {	/* the caller's */
			put_be32(r->at, 4);
			row->overall_at = (size_t)(r->at - r->to) + 4;
			r->at += 8;
		} else if (i == HEAD_SESSION_UID) {	/* all 64 bits */
			put_be32(r->at, 8);
			put_be64(r->at + 4, row->session_uid);
			move_head(r, MOVE_8, c->key);
			r->at += 12;
		} else if (i == HEAD_FRAME) {		/* read_head and fast_row look at its range */
			put_be32(r->at, 4);
			put_be32(r->at + 4, (uint32_t)row->frame);
			move_head(r, MOVE_4, c->key);
			r->at += 8;
		} else if (i == row->table->digest) {
			r->fixed = false;
			row->digest = digest(r);
			put_be32(r->at, 8);
			put_be64(r->at + 4, row->digest);
			r->at += 12;
		} else if (!put_column(r, c))
			return false;
	}
	if (numbered) {
		put_be32(r->at, 4);
		put_be32(r->at + 4, 0);
		r->at += 8;
	}
	put_be16(to, (uint16_t)(columns + numbered));
	row->n = (size_t)(r->at - r->to);
	return true;
}
