/* plan: how a record becomes a row
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "pack.h"
#include "plan.h"
#include "record.h"

enum { SHAPES = 512, PROBES = 8 };

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
keep(struct reading *r, const uint8_t *record, size_t n, const uint8_t *image, const struct row *row)
{
	const struct pair *format = row_find(r, "packet_format"), *id = row_find(r, "packet_id");
	unsigned at = slot(record, n);
	struct shape *s = NULL;
	struct move *m;

	for (unsigned i = 0; i < PROBES && s == NULL; i++)
		if (shapes[(at + i) % SHAPES].n == 0)
			s = &shapes[(at + i) % SHAPES];
	if (s == NULL || !r->fixed || row->n > UINT16_MAX)
		return;
	s->bytes = calloc(2, n + RECORD_SLACK);
	s->image = malloc(row->n);
	s->moves = m = calloc((size_t)r->moves_n, sizeof *m);
	if (s->bytes == NULL || s->image == NULL || s->moves == NULL) {
		free(s->bytes);
		free(s->image);
		free(s->moves);
		return;		/* it goes on without */
	}
	s->mask = s->bytes + n + RECORD_SLACK;
	memcpy(s->bytes, record, n);
	memset(s->mask, 0xff, n);
	for (int i = 0; i < r->pairs_n; i++) {	/* all numbers that are values may differ, but for those that choose the columns */
		const uint8_t *p = r->pairs[i].value;
		struct pack item;
		uint32_t items = 1;

		if (&r->pairs[i] == format || &r->pairs[i] == id)
			continue;
		while (items-- > 0) {
			const uint8_t *begin;

			pack_read(&p, r->end, &item);
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
		for (int i = 0; i < r->moves_n; i++)
			if ((int)r->moves[i].kind == kind) {
				*m++ = r->moves[i].move;
				s->moves_n[kind]++;
			}
	}
	s->row = *row;
	s->uid = (uint16_t)(row_find(r, "session_uid")->value + 1 - record);
	s->frame = (uint16_t)(row_find(r, "frame_identifier")->value + 1 - record);
	s->overall = row->overall == -1 ? 0 : (uint16_t)(row_find(r, "overall_frame_identifier")->value + 1 - record);
	for (int i = 0; i < row->table->record->keys_n; i++) {
		const uint8_t *value = row_find(r, row->table->record->keys[i])->value;

		s->key[i] = (uint16_t)(value + 1 - record);
		s->key_size[i] = *value == 0xcc ? 1 : 2;
	}
	s->n = n;
}

/* only what the shape's places can hold: numbers of the widths that f1-decode writes */
static bool
regular(struct reading *r, const struct row *row)
{
	const struct pair *overall = row_find(r, "overall_frame_identifier");

	if (!r->fixed || *row_find(r, "session_uid")->value != 0xcf || *row_find(r, "frame_identifier")->value != 0xce ||
	    (overall && *overall->value != 0xce))
		return false;
	for (int i = 0; i < row->table->record->keys_n; i++) {
		const struct pair *key = row_find(r, row->table->record->keys[i]);

		if (key == NULL || (*key->value != 0xcc && *key->value != 0xcd))
			return false;
	}
	return true;
}

static bool
fast_row(const struct shape *s, const uint8_t *record, uint8_t *to, struct row *row, enum row_reason *why)
{
	const struct move *m = s->moves, *end;

	*row = s->row;
	row->session_uid = be64(record + s->uid);
	row->frame = be32(record + s->frame);
	if (s->overall)
		row->overall = be32(record + s->overall);
	*why = ROW_RANGE;
	if (row->frame > FRAME_MAX || row->overall > FRAME_MAX)
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
		if (!row_convert(to + m->to, m->type, &item, m->scale, m->divide))
			return false;
	}
	return true;
}

bool
plan_row(const uint8_t *record, size_t n, uint8_t *to, struct row *row, enum row_reason *why)
{
	static const struct shape *last;
	static struct reading reading;
	unsigned at;

	if (last && same(last, record, n))
		return fast_row(last, record, to, row, why);
	at = slot(record, n);
	for (unsigned i = 0; i < PROBES; i++) {
		const struct shape *s = &shapes[(at + i) % SHAPES];

		if (s->n == n && same(s, record, n)) {
			last = s;
			return fast_row(s, record, to, row, why);
		}
	}
	if (!row_make(&reading, record, n, to, row, why))
		return false;
	if (regular(&reading, row))
		keep(&reading, record, n, to, row);
	return true;
}
