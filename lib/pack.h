/* pack: reading msgpack item by item, in place and with bounds
 * SPDX-License-Identifier: MIT
 *
 * Records are written with msgpack-c (f1-decode packs one of each kind when it starts and patches values in); reading
 * them needs the places of the values, which a cursor tells and an unpacker does not.
 */
#ifndef PACK_H
#define PACK_H

#include <stddef.h>
#include <stdint.h>

enum pack_kind { PACK_NIL, PACK_BOOL, PACK_UNSIGNED, PACK_SIGNED, PACK_FLOAT, PACK_DOUBLE, PACK_STRING, PACK_BINARY, PACK_ARRAY, PACK_MAP };

struct pack {
	enum pack_kind kind;
	uint8_t tag;			/* first byte of the item */
	uint32_t n;			/* bytes of a string, items of an array, pairs of a map */
	const uint8_t *bytes;		/* of the value: behind the tag and the length */
	union {
		uint64_t u;		/* PACK_UNSIGNED, PACK_BOOL */
		int64_t i;		/* PACK_SIGNED: negative or of a signed type */
		float f;
		double d;
	};
};

/* Reads the item at *at and moves *at behind it (behind the head of an array or a map). 0, or -1 if it does not end
 * before `end` or is of a type that records do not have (ext). */
int pack_read(const uint8_t **at, const uint8_t *end, struct pack *);

/* Moves *at behind a whole item, with all that is in it. 0 or -1. */
int pack_skip(const uint8_t **at, const uint8_t *end);

#endif
