/* wire: values by name into the datagrams of a year
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <sysexits.h>

#include "bytes.h"
#include "layout.h"
#include "wire.h"

struct name {
	const char *name;
	uint16_t at, count;	/* in a struct of doubles, counted in doubles */
};

#define NUMBER(n) { #n, offsetof(struct FIELDS, n) / sizeof(double), 1 },
#define ARRAY(n, c) { #n, offsetof(struct FIELDS, n) / sizeof(double), c },

#define FIELDS car_fields
static const struct name car_names[] = { FIELDS_CAR(NUMBER, ARRAY) { 0 } };
#undef FIELDS
#define FIELDS once_fields
static const struct name once_names[] = { FIELDS_ONCE(NUMBER, ARRAY) { 0 } };
#undef FIELDS
#define FIELDS history_fields
static const struct name history_names[] = { FIELDS_HISTORY(NUMBER, ARRAY) { 0 } };
#undef FIELDS
#define FIELDS lap_fields
static const struct name lap_names[] = { FIELDS_LAP(NUMBER, ARRAY) { 0 } };
#undef FIELDS
#define FIELDS stint_fields
static const struct name stint_names[] = { FIELDS_STINT(NUMBER, ARRAY) { 0 } };
#undef FIELDS
#define FIELDS set_fields
static const struct name set_names[] = { FIELDS_SET(NUMBER, ARRAY) { 0 } };
#undef FIELDS
#define FIELDS session_fields
static const struct name session_names[] = { FIELDS_SESSION(NUMBER, ARRAY) { 0 } };
#undef FIELDS
#define FIELDS zone_fields
static const struct name zone_names[] = { FIELDS_ZONE(NUMBER, ARRAY) { 0 } };
#undef FIELDS
#define FIELDS forecast_fields
static const struct name forecast_names[] = { FIELDS_FORECAST(NUMBER, ARRAY) { 0 } };
#undef FIELDS
#define FIELDS colour_fields
static const struct name colour_names[] = { FIELDS_COLOUR(NUMBER, ARRAY) { 0 } };
#undef FIELDS
#define FIELDS position_fields
static const struct name position_names[] = { FIELDS_POSITION(NUMBER, ARRAY) { 0 } };
#undef FIELDS
#define FIELDS event_fields
static const struct name event_names[] = { FIELDS_EVENT(NUMBER, ARRAY) { 0 } };
#undef FIELDS

/* which list holds the values of a record */
static const struct {
	const char *record;
	const struct name *names;
} lists[] = {
	{ "motion", car_names }, { "motion_ex", once_names },
	{ "session", session_names }, { "marshal_zones", zone_names }, { "weather_forecast_samples", forecast_names },
	{ "drs_zones", zone_names }, { "active_aero_zones_full", zone_names }, { "active_aero_zones_partial", zone_names },
	{ "lap_data", car_names }, { "lap_data_extra", once_names },
	{ "event", event_names },
	{ "participants", car_names }, { "livery_colours", colour_names }, { "participants_extra", once_names },
	{ "car_setups", car_names }, { "car_setups_extra", once_names },
	{ "car_telemetry", car_names }, { "car_telemetry_extra", once_names }, { "car_telemetry_2", car_names },
	{ "car_status", car_names }, { "car_damage", car_names },
	{ "final_classification", car_names }, { "final_classification_extra", once_names },
	{ "lobby_info", car_names }, { "lobby_info_extra", once_names },
	{ "session_history", history_names }, { "lap_history", lap_names }, { "tyre_stints", stint_names },
	{ "tyre_sets", set_names }, { "tyre_sets_extra", history_names },
	{ "lap_positions", position_names }, { "lap_positions_extra", history_names },
};

/* one field: from where in the struct to where in the element */
struct wire {
	uint16_t from, to;
	uint8_t type, count, in_header;
	double times, plus;
};

struct bound {
	const struct layout_source *source;
	const char *record;
	const struct wire *wires;
	int wires_n;
};

enum { BOUND_MAX = 24, WIRES_MAX = 2048 };

static struct {
	unsigned year;
	const struct layout_header *header;
	struct packet {
		const struct layout_packet *layout;
		struct bound bound[BOUND_MAX];
		uint8_t bytes[LAYOUT_PACKET_MAX];
	} packets[LAYOUT_IDS];
	struct wire wires[WIRES_MAX];
	int wires_n;
} self;

static const struct name *
find_name(const struct name *names, const char *name)
{
	for (; names->name; names++)
		if (strcmp(names->name, name) == 0)
			return names;
	return NULL;
}

