/* decode: one packet to records
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "bytes.h"
#include "decode.h"
#include "form.h"
#include "record.h"
#include "session.h"
#include "text.h"

/* what is the same for all records of a packet */
struct scene {
	const struct layout_packet *packet;
	const uint8_t *datagram;
	bool all;
	unsigned player;
	struct session *session;
	const uint8_t *before;		/* lap_data: each car's result_status before this packet */
};

static inline void
patch(uint8_t *to, const uint8_t *from, const struct segment *s)
{
	const struct patch *p = s->patches, *end;

	for (end = p + s->patches_n[0]; p < end; p++)
		to[p->to] = from[p->from];
	for (end = p + s->patches_n[1]; p < end; p++)
		put_be16(to + p->to, le16(from + p->from));
	for (end = p + s->patches_n[2]; p < end; p++)
		put_be32(to + p->to, le32(from + p->from));
	for (end = p + s->patches_n[3]; p < end; p++)
		put_be64(to + p->to, le64(from + p->from));
}

/* writes a text, cut at its first NUL, as a msgpack string; returns its length */
static size_t
put_text(uint8_t *to, const uint8_t *from, size_t size)
{
	uint8_t clean[TEXT_GROWTH * 64];
	size_t n = text_clean(clean, from, strnlen((const char *)from, size < 64 ? size : 64));
	size_t head = 1;

	if (n < 32)
		to[0] = (uint8_t)(0xa0 | n);
	else {
		to[0] = 0xd9;
		to[1] = (uint8_t)n;
		head = 2;
	}
	memcpy(to + head, clean, n);
	return head + n;
}

/* the head of the form is the packet's header, the same for all its records */
static void
begin(struct form *form, const struct scene *scene, int64_t received_at)
{
	const struct layout_header *h = layout_header(scene->packet->format);
	const uint8_t *p = scene->datagram;

	put_be64(form->bytes + form->session_uid, le64(p + h->session_uid));
	put_be32(form->bytes + form->session_time, le32(p + h->session_time));
	put_be32(form->bytes + form->frame_identifier, le32(p + h->frame_identifier));
	if (form->overall_frame_identifier)
		put_be32(form->bytes + form->overall_frame_identifier, le32(p + h->overall_frame_identifier));
	form->bytes[form->player_car_index] = p[h->player_car_index];
	if (form->received_at)
		put_be64(form->bytes + form->received_at, (uint64_t)received_at);
}

/* one record of the element at `from`; its length */
static size_t
fill(uint8_t *to, const struct form *form, const uint8_t *from, const uint8_t *datagram, const unsigned index[2])
{
	const struct layout_source *source = form->source;
	const struct segment *s = form->segments;
	size_t n;

	memcpy(to, form->bytes, s->length);
	for (int i = 0; i < source->keys_n; i++) {
		const struct layout_key *key = &source->keys[i];
		unsigned value = key->add;

		if (key->level)
			value += index[key->level - 1];
		if (key->field)
			value += datagram[key->field];
		if (key->type == LAYOUT_U16)
			put_be16(to + form->key[i], (uint16_t)value);
		else
			to[form->key[i]] = (uint8_t)value;
	}
	patch(to, from, s);
	n = s->length;
	if (form->segments_n == 1)
		return n;
	for (int i = 1; i < form->segments_n; i++) {
		n += put_text(to + n, from + s->text, s->text_size);
		s = &form->segments[i];
		memcpy(to + n, form->bytes + s->begin, s->length);
		patch(to + n, from, s);
		n += s->length;
	}
	put_be32(to, (uint32_t)n - RECORD_HEADER);
	return n;
}

static bool
all_zero(const uint8_t *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

/* is this car of an array to be emitted? */
static bool
present(const struct scene *scene, unsigned car)
{
	if (car == scene->player || session_present(scene->session->status[car]))
		return true;
	/* once more at the moment that it leaves */
	return scene->before && scene->before[car] != SESSION_UNKNOWN && session_present(scene->before[car]);
}

static size_t
fill_source(uint8_t *to, const struct form *form, const struct scene *scene, unsigned *records)
{
	const struct layout_source *source = form->source;
	unsigned which = scene->all ? 0 : source->which;
	unsigned outer_n = source->levels > 0 ? source->level[0].count : 1;
	unsigned inner_n = source->levels > 1 ? source->level[1].count : 1;
	const uint8_t *outer = scene->datagram + source->base, *from;
	unsigned index[2], limit;
	uint8_t *start = to;

	if (which & LAYOUT_UPTO && source->limit_level == 1 && (limit = scene->datagram[source->limit]) < outer_n)
		outer_n = limit;
	for (index[0] = 0; index[0] < outer_n; index[0]++, outer += source->level[0].stride) {
		unsigned n = inner_n;

		if (which & LAYOUT_ACTIVE && !present(scene, index[0]))
			continue;
		if (which & LAYOUT_RESULT && index[0] != scene->player && !session_present(outer[source->status]))
			continue;
		if (which & LAYOUT_UPTO && source->limit_level == 2) {
			/* the counter stands in the outer element */
			const uint8_t *element = scene->datagram + source->outer + (size_t)index[0] * source->level[0].stride;

			if (element[source->limit] < n)
				n = element[source->limit];
		}
		for (index[1] = 0, from = outer; index[1] < n; index[1]++, from += source->level[1].stride) {
			if (which & LAYOUT_USED && all_zero(from, source->size))
				continue;
			to += fill(to, form, from, scene->datagram, index);
			++*records;
		}
	}
	return (size_t)(to - start);
}

/* the source of an event's code: the first one is for codes without details */
static int
event_case(const struct layout_packet *packet, const uint8_t *code)
{
	for (int i = 1; i < packet->sources_n; i++)
		if (memcmp(packet->sources[i].code, code, 4) == 0)
			return i;
	return 0;
}

struct decoded
decode_packet(uint8_t *to, const struct layout_packet *packet, const uint8_t *datagram, int64_t received_at, bool all)
{
	const struct layout_header *header = layout_header(packet->format);
	struct form *forms = form_get(packet, received_at != DECODE_NO_TIME);
	struct scene scene = {
		.packet = packet,
		.datagram = datagram,
		.all = all,
		.player = datagram[header->player_car_index],
		.session = session_get(le64(datagram + header->session_uid)),
	};
	struct decoded done = { 0 };
	uint8_t before[LAYOUT_CARS_MAX];
	int first = 0, end = packet->sources_n;

	if (packet->every_frame)
		done.missing = session_frame(scene.session, packet->id, le32(datagram + header->frame_identifier));
	if (packet->status) {
		unsigned cars = packet->sources[0].level[0].count;

		memcpy(before, scene.session->status, sizeof before);
		scene.before = before;
		for (unsigned car = 0; car < cars; car++) {
			uint8_t status = datagram[packet->status + car * packet->status_stride];

			/* a number that no game sends must not look like none at all */
			scene.session->status[car] = status == SESSION_UNKNOWN ? SESSION_UNKNOWN - 1 : status;
		}
	}
	if (packet->cases) {
		first = event_case(packet, datagram + packet->sources[0].fields[0].offset);
		end = first + 1;
	}
	for (int i = first; i < end; i++) {
		begin(&forms[i], &scene, received_at);
		done.n += fill_source(to + done.n, &forms[i], &scene, &done.records);
	}
	return done;
}
