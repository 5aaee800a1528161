/* form: the msgpack of each kind of record, packed once
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <msgpack.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "bytes.h"
#include "form.h"
#include "record.h"
#include "text.h"

enum { FORM_MAX = 65536 };	/* bytes: places in a form have 16 bits */
enum { PATCHES_MAX = 512 };	/* numbers in the largest record, weekend_structure and all: 100 or so */

static struct form *forms[LAYOUT_YEARS][LAYOUT_IDS][2];

/* one form in the making */
struct maker {
	msgpack_sbuffer buffer;
	msgpack_packer packer;
	size_t begin;			/* of the segment */
	struct patch patches[4][PATCHES_MAX];
	uint16_t patches_n[4];
};

static void *
allocate(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (p == NULL)
		err(EX_OSERR, NULL);
	return p;
}

static void
pack_text(struct maker *m, const char *s)
{
	size_t n = strlen(s);

	msgpack_pack_str(&m->packer, n);
	msgpack_pack_str_body(&m->packer, s, n);
}

/* packs a 0 of the type; where its bytes are in the form */
static uint16_t
pack_zero(struct maker *m, enum layout_type type)
{
	switch (type) {
	case LAYOUT_U8:
		msgpack_pack_fix_uint8(&m->packer, 0);
		break;
	case LAYOUT_I8:
		msgpack_pack_fix_int8(&m->packer, 0);
		break;
	case LAYOUT_U16:
		msgpack_pack_fix_uint16(&m->packer, 0);
		break;
	case LAYOUT_I16:
		msgpack_pack_fix_int16(&m->packer, 0);
		break;
	case LAYOUT_U32:
		msgpack_pack_fix_uint32(&m->packer, 0);
		break;
	case LAYOUT_U64:
		msgpack_pack_fix_uint64(&m->packer, 0);
		break;
	case LAYOUT_F32:
		msgpack_pack_float(&m->packer, 0);
		break;
	case LAYOUT_F64:
		msgpack_pack_double(&m->packer, 0);
		break;
	case LAYOUT_CHAR:
		break;
	}
	return (uint16_t)(m->buffer.size - layout_type_size(type));
}

static void
pack_field(struct maker *m, const struct layout_field *f)
{
	size_t size = layout_type_size(f->type);
	int kind = size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;

	if (f->count > 1)
		msgpack_pack_array(&m->packer, f->count);
	for (unsigned i = 0; i < f->count; i++) {
		uint16_t at = pack_zero(m, f->type);
		uint16_t n = m->patches_n[kind]++;

		if (n == PATCHES_MAX)
			errx(EX_SOFTWARE, "%s: too many values", f->name);
		m->patches[kind][n] = (struct patch){ (uint16_t)(at - m->begin), (uint16_t)(f->offset + i * size) };
	}
}

static void
end_segment(struct maker *m, struct form *form, const struct layout_field *text)
{
	struct segment *s = &form->segments[form->segments_n++];
	struct patch *p;
	size_t n = 0;

	s->begin = (uint16_t)m->begin;
	s->length = (uint16_t)(m->buffer.size - m->begin);
	for (int kind = 0; kind < 4; kind++)
		n += m->patches_n[kind];
	p = s->patches = allocate(n, sizeof *p);
	for (int kind = 0; kind < 4; kind++) {
		memcpy(p, m->patches[kind], m->patches_n[kind] * sizeof *p);
		p += m->patches_n[kind];
		s->patches_n[kind] = m->patches_n[kind];
		m->patches_n[kind] = 0;
	}
	m->begin = m->buffer.size;
	if (text) {
		s->text = text->offset;
		s->text_size = text->count;
		form->room += 5 + TEXT_GROWTH * (size_t)text->count;
	}
}

static void
make(struct maker *m, struct form *form, const struct layout_packet *packet, const struct layout_source *source, int with_time)
{
	const struct layout_header *header = layout_header(packet->format);
	const struct layout_record *record = &layout_records[source->record];
	static const char length[RECORD_HEADER];

	memset(m->patches_n, 0, sizeof m->patches_n);
	m->begin = m->buffer.size = 0;
	if (m->buffer.data == NULL) {	/* all of it now: msgpack-c does not tell us when growing fails */
		m->buffer.data = allocate(1, FORM_MAX);
		m->buffer.alloc = FORM_MAX;
	}
	msgpack_packer_init(&m->packer, &m->buffer, msgpack_sbuffer_write);
	form->source = source;
	form->segments_n = 0;
	form->room = 0;

	msgpack_sbuffer_write(&m->buffer, length, sizeof length);
	msgpack_pack_map(&m->packer, 7u + (header->overall_frame_identifier != 0) + (with_time != 0) + source->keys_n + source->fields_n);
	pack_text(m, "packet");
	pack_text(m, record->name);
	pack_text(m, "packet_id");
	put_be16((uint8_t *)m->buffer.data + pack_zero(m, LAYOUT_U8) - 1, (uint16_t)(0xcc00 | packet->id));
	pack_text(m, "packet_format");
	put_be16((uint8_t *)m->buffer.data + pack_zero(m, LAYOUT_U16), packet->format);
	pack_text(m, "session_uid");
	form->session_uid = pack_zero(m, LAYOUT_U64);
	pack_text(m, "session_time");
	form->session_time = pack_zero(m, LAYOUT_F32);
	pack_text(m, "frame_identifier");
	form->frame_identifier = pack_zero(m, LAYOUT_U32);
	if (header->overall_frame_identifier) {
		pack_text(m, "overall_frame_identifier");
		form->overall_frame_identifier = pack_zero(m, LAYOUT_U32);
	}
	pack_text(m, "player_car_index");
	form->player_car_index = pack_zero(m, LAYOUT_U8);
	if (with_time) {
		pack_text(m, "received_at");
		msgpack_pack_fix_int64(&m->packer, 0);
		form->received_at = (uint16_t)(m->buffer.size - 8);
	}
	for (int i = 0; i < source->keys_n; i++) {
		pack_text(m, source->keys[i].name);
		form->key[i] = pack_zero(m, source->keys[i].type);
	}
	for (int i = 0; i < source->fields_n; i++) {
		const struct layout_field *f = &source->fields[i];

		pack_text(m, f->name);
		if (f->type == LAYOUT_CHAR) {
			if (form->segments_n == FORM_TEXTS_MAX)
				errx(EX_SOFTWARE, "%s: too many texts", record->name);
			end_segment(m, form, f);
		} else
			pack_field(m, f);
	}
	end_segment(m, form, NULL);

	form->room += m->buffer.size;
	form->bytes = allocate(1, m->buffer.size);
	memcpy(form->bytes, m->buffer.data, m->buffer.size);
	put_be32(form->bytes, (uint32_t)m->buffer.size - RECORD_HEADER);
}

struct form *
form_get(const struct layout_packet *packet, int with_time)
{
	struct form **known = &forms[packet->format - LAYOUT_YEAR_MIN][packet->id][with_time != 0];
	static struct maker maker;

	if (*known == NULL) {
		*known = allocate(packet->sources_n, sizeof **known);
		for (int i = 0; i < packet->sources_n; i++)
			make(&maker, &(*known)[i], packet, &packet->sources[i], with_time);
	}
	return *known;
}

size_t
form_room(const struct layout_packet *packet)
{
	const struct form *form = form_get(packet, 1);
	size_t room = 0;

	for (int i = 0; i < packet->sources_n; i++) {
		const struct layout_source *s = form[i].source;

		room += form[i].room * (s->levels > 0 ? s->level[0].count : 1) * (s->levels > 1 ? s->level[1].count : 1);
	}
	return room;
}