static void
add(const struct layout_field *f, const struct name *n, int in_header)
{
	struct wire *w = &self.wires[self.wires_n];

	if (self.wires_n == WIRES_MAX)
		errx(EX_SOFTWARE, "too many fields");
	self.wires_n++;
	w->from = n->at;
	w->to = f->offset;
	w->type = f->type;
	w->count = (uint8_t)(f->count < n->count ? f->count : n->count);
	w->in_header = (uint8_t)in_header;
	/* the layout says how a year's value becomes that of all years; we go the other way */
	w->times = f->scale != 0 && f->divide ? f->scale : 1;
	w->plus = f->scale != 0 && !f->divide ? -(double)f->scale : 0;
}

static void
bind(struct bound *b, const struct layout_packet *p, const struct layout_source *s)
{
	const struct name *names = NULL, *n;

	b->source = s;
	b->record = layout_records[s->record].name;
	b->wires = &self.wires[self.wires_n];
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		if (strcmp(lists[i].record, b->record) == 0)
			names = lists[i].names;
	if (!names)
		errx(EX_SOFTWARE, "%u %s: nothing to put in %s", self.year, p->name, b->record);
	/* an index key that is a field of the packet: the car it is about */
	for (int i = 0; i < s->keys_n; i++) {
		const struct layout_key *k = &s->keys[i];
		struct layout_field f = { .type = k->type, .count = 1, .offset = k->field };

		if (k->level != 0 || k->field == 0 || strcmp(k->name, "car") != 0)
			continue;
		if ((n = find_name(names, "car_idx")) || (n = find_name(names, "vehicle_idx")))
			add(&f, n, 0);
	}
	for (int i = 0; i < s->fields_n; i++) {
		const struct layout_field *f = &s->fields[i];

		if (f->type == LAYOUT_CHAR)	/* see wire_text and wire_event */
			continue;
		if (!(n = find_name(names, f->name)))
			errx(EX_SOFTWARE, "%u %s: no value for %s", self.year, p->name, f->name);
		add(f, n, s->levels == 0 && f->offset < self.header->size);
	}
	b->wires_n = (int)(&self.wires[self.wires_n] - b->wires);
}

void
wire_init(unsigned year)
{
	self.year = year;
	self.header = layout_header(year);
	for (unsigned id = 0; id < LAYOUT_IDS; id++) {
		struct packet *p = &self.packets[id];

		if (id == TIME_TRIAL || !(p->layout = layout_find(year, id))) {
			p->layout = NULL;
			continue;
		}
		if (p->layout->sources_n > BOUND_MAX)
			errx(EX_SOFTWARE, "%u %s: too many sources", year, p->layout->name);
		for (int i = 0; i < p->layout->sources_n; i++)
			bind(&p->bound[i], p->layout, &p->layout->sources[i]);
	}
}

int
wire_has(unsigned id)
{
	return self.packets[id].layout != NULL;
}

int
wire_cars(void)
{
	return self.packets[LAP_DATA].layout->sources[0].level[0].count;
}

int
wire_every_frame(unsigned id)
{
	return self.packets[id].layout && self.packets[id].layout->every_frame;
}

static inline long
whole(double v, double min, double max)
{
	return lrint(v < min ? min : v > max ? max : v);
}

static inline void
put(uint8_t *p, uint8_t type, double v)
{
	switch (type) {
	case LAYOUT_U8:
		*p = (uint8_t)whole(v, 0, UINT8_MAX);
		break;
	case LAYOUT_I8:
		*p = (uint8_t)(int8_t)whole(v, INT8_MIN, INT8_MAX);
		break;
	case LAYOUT_U16:
		put_le16(p, (uint16_t)whole(v, 0, UINT16_MAX));
		break;
	case LAYOUT_I16:
		put_le16(p, (uint16_t)(int16_t)whole(v, INT16_MIN, INT16_MAX));
		break;
	case LAYOUT_U32:
		put_le32(p, (uint32_t)whole(v, 0, UINT32_MAX));
		break;
	case LAYOUT_F32:
		put_le32(p, float_bits((float)v));
		break;
	case LAYOUT_F64:
		put_le64(p, double_bits(v));
		break;
	}
}

static void
put_wires(uint8_t *packet, const struct bound *b, size_t element, const double *from)
{
	for (int i = 0; i < b->wires_n; i++) {
		const struct wire *w = &b->wires[i];
		/* keys and fields outside arrays count from the packet's first byte */
		uint8_t *to = packet + (b->source->levels ? b->source->base + element : 0) + w->to;
		size_t size = layout_type_size(w->type);

		for (int k = 0; k < w->count; k++)
			put(to + (size_t)k * size, w->type, from[w->from + k] * w->times + w->plus);
	}
}

static struct bound *
find_bound(unsigned id, const char *record)
{
	struct packet *p = &self.packets[id];

	for (int i = 0; p->layout && i < p->layout->sources_n; i++)
		if (strcmp(p->bound[i].record, record) == 0)
			return &p->bound[i];
	return NULL;
}

