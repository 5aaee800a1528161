/* plan: how a record becomes a row
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "pack.h"
#include "plan.h"
#include "record.h"
#include "text.h"

enum { PAIRS_MAX = 256, MOVES_MAX = 256, SHAPES = 512, PROBES = 8 };
enum { OID_INT2 = 21, OID_INT4 = 23, OID_INT8 = 20, OID_FLOAT4 = 700, OID_FLOAT8 = 701 };	/* of PostgreSQL, for ever */
static const int64_t postgres_epoch = 946684800000000;	/* 2000-01-01 in microseconds since 1970 */

/* how the bytes of a value go into a row; both are big endian */
enum move_kind { MOVE_1, MOVE_2, MOVE_4, MOVE_8, MOVE_SIGNED, MOVE_CONVERT, MOVE_KINDS };

struct move {
	uint16_t from, to;
	uint8_t type;		/* MOVE_CONVERT: enum table_type */
	uint8_t divide;
	uint16_t scale;
};

struct shape {
	size_t n;		/* bytes of the record, 0 for no shape */
	uint8_t *bytes, *mask;	/* n and slack, with a mask of 0 in the slack */
	struct row row;
	uint8_t *image;		/* the row without its values */
	uint16_t uid, frame, overall, key[2];	/* places in the record */
	uint8_t key_size[2];
	struct move *moves;	/* by kind */
	uint16_t moves_n[MOVE_KINDS];
};

static struct shape shapes[SHAPES];

/* a record read name by name, and its row in the making */
static struct reading {
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
} r;

size_t
plan_room(size_t n)
{
	return ROW_MAX + TEXT_GROWTH * n;
}

static const struct pair *
find(const char *key)
{
	size_t n = strlen(key);

	for (int i = 0; i < r.pairs_n; i++)
		if (r.pairs[i].key_n == n && memcmp(r.pairs[i].key, key, n) == 0)
			return &r.pairs[i];
	return NULL;
}

/* an unsigned number under that name */
static bool
number(const char *key, uint64_t max, uint64_t *n, enum reason *why)
{
	const struct pair *pair = find(key);
	const uint8_t *at;
	struct pack item;

	if (pair == NULL) {
		*why = REASON_HEAD;
		return false;
	}
	at = pair->value;
	pack_read(&at, r.end, &item);
	if (item.kind == PACK_SIGNED && item.i >= 0)
		item.u = (uint64_t)item.i;
	else if (item.kind != PACK_UNSIGNED) {
		*why = REASON_HEAD;
		return false;
	}
	if (item.u > max) {
		*why = REASON_RANGE;
		return false;
	}
	*n = item.u;
	return true;
}

