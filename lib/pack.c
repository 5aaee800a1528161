/* pack: reading msgpack item by item
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "bytes.h"
#include "pack.h"

/* for the tags 0xc0 to 0xdf: what it is, and the bytes of its value or, for what has a length, of the length */
static const struct {
	uint8_t kind, width, counted, known;
} tags[32] = {
	[0x00] = { PACK_NIL, 0, 0, 1 }, [0x02] = { PACK_BOOL, 0, 0, 1 }, [0x03] = { PACK_BOOL, 0, 0, 1 },
	[0x04] = { PACK_BINARY, 1, 1, 1 }, [0x05] = { PACK_BINARY, 2, 1, 1 }, [0x06] = { PACK_BINARY, 4, 1, 1 },
	[0x0a] = { PACK_FLOAT, 4, 0, 1 }, [0x0b] = { PACK_DOUBLE, 8, 0, 1 },
	[0x0c] = { PACK_UNSIGNED, 1, 0, 1 }, [0x0d] = { PACK_UNSIGNED, 2, 0, 1 }, [0x0e] = { PACK_UNSIGNED, 4, 0, 1 },
	[0x0f] = { PACK_UNSIGNED, 8, 0, 1 },
	[0x10] = { PACK_SIGNED, 1, 0, 1 }, [0x11] = { PACK_SIGNED, 2, 0, 1 }, [0x12] = { PACK_SIGNED, 4, 0, 1 },
	[0x13] = { PACK_SIGNED, 8, 0, 1 },
	[0x19] = { PACK_STRING, 1, 1, 1 }, [0x1a] = { PACK_STRING, 2, 1, 1 }, [0x1b] = { PACK_STRING, 4, 1, 1 },
	[0x1c] = { PACK_ARRAY, 2, 1, 1 }, [0x1d] = { PACK_ARRAY, 4, 1, 1 },
	[0x1e] = { PACK_MAP, 2, 1, 1 }, [0x1f] = { PACK_MAP, 4, 1, 1 },
};

static uint64_t
number(const uint8_t *p, unsigned width)
{
	switch (width) {
	case 1:
		return p[0];
	case 2:
		return be16(p);
	case 4:
		return be32(p);
	case 8:
		return be64(p);
	}
	return 0;
}

int
pack_read(const uint8_t **at, const uint8_t *end, struct pack *item)
{
	const uint8_t *p = *at;
	unsigned width;
	uint64_t n;

	if (p >= end)
		return -1;
	item->tag = *p++;
	item->n = 0;
	item->bytes = p;
	if (item->tag < 0x80) {
		item->kind = PACK_UNSIGNED;
		item->u = item->tag;
	} else if (item->tag < 0xa0) {
		item->kind = item->tag < 0x90 ? PACK_MAP : PACK_ARRAY;
		item->n = item->tag & 15;
	} else if (item->tag < 0xc0) {
		item->kind = PACK_STRING;
		item->n = item->tag & 31;
		if ((size_t)(end - p) < item->n)
			return -1;
		p += item->n;
	} else if (item->tag >= 0xe0) {
		item->kind = PACK_SIGNED;
		item->i = (int8_t)item->tag;
	} else {
		if (!tags[item->tag & 31].known)
			return -1;
		item->kind = tags[item->tag & 31].kind;
		width = tags[item->tag & 31].width;
		if ((size_t)(end - p) < width)
			return -1;
		n = number(p, width);
		p += width;
		switch (item->kind) {
		case PACK_BOOL:
			item->u = item->tag & 1;
			break;
		case PACK_UNSIGNED:
			item->u = n;
			break;
		case PACK_SIGNED:
			item->i = width == 1 ? (int8_t)n : width == 2 ? (int16_t)n : width == 4 ? (int32_t)n : (int64_t)n;
			break;
		case PACK_FLOAT:
			item->f = float_of((uint32_t)n);
			break;
		case PACK_DOUBLE:
			item->d = double_of(n);
			break;
		case PACK_STRING:
		case PACK_BINARY:
			item->n = (uint32_t)n;
			item->bytes = p;
			if ((size_t)(end - p) < item->n)
				return -1;
			p += item->n;
			break;
		default:
			item->n = (uint32_t)n;
		}
	}
	*at = p;
	return 0;
}

int
pack_skip(const uint8_t **at, const uint8_t *end)
{
	uint64_t left = 1;	/* items; each takes a byte at least, so a false count soon meets the end */

	while (left > 0) {
		struct pack item;

		if (pack_read(at, end, &item) == -1)
			return -1;
		left--;
		if (item.kind == PACK_ARRAY)
			left += item.n;
		else if (item.kind == PACK_MAP)
			left += 2 * (uint64_t)item.n;
	}
	return 0;
}