void
wire_game(const struct session_fields *fields)
{
	const struct bound *b = find_bound(SESSION, "session");
	const double *from = (const double *)(const void *)fields;

	for (unsigned id = 0; id < LAYOUT_IDS; id++)
		for (int i = 0; self.packets[id].layout && i < b->wires_n; i++)
			if (b->wires[i].in_header)
				put(self.packets[id].bytes + b->wires[i].to, b->wires[i].type, from[b->wires[i].from]);
}

void
wire_put(unsigned id, const char *record, int i, int j, const void *fields)
{
	const struct bound *b = find_bound(id, record);

	if (!b || (b->source->levels > 0 && i >= b->source->level[0].count) || (b->source->levels > 1 && j >= b->source->level[1].count))
		return;
	put_wires(self.packets[id].bytes, b,
	    (size_t)i * b->source->level[0].stride + (size_t)j * b->source->level[1].stride, fields);
}

/* field by field, so that the type is looked at once for all cars */
void
wire_put_cars(unsigned id, const struct car_fields *cars, int n)
{
	struct packet *p = &self.packets[id];
	const struct bound *b = &p->bound[0];
	size_t stride;

	if (!p->layout)
		return;
	stride = b->source->level[0].stride;
	for (int i = 0; i < b->wires_n; i++) {
		const struct wire *w = &b->wires[i];
		size_t size = layout_type_size(w->type);

		for (int k = 0; k < w->count; k++) {
			uint8_t *to = p->bytes + b->source->base + w->to + (size_t)k * size;
			const double *from = (const double *)(const void *)cars + w->from + k;

			for (int c = 0; c < n; c++, to += stride, from += sizeof *cars / sizeof *from)
				put(to, w->type, *from * w->times + w->plus);
		}
	}
}

/* As the game does: a text that is too long ends with U+2026, and never inside a character. */
static void
put_text(uint8_t *to, size_t size, const char *text)
{
	size_t n = strlen(text);

	memset(to, 0, size);
	if (n < size) {
		memcpy(to, text, n);
		return;
	}
	for (n = size - 4; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
		continue;
	memcpy(to, text, n);
	memcpy(to + n, "\xe2\x80\xa6", 3);
}

void
wire_text(unsigned id, const char *record, int i, const char *name, const char *text)
{
	const struct bound *b = find_bound(id, record);

	if (!b)
		return;
	for (int k = 0; k < b->source->fields_n; k++) {
		const struct layout_field *f = &b->source->fields[k];

		if (f->type == LAYOUT_CHAR && strcmp(f->name, name) == 0)
			put_text(self.packets[id].bytes + b->source->base + (size_t)i * b->source->level[0].stride + f->offset, f->count, text);
	}
}

void
wire_clear(unsigned id)
{
	struct packet *p = &self.packets[id];

	if (p->layout)
		memset(p->bytes + self.header->size, 0, p->layout->size - (size_t)self.header->size);
}

const uint8_t *
wire_datagram(unsigned id, const struct moment *m, size_t *n)
{
	struct packet *p = &self.packets[id];
	const struct layout_header *h = self.header;

	put_le16(p->bytes, (uint16_t)self.year);
	p->bytes[h->packet_id] = (uint8_t)id;
	put_le64(p->bytes + h->session_uid, m->session_uid);
	put_le32(p->bytes + h->session_time, float_bits((float)m->session_time));
	put_le32(p->bytes + h->frame_identifier, m->frame);
	if (h->overall_frame_identifier)
		put_le32(p->bytes + h->overall_frame_identifier, m->overall_frame);
	p->bytes[h->player_car_index] = (uint8_t)m->player;
	if (h->secondary_player_car_index)
		p->bytes[h->secondary_player_car_index] = (uint8_t)m->secondary_player;
	*n = p->layout->size;
	return p->bytes;
}

static int
known(const char *code)
{
	for (size_t i = 0; i < layout_enums_n; i++) {
		const struct layout_enum *e = &layout_enums[i];

		if (strcmp(e->name, "event_code") != 0)
			continue;
		for (int k = 0; k < e->values_n; k++)
			if (strcmp(e->values[k].value, code) == 0)
				return self.year >= e->values[k].from && self.year <= e->values[k].to;
	}
	return 0;
}

const uint8_t *
wire_event(const char *code, const struct event_fields *fields, const struct moment *m, size_t *n)
{
	struct packet *p = &self.packets[EVENT];
	const struct bound *b = NULL;

	if (!known(code))
		return NULL;
	for (int i = 0; i < p->layout->sources_n; i++)
		if (strcmp(p->bound[i].source->code, code) == 0)
			b = &p->bound[i];
	/* the game leaves the bytes of the event before behind the details, and so do we */
	if (b && fields)
		put_wires(p->bytes, b, 0, (const double *)(const void *)fields);
	memcpy(p->bytes + self.header->size, code, 4);
	return wire_datagram(EVENT, m, n);
}