static bool
read_pairs(const uint8_t *record, size_t n)
{
	const uint8_t *at = record;
	struct pack item;
	uint32_t pairs;

	r.record = record;
	r.end = record + n;
	r.pairs_n = 0;
	if (pack_read(&at, r.end, &item) == -1 || item.kind != PACK_MAP || item.n > PAIRS_MAX)
		return false;
	pairs = item.n;
	for (uint32_t i = 0; i < pairs; i++) {
		struct pair *p = &r.pairs[r.pairs_n++];

		if (pack_read(&at, r.end, &item) == -1 || item.kind != PACK_STRING)
			return false;
		p->key = (const char *)item.bytes;
		p->key_n = item.n;
		p->value = at;
		if (pack_skip(&at, r.end) == -1)
			return false;
	}
	return at == r.end;
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
static bool
convert(uint8_t *to, enum table_type type, const struct pack *item, unsigned scale, bool divide)
{
	double d = item->kind == PACK_UNSIGNED ? (double)item->u : item->kind == PACK_SIGNED ? (double)item->i :
	    item->kind == PACK_FLOAT ? (double)item->f : item->d;
	int64_t i;

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
remember(const struct pack *item, enum table_type type, uint16_t scale, bool divide)
{
	static const uint8_t width[] = {	/* of the tags 0xca to 0xd3 */
		4, 8, 1, 2, 4, 8, 1, 2, 4, 8,
	};
	unsigned n, room = (unsigned)table_type_size(type);
	enum move_kind kind = MOVE_CONVERT;
	struct move m = { (uint16_t)(item->bytes - r.record), (uint16_t)(r.at - r.to), (uint8_t)type, divide, scale };
	bool real = type == TABLE_FLOAT4 || type == TABLE_FLOAT8;

	if (item->tag < 0xca || item->tag > 0xd3 || r.moves_n == MOVES_MAX) {
		r.fixed = false;
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
	r.moves[r.moves_n].kind = kind;
	r.moves[r.moves_n++].move = m;
}

/* the same for a key of the head, whose length r.at stands before */
static void
move_head(enum move_kind kind, const char *key)
{
	r.moves[r.moves_n].kind = kind;
	r.moves[r.moves_n++].move = (struct move){ .from = (uint16_t)(find(key)->value + 1 - r.record),
	    .to = (uint16_t)(r.at + 4 - r.to) };
}

static void
put_null(void)
{
	put_be32(r.at, 0xffffffff);
	r.at += 4;
}

static bool
put_number(const uint8_t **at, enum table_type type, uint16_t scale, bool divide)
{
	size_t size = table_type_size(type);
	struct pack item;

	pack_read(at, r.end, &item);
	put_be32(r.at, (uint32_t)size);
	r.at += 4;
	if (item.kind > PACK_DOUBLE || item.kind < PACK_UNSIGNED || !convert(r.at, type, &item, scale, divide))
		return false;
	remember(&item, type, scale, divide);
	r.at += size;
	return true;
}

/* without NUL, which PostgreSQL does not take, and as UTF-8 */
static bool
put_text(const struct pack *item)
{
	size_t n;

	r.fixed = false;
	if (item->kind != PACK_STRING && item->kind != PACK_BINARY)
		return false;
	n = text_clean(r.at + 4, item->bytes, strnlen((const char *)item->bytes, item->n));
	put_be32(r.at, (uint32_t)n);
	r.at += 4 + n;
	return true;
}

static bool
put_array(const uint8_t **at, enum table_type type, uint32_t n)
{
	static const uint32_t oids[] = {
		[TABLE_INT2] = OID_INT2, [TABLE_INT4] = OID_INT4, [TABLE_INT8] = OID_INT8, [TABLE_FLOAT4] = OID_FLOAT4,
		[TABLE_FLOAT8] = OID_FLOAT8,
	};
	size_t size = 20 + n * (4 + table_type_size(type));

	if (n == 0 || n > 64 || (size_t)(r.at - r.to) + size > ROW_MAX - 64)
		return false;
	put_be32(r.at, (uint32_t)size);
	put_be32(r.at + 4, 1);		/* one dimension, no nulls */
	put_be32(r.at + 8, 0);
	put_be32(r.at + 12, oids[type]);
	put_be32(r.at + 16, n);
	put_be32(r.at + 20, 1);		/* counted from 1 */
	r.at += 24;
	for (uint32_t i = 0; i < n; i++)
		if (!put_number(at, type, 0, false))
			return false;
	return true;
}

/* what makes a year's value the one of all years */
static void
scale_of(const char *key, uint16_t *scale, bool *divide)
{
	*scale = 0;
	*divide = false;
	for (int i = 0; r.packet && i < r.packet->sources_n; i++) {
		const struct layout_source *s = &r.packet->sources[i];

		if (&layout_records[s->record] != r.kind)
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
put_column(const struct table_column *c)
{
	const struct pair *pair = find(c->key);
	const uint8_t *at;
	struct pack item;
	uint16_t scale;
	bool divide;

	if (pair == NULL) {
		put_null();
		return true;
	}
	at = pair->value;
	pack_read(&at, r.end, &item);
	if (item.kind == PACK_NIL) {
		r.fixed = false;
		put_null();
		return true;
	}
	if (c->type == TABLE_TEXT)
		return put_text(&item);
	if (c->array)
		return item.kind == PACK_ARRAY && put_array(&at, c->type, item.n);
	if (c->wheel) {
		if (item.kind != PACK_ARRAY || item.n != 4)
			return false;
		for (int i = 1; i < c->wheel; i++)
			if (pack_skip(&at, r.end) == -1)
				return false;
	} else
		at = pair->value;
	scale_of(c->key, &scale, &divide);
	return put_number(&at, c->type, scale, divide);
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
mix_item(uint64_t hash, const uint8_t **at)
{
	uint8_t number[8];
	struct pack item;

	pack_read(at, r.end, &item);
	switch (item.kind) {
	case PACK_STRING:
	case PACK_BINARY:
		return mix(mix(hash, "s", 2), item.bytes, item.n);
	case PACK_ARRAY:
		hash = mix(hash, "a", 2);
		for (uint32_t i = 0; i < item.n; i++)
			hash = mix_item(hash, at);
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
digest(void)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (int i = 0; i < r.pairs_n; i++) {
		const uint8_t *at = r.pairs[i].value;

		if (r.pairs[i].key_n == 11 && memcmp(r.pairs[i].key, "received_at", 11) == 0)
			continue;
		hash = mix_item(mix(mix(hash, r.pairs[i].key, r.pairs[i].key_n), "=", 1), &at);
	}
	hash ^= hash >> 32;	/* FNV leaves the low bits of short input weak */
	hash *= UINT64_C(0xd6e8feb86659fd93);
	return hash ^ hash >> 32;
}

/* the value of a record has no arrays of arrays and no maps, whose items would escape the checks above */
static bool
flat(void)
{
	for (int i = 0; i < r.pairs_n; i++) {
		const uint8_t *at = r.pairs[i].value;
		struct pack item;
		uint32_t n;

		pack_read(&at, r.end, &item);
		if (item.kind == PACK_MAP)
			return false;
		n = item.kind == PACK_ARRAY ? item.n : 0;
		while (n-- > 0)
			if (pack_read(&at, r.end, &item) == -1 || item.kind == PACK_MAP || item.kind == PACK_ARRAY)
				return false;
	}
	return true;
}

static bool
read_head(struct row *row, enum reason *why)
{
	const struct pair *name = find("packet"), *overall = find("overall_frame_identifier");
	const uint8_t *at;
	struct pack item;
	uint64_t n;

	if (name == NULL) {
		*why = REASON_HEAD;
		return false;
	}
	at = name->value;
	pack_read(&at, r.end, &item);
	r.kind = item.kind == PACK_STRING ? layout_record((const char *)item.bytes, item.n) : NULL;
	if (r.kind == NULL) {
		*why = REASON_UNKNOWN;
		return false;
	}
	row->table = &tables[r.kind - layout_records];
	if (!number("session_uid", UINT64_MAX, &row->session_uid, why) || !number("packet_format", INT16_MAX, &n, why))
		return false;
	row->format = (uint16_t)n;
	if (!number("packet_id", UINT8_MAX, &n, why))
		return false;
	r.packet = layout_find(row->format, (unsigned)n);
	row->closing = r.packet && r.packet->closing;
	if (find("session_time") == NULL || find("player_car_index") == NULL) {
		*why = REASON_HEAD;
		return false;
	}
	if (!number("frame_identifier", INT32_MAX, &n, why))
		return false;
	row->frame = (int64_t)n;
	row->overall = -1;
	if (overall) {
		if (!number("overall_frame_identifier", INT32_MAX - 1, &n, why))
			return false;
		row->overall = (int64_t)n;
	}
	for (int i = 0; i < r.kind->keys_n; i++) {
		if (row->table->kind == TABLE_DISTINCT && find(r.kind->keys[i]) == NULL)
			n = 0;
		else if (!number(r.kind->keys[i], INT16_MAX, &n, why))
			return false;
		row->keys[i] = (uint16_t)n;
	}
	return true;
}

static bool
slow_row(const uint8_t *record, size_t n, int32_t count, uint8_t *to, struct row *row, enum reason *why)
{
	bool numbered;

	*row = (struct row){ 0 };
	*why = REASON_MALFORMED;
	if (!read_pairs(record, n) || !flat() || !read_head(row, why))
		return false;
	*why = REASON_RANGE;
	numbered = row->table->kind != TABLE_SAMPLE;
	r.fixed = true;
	r.moves_n = 0;
	r.to = r.at = to;
	put_be16(r.at, (uint16_t)(row->table->columns_n + numbered));
	r.at += 2;
	for (int i = 0; i < row->table->columns_n; i++) {
		const struct table_column *c = &row->table->columns[i];

		if (i == row->table->fields)
			row->fields_at = (size_t)(r.at - r.to);
		if (i == HEAD_OVERALL) {	/* the caller's */
			put_be32(r.at, 4);
			row->overall_at = (size_t)(r.at - r.to) + 4;
			r.at += 8;
		} else if (i == HEAD_SESSION_UID) {	/* all 64 bits */
			put_be32(r.at, 8);
			put_be64(r.at + 4, row->session_uid);
			move_head(MOVE_8, c->key);
			r.at += 12;
		} else if (i == HEAD_FRAME) {		/* read_head and fast_row look at its range */
			put_be32(r.at, 4);
			put_be32(r.at + 4, (uint32_t)row->frame);
			move_head(MOVE_4, c->key);
			r.at += 8;
		} else if (i == row->table->digest) {
			r.fixed = false;
			row->digest = digest();
			put_be32(r.at, 8);
			put_be64(r.at + 4, row->digest);
			r.at += 12;
		} else if (!put_column(c))
			return false;
	}
	if (numbered) {
		put_be32(r.at, 4);
		put_be32(r.at + 4, (uint32_t)count);
		r.at += 8;
	}
	row->n = (size_t)(r.at - r.to);
	return true;
}

static bool
same(const struct shape *s, const uint8_t *record, size_t n)
{
	uint64_t differ = 0;

	if (s->n != n)
		return false;
	for (size_t i = 0; i < n; i += 32) {	/* the slack has room for the last step */
		uint64_t a[4], b[4], m[4];

		memcpy(a, record + i, 32);
		memcpy(b, s->bytes + i, 32);
		memcpy(m, s->mask + i, 32);
		differ |= ((a[0] ^ b[0]) & m[0]) | ((a[1] ^ b[1]) & m[1]) | ((a[2] ^ b[2]) & m[2]) | ((a[3] ^ b[3]) & m[3]);
	}
	return differ == 0;
}

/* where a shape may stand: by length and by the name of the record */
static unsigned
slot(const uint8_t *record, size_t n)
{
	uint64_t name = 0;

	memcpy(&name, record + 8, n >= 16 ? 8 : 0);
	return (unsigned)((name * UINT64_C(0x9e3779b97f4a7c15) >> 32) + n * 31) % SHAPES;
}

/* Keeps the record just read as a shape, if it can be one and there is room. */
static void
keep(const uint8_t *record, size_t n, const uint8_t *image, const struct row *row)
{
	unsigned at = slot(record, n);
	struct shape *s = NULL;
	struct move *m;

	for (unsigned i = 0; i < PROBES && s == NULL; i++)
		if (shapes[(at + i) % SHAPES].n == 0)
			s = &shapes[(at + i) % SHAPES];
	if (s == NULL || !r.fixed || row->n > UINT16_MAX)
		return;
	s->bytes = calloc(2, n + RECORD_SLACK);
	s->image = malloc(row->n);
	s->moves = m = calloc((size_t)r.moves_n, sizeof *m);
	if (s->bytes == NULL || s->image == NULL || s->moves == NULL) {
		free(s->bytes);
		free(s->image);
		free(s->moves);
		return;		/* it goes on without */
	}
	s->mask = s->bytes + n + RECORD_SLACK;
	memcpy(s->bytes, record, n);
	memset(s->mask, 0xff, n);
	for (int i = 0; i < r.pairs_n; i++) {	/* all numbers that are values may differ, but for the format */
		const uint8_t *p = r.pairs[i].value;
		struct pack item;
		uint32_t items = 1;

		if (r.pairs[i].key_n == 6 && memcmp(r.pairs[i].key, "packet", 6) == 0)
			continue;
		if (r.pairs[i].key_n > 7 && memcmp(r.pairs[i].key, "packet_", 7) == 0 &&
		    memcmp(r.pairs[i].key, "packet_version", r.pairs[i].key_n) != 0)
			continue;
		while (items-- > 0) {
			const uint8_t *begin;

			pack_read(&p, r.end, &item);
			if (item.kind == PACK_ARRAY)
				items += item.n;
			begin = item.bytes;
			if (item.tag >= 0xca && item.tag <= 0xd3)
				memset(s->mask + (begin - record), 0, (size_t)(p - begin));
		}
	}
	memcpy(s->image, image, row->n);
	for (int kind = 0; kind < MOVE_KINDS; kind++) {
		s->moves_n[kind] = 0;
		for (int i = 0; i < r.moves_n; i++)
			if ((int)r.moves[i].kind == kind) {
				*m++ = r.moves[i].move;
				s->moves_n[kind]++;
			}
	}
	s->row = *row;
	s->uid = (uint16_t)(find("session_uid")->value + 1 - record);
	s->frame = (uint16_t)(find("frame_identifier")->value + 1 - record);
	s->overall = row->overall == -1 ? 0 : (uint16_t)(find("overall_frame_identifier")->value + 1 - record);
	for (int i = 0; i < row->table->record->keys_n; i++) {
		const uint8_t *value = find(row->table->record->keys[i])->value;

		s->key[i] = (uint16_t)(value + 1 - record);
		s->key_size[i] = *value == 0xcc ? 1 : 2;
	}
	s->n = n;
}

/* only what the shape's places can hold: numbers of the widths that f1-decode writes */
static bool
regular(const struct row *row)
{
	const struct pair *overall = find("overall_frame_identifier");

	if (!r.fixed || *find("session_uid")->value != 0xcf || *find("frame_identifier")->value != 0xce ||
	    (overall && *overall->value != 0xce))
		return false;
	for (int i = 0; i < row->table->record->keys_n; i++) {
		const struct pair *key = find(row->table->record->keys[i]);

		if (key == NULL || (*key->value != 0xcc && *key->value != 0xcd))
			return false;
	}
	return true;
}

static bool
fast_row(const struct shape *s, const uint8_t *record, int32_t count, uint8_t *to, struct row *row, enum reason *why)
{
	const struct move *m = s->moves, *end;

	*row = s->row;
	row->session_uid = be64(record + s->uid);
	row->frame = be32(record + s->frame);
	if (s->overall)
		row->overall = be32(record + s->overall);
	*why = REASON_RANGE;
	if (row->frame > INT32_MAX || row->overall >= INT32_MAX)
		return false;
	for (int i = 0; i < row->table->record->keys_n; i++) {
		row->keys[i] = s->key_size[i] == 1 ? record[s->key[i]] : be16(record + s->key[i]);
		if (row->keys[i] > INT16_MAX)
			return false;
	}
	memcpy(to, s->image, row->n);
	for (end = m + s->moves_n[MOVE_1]; m < end; m++)
		to[m->to] = record[m->from];
	for (end = m + s->moves_n[MOVE_2]; m < end; m++)
		memcpy(to + m->to, record + m->from, 2);
	for (end = m + s->moves_n[MOVE_4]; m < end; m++)
		memcpy(to + m->to, record + m->from, 4);
	for (end = m + s->moves_n[MOVE_8]; m < end; m++)
		memcpy(to + m->to, record + m->from, 8);
	for (end = m + s->moves_n[MOVE_SIGNED]; m < end; m++)
		put_be16(to + m->to, (uint16_t)(int8_t)record[m->from]);
	for (end = m + s->moves_n[MOVE_CONVERT]; m < end; m++) {
		const uint8_t *at = record + m->from;
		struct pack item;

		pack_read(&at, record + s->n, &item);
		if (!convert(to + m->to, m->type, &item, m->scale, m->divide))
			return false;
	}
	if (row->table->kind != TABLE_SAMPLE)
		put_be32(to + row->n - 4, (uint32_t)count);
	return true;
}

bool
plan_row(const uint8_t *record, size_t n, int32_t count, uint8_t *to, struct row *row, enum reason *why)
{
	static const struct shape *last;
	unsigned at;

	if (last && same(last, record, n))
		return fast_row(last, record, count, to, row, why);
	at = slot(record, n);
	for (unsigned i = 0; i < PROBES; i++) {
		const struct shape *s = &shapes[(at + i) % SHAPES];

		if (s->n == n && same(s, record, n)) {
			last = s;
			return fast_row(s, record, count, to, row, why);
		}
	}
	if (!slow_row(record, n, count, to, row, why))
		return false;
	if (regular(row))
		keep(record, n, to, row);
	return true;
}
