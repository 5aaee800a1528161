/* layout: the packets of all years as constant tables, made of the texts in lib/layout by scripts/layout.awk
 * SPDX-License-Identifier: MIT
 *
 * A packet is a run of little endian numbers and texts. Its sources say which records it becomes. All tables are
 * constant, sorted as the texts are, and need no initialization.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stddef.h>
#include <stdint.h>

enum { LAYOUT_YEAR_MIN = 2018, LAYOUT_YEAR_MAX = 2026, LAYOUT_YEARS = LAYOUT_YEAR_MAX - LAYOUT_YEAR_MIN + 1 };
enum { LAYOUT_IDS = 17 };		/* packet ids run from 0 to LAYOUT_IDS - 1 */
enum { LAYOUT_PACKET_MAX = 1470 };	/* bytes of the longest packet; the generator checks it */
enum { LAYOUT_CARS_MAX = 24 };		/* cars in the longest array */

enum layout_type { LAYOUT_U8, LAYOUT_I8, LAYOUT_U16, LAYOUT_I16, LAYOUT_U32, LAYOUT_U64, LAYOUT_F32, LAYOUT_F64, LAYOUT_CHAR };

/* a number or a text, or several in a row */
struct layout_field {
	const char *name;
	const char *unit;		/* "" for none */
	const char *enumeration;	/* name in layout_enums, "" for none */
	const char *text;		/* a sentence for people */
	uint16_t offset;		/* bytes from the first byte of its source's element */
	uint16_t count;			/* how many; for LAYOUT_CHAR the bytes of the text */
	uint8_t type;			/* enum layout_type */
	uint8_t divide;			/* 1 if scale divides, 0 if it is added */
	uint16_t scale;			/* makes the value the one of all years: 0 nothing to do */
};

/* an index key: add + index of level `level` - 1 + the byte at `field`, each if there is one */
struct layout_key {
	const char *name;
	uint8_t type;			/* LAYOUT_U8 or LAYOUT_U16 */
	uint8_t level;			/* 0 none, 1 index in the array, 2 in the inner array */
	uint16_t add;
	uint16_t field;			/* offset in the packet, 0 for none (byte 0 is the format) */
};

/* which elements of a source become records; bits */
enum { LAYOUT_ACTIVE = 1, LAYOUT_RESULT = 2, LAYOUT_UPTO = 4, LAYOUT_USED = 8 };

struct layout_source {
	uint8_t record;			/* index in layout_records */
	uint8_t which;			/* LAYOUT_ACTIVE … */
	char code[5];			/* of an event: the case it is for, "" for all others */
	uint8_t levels;			/* 0 the packet itself, 1 an array, 2 an array in an array */
	uint16_t base;			/* offset of the first element */
	uint16_t outer;			/* offset of the first outer element; base if there is but one level */
	uint16_t size;			/* of an element in bytes; 0 for the packet itself */
	struct {
		uint16_t count;
		uint16_t stride;
	} level[2];
	uint16_t limit;			/* LAYOUT_UPTO: offset of the counter, in the packet or in the outer element */
	uint8_t limit_level;		/* the level that it counts, 1 or 2 */
	uint16_t status;		/* LAYOUT_RESULT: offset of result_status in the element */
	uint8_t keys_n;
	const struct layout_key *keys;
	uint16_t fields_n;
	const struct layout_field *fields;
};

struct layout_packet {
	uint16_t format;		/* year */
	uint8_t id;
	uint8_t every_frame;		/* comes with every frame that the game sends */
	uint8_t cases;			/* an event: one source is for the code that the packet has */
	uint8_t closing;		/* comes once more with frame 0 when the session ends */
	uint16_t rate;			/* of its own in a session, in 1/10 Hz; 0 for none */
	uint16_t size;			/* of the datagram in bytes, always */
	const char *name;
	uint16_t sources_n;
	const struct layout_source *sources;	/* with cases: first the one for codes without details */
	uint16_t status;		/* lap_data: offset of result_status of car 0, else 0 */
	uint16_t status_stride;
};

/* the header: offsets of its fields, 0 where a year has none (packet_format is at 0 in all) */
struct layout_header {
	uint8_t size;
	uint8_t packet_id;
	uint8_t session_uid;
	uint8_t session_time;
	uint8_t frame_identifier;
	uint8_t overall_frame_identifier;	/* 2023 on */
	uint8_t player_car_index;
	uint8_t secondary_player_car_index;	/* 2020 on */
};

/* what a record has in any year: the widest type, the newest words, the newest year's order first */
struct layout_column {
	const char *name;
	const char *unit;
	const char *enumeration;
	const char *text;
	uint16_t count;
	uint16_t years;			/* bit 0 is 2018 */
	uint8_t type;
};

enum { LAYOUT_SAMPLE, LAYOUT_STATE };

struct layout_record {
	const char *name;
	const char *text;
	uint8_t packet_id;
	uint8_t kind;			/* LAYOUT_SAMPLE: true in one frame; LAYOUT_STATE: the last one holds */
	uint8_t distinct;		/* told apart by all its values */
	uint8_t keys_n;
	const char *keys[2];
	uint8_t key_width[2];		/* bytes, 1 or 2 */
	uint16_t years;			/* bit 0 is 2018 */
	uint16_t columns_n;
	const struct layout_column *columns;
};

struct layout_enum_value {
	uint16_t from, to;		/* first and last format */
	const char *value;		/* decimal number; four letters in event_code */
	const char *name;
};

struct layout_enum {
	const char *name;
	uint8_t flags;			/* values are bits */
	uint16_t values_n;
	const struct layout_enum_value *values;
};

extern const struct layout_header layout_headers[LAYOUT_YEARS];
extern const struct layout_packet layout_packets[];
extern const size_t layout_packets_n;
extern const struct layout_record layout_records[];
extern const size_t layout_records_n;
extern const struct layout_enum layout_enums[];
extern const size_t layout_enums_n;

/* The packet of a format and an id, or NULL. */
const struct layout_packet *layout_find(unsigned format, unsigned id);

/* The header of a format, or NULL. */
const struct layout_header *layout_header(unsigned format);

/* why bytes are no packet */
enum look {
	LOOK_PACKET,		/* a header of a known packet */
	LOOK_SHORT,		/* so far it could be one */
	LOOK_FORMAT,		/* not a format that we know */
	LOOK_ID,		/* not a packet of that format */
	LOOK_LENGTH,		/* a datagram that is not as long as its packet (look.h) */
};

/* Looks at the beginning of n bytes; *packet is set for LOOK_PACKET. */
enum look layout_look(const uint8_t *p, size_t n, const struct layout_packet **packet);

/* The record of a name (of n bytes), or NULL. */
const struct layout_record *layout_record(const char *name, size_t n);

/* The byte of a field of the packet itself, not of one of its arrays; -1 if this format has none of that name. */
int layout_byte(const struct layout_packet *, const uint8_t *bytes, const char *name);

/* The name that a number has in an enumeration and a format, or NULL. */
const char *layout_enum_name(const char *enumeration, unsigned format, int number);

/* "u8", "f32" and so on, as in the texts. */
const char *layout_type_name(enum layout_type);

/* Bytes of one value of a type. */
size_t layout_type_size(enum layout_type);

#endif
