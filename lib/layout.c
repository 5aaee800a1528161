/* layout: finding one's way in the tables of packets
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "layout.h"

extern const uint8_t layout_index[LAYOUT_YEARS][LAYOUT_IDS];	/* place in layout_packets + 1 */

static const struct {
	char name[5];
	uint8_t size;
} types[] = {
	[LAYOUT_U8] = { "u8", 1 }, [LAYOUT_I8] = { "i8", 1 }, [LAYOUT_U16] = { "u16", 2 }, [LAYOUT_I16] = { "i16", 2 },
	[LAYOUT_U32] = { "u32", 4 }, [LAYOUT_U64] = { "u64", 8 }, [LAYOUT_F32] = { "f32", 4 }, [LAYOUT_F64] = { "f64", 8 },
	[LAYOUT_CHAR] = { "char", 1 },
};

const struct layout_packet *
layout_find(unsigned format, unsigned id)
{
	unsigned place;

	if (format < LAYOUT_YEAR_MIN || format > LAYOUT_YEAR_MAX || id >= LAYOUT_IDS)
		return NULL;
	place = layout_index[format - LAYOUT_YEAR_MIN][id];
	return place ? &layout_packets[place - 1] : NULL;
}

const struct layout_header *
layout_header(unsigned format)
{
	if (format < LAYOUT_YEAR_MIN || format > LAYOUT_YEAR_MAX)
		return NULL;
	return &layout_headers[format - LAYOUT_YEAR_MIN];
}

enum look
layout_look(const uint8_t *p, size_t n, const struct layout_packet **packet)
{
	const struct layout_header *header;

	if (n >= 2 && p[1] != LAYOUT_YEAR_MIN >> 8)	/* all years share their high byte */
		return LOOK_FORMAT;
	if (n < 2)
		return LOOK_SHORT;
	if ((header = layout_header(le16(p))) == NULL)
		return LOOK_FORMAT;
	if (n <= header->packet_id)
		return LOOK_SHORT;
	*packet = layout_find(le16(p), p[header->packet_id]);
	return *packet ? LOOK_PACKET : LOOK_ID;
}

const struct layout_record *
layout_record(const char *name, size_t n)
{
	for (size_t i = 0; i < layout_records_n; i++)
		if (strlen(layout_records[i].name) == n && memcmp(layout_records[i].name, name, n) == 0)
			return &layout_records[i];
	return NULL;
}

int
layout_byte(const struct layout_packet *packet, const uint8_t *bytes, const char *name)
{
	for (const struct layout_source *s = packet->sources; s < packet->sources + packet->sources_n; s++)
		for (const struct layout_field *f = s->fields; s->levels == 0 && f < s->fields + s->fields_n; f++)
			if (strcmp(f->name, name) == 0)
				return bytes[s->base + f->offset];
	return -1;
}

const char *
layout_enum_name(const char *enumeration, unsigned format, int number)
{
	char text[12];

	snprintf(text, sizeof text, "%d", number);
	for (const struct layout_enum *e = layout_enums; e < layout_enums + layout_enums_n; e++) {
		if (strcmp(e->name, enumeration) != 0)
			continue;
		for (const struct layout_enum_value *v = e->values; v < e->values + e->values_n; v++)
			if (format >= v->from && format <= v->to && strcmp(v->value, text) == 0)
				return v->name;
	}
	return NULL;
}

const char *
layout_type_name(enum layout_type type)
{
	return types[type].name;
}

size_t
layout_type_size(enum layout_type type)
{
	return types[type].size;
}
