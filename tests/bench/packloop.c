/* packloop: what f1-decode does by a plain loop over msgpack-c's packer; `make bench` measures f1-decode against it
 * SPDX-License-Identifier: MIT
 *
 * Reads whole packets of a raw stream without garbage and writes the same bytes as f1-decode: `make bench` compares them.
 */
#include <err.h>
#include <msgpack.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "decode.h"
#include "io.h"
#include "record.h"
#include "session.h"
#include "text.h"

static msgpack_sbuffer buffer;
static msgpack_packer packer;

static void
key(const char *s)
{
	size_t n = strlen(s);

	msgpack_pack_str(&packer, n);
	msgpack_pack_str_body(&packer, s, n);
}

static void
value(const uint8_t *p, enum layout_type type)
{
	switch (type) {
	case LAYOUT_U8:
		msgpack_pack_fix_uint8(&packer, p[0]);
		break;
	case LAYOUT_I8:
		msgpack_pack_fix_int8(&packer, (int8_t)p[0]);
		break;
	case LAYOUT_U16:
		msgpack_pack_fix_uint16(&packer, le16(p));
		break;
	case LAYOUT_I16:
		msgpack_pack_fix_int16(&packer, (int16_t)le16(p));
		break;
	case LAYOUT_U32:
		msgpack_pack_fix_uint32(&packer, le32(p));
		break;
	case LAYOUT_U64:
		msgpack_pack_fix_uint64(&packer, le64(p));
		break;
	case LAYOUT_F32:
		msgpack_pack_float(&packer, float_of(le32(p)));
		break;
	case LAYOUT_F64:
		msgpack_pack_double(&packer, double_of(le64(p)));
		break;
	case LAYOUT_CHAR:
		break;
	}
}

static void
record(const struct layout_packet *packet, const struct layout_source *s, const uint8_t *p, const uint8_t *from, const unsigned index[2])
{
	const struct layout_header *h = layout_header(packet->format);
	size_t begin = buffer.size;

	msgpack_sbuffer_write(&buffer, "\0\0\0\0", RECORD_HEADER);
	msgpack_pack_map(&packer, 7u + (h->overall_frame_identifier != 0) + s->keys_n + s->fields_n);
	key("packet");
	key(layout_records[s->record].name);
	key("packet_id");
	msgpack_pack_fix_uint8(&packer, packet->id);
	key("packet_format");
	msgpack_pack_fix_uint16(&packer, packet->format);
	key("session_uid");
	value(p + h->session_uid, LAYOUT_U64);
	key("session_time");
	value(p + h->session_time, LAYOUT_F32);
	key("frame_identifier");
	value(p + h->frame_identifier, LAYOUT_U32);
	if (h->overall_frame_identifier) {
		key("overall_frame_identifier");
		value(p + h->overall_frame_identifier, LAYOUT_U32);
	}
	key("player_car_index");
	value(p + h->player_car_index, LAYOUT_U8);
	for (int i = 0; i < s->keys_n; i++) {
		unsigned n = s->keys[i].add + (s->keys[i].level ? index[s->keys[i].level - 1] : 0) + (s->keys[i].field ? p[s->keys[i].field] : 0);

		key(s->keys[i].name);
		if (s->keys[i].type == LAYOUT_U16)
			msgpack_pack_fix_uint16(&packer, (uint16_t)n);
		else
			msgpack_pack_fix_uint8(&packer, (uint8_t)n);
	}
	for (int i = 0; i < s->fields_n; i++) {
		const struct layout_field *f = &s->fields[i];

		key(f->name);
		if (f->type == LAYOUT_CHAR) {
			uint8_t clean[TEXT_GROWTH * 64];
			size_t n = text_clean(clean, from + f->offset, strnlen((const char *)from + f->offset, f->count));

			msgpack_pack_str(&packer, n);
			msgpack_pack_str_body(&packer, clean, n);
			continue;
		}
		if (f->count > 1)
			msgpack_pack_array(&packer, f->count);
		for (unsigned k = 0; k < f->count; k++)
			value(from + f->offset + k * layout_type_size(f->type), f->type);
	}
	put_be32((uint8_t *)buffer.data + begin, (uint32_t)(buffer.size - begin - RECORD_HEADER));
}

static void
packet_records(const struct layout_packet *packet, const uint8_t *p)
{
	const struct layout_header *h = layout_header(packet->format);
	struct session *session = session_get(le64(p + h->session_uid));
	uint8_t before[LAYOUT_CARS_MAX];
	unsigned player = p[h->player_car_index];
	int one = 0, first = 0;

	memcpy(before, session->status, sizeof before);
	if (packet->status)
		for (unsigned car = 0; car < packet->sources[0].level[0].count; car++)
			session->status[car] = p[packet->status + car * packet->status_stride];
	for (int i = 1; packet->cases && i < packet->sources_n; i++)
		if (memcmp(packet->sources[i].code, p + packet->sources[0].fields[0].offset, 4) == 0)
			first = i;
	one = packet->cases;
	for (int i = first; i < (one ? first + 1 : packet->sources_n); i++) {
		const struct layout_source *s = &packet->sources[i];
		unsigned outer = s->levels > 0 ? s->level[0].count : 1, inner = s->levels > 1 ? s->level[1].count : 1, index[2];

		if (s->which & LAYOUT_UPTO && s->limit_level == 1 && p[s->limit] < outer)
			outer = p[s->limit];
		for (index[0] = 0; index[0] < outer; index[0]++) {
			unsigned n = inner, car = index[0];

			if (s->which & LAYOUT_ACTIVE && car != player && !session_present(session->status[car]) &&
			    !(packet->status && before[car] != SESSION_UNKNOWN && session_present(before[car])))
				continue;
			if (s->which & LAYOUT_RESULT && car != player &&
			    !session_present(p[s->base + car * s->level[0].stride + s->status]))
				continue;
			if (s->which & LAYOUT_UPTO && s->limit_level == 2 && p[s->outer + car * s->level[0].stride + s->limit] < n)
				n = p[s->outer + car * s->level[0].stride + s->limit];
			for (index[1] = 0; index[1] < n; index[1]++) {
				const uint8_t *from = p + s->base + car * s->level[0].stride + index[1] * s->level[1].stride;

				if (s->which & LAYOUT_USED && from[0] == 0 && memcmp(from, from + 1, s->size - 1u) == 0)
					continue;
				record(packet, s, p, from, index);
			}
		}
	}
}

int
main(void)
{
	static uint8_t raw[1 << 18];
	size_t n = 0, at;
	ssize_t got;

	msgpack_sbuffer_init(&buffer);
	msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
	io_pipe(STDOUT_FILENO);
	while ((got = read(STDIN_FILENO, raw + n, sizeof raw - n)) > 0) {
		const struct layout_packet *packet;

		n += (size_t)got;
		for (at = 0; layout_look(raw + at, n - at, &packet) == LOOK_PACKET && n - at >= packet->size; at += packet->size) {
			packet_records(packet, raw + at);
			if (buffer.size >= 256 * 1024) {
				if (io_write(STDOUT_FILENO, buffer.data, buffer.size) == -1)
					err(1, "stdout");
				buffer.size = 0;
			}
		}
		memmove(raw, raw + at, n - at);
		n -= at;
	}
	return io_write(STDOUT_FILENO, buffer.data, buffer.size) == -1;
}
