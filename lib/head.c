/* head: the first keys of a record
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "head.h"
#include "pack.h"

struct cursor {
	const uint8_t *at, *end;
};

/* Reads the value of `key` if that is what comes next. */
static inline bool
value(struct cursor *c, const char *key, size_t n, struct pack *item)
{
	if ((size_t)(c->end - c->at) <= n || c->at[0] != (0xa0 | n) || memcmp(c->at + 1, key, n) != 0)
		return false;
	c->at += 1 + n;
	return pack_read(&c->at, c->end, item) == 0;
}

static inline bool
number(struct cursor *c, const char *key, size_t n, uint64_t max, uint64_t *to)
{
	struct pack item;

	if (!value(c, key, n, &item) || item.kind != PACK_UNSIGNED || item.u > max)
		return false;
	*to = item.u;
	return true;
}

#define VALUE(c, key, item) value(c, key, sizeof key - 1, item)
#define NUMBER(c, key, max, to) number(c, key, sizeof key - 1, max, to)

static bool
read_time(struct cursor *c, float *time)
{
	struct pack item;

	if (!VALUE(c, "session_time", &item))
		return false;
	switch (item.kind) {
	case PACK_FLOAT:
		*time = item.f;
		return true;
	case PACK_DOUBLE:
		*time = (float)item.d;
		return true;
	case PACK_UNSIGNED:
		*time = (float)item.u;
		return true;
	default:
		return false;
	}
}

static int64_t
read_received_at(struct cursor *c)
{
	struct cursor before = *c;
	struct pack item;

	if (VALUE(c, "received_at", &item) && (item.kind == PACK_SIGNED || (item.kind == PACK_UNSIGNED && item.u <= INT64_MAX)))
		return item.i;
	*c = before;
	return HEAD_RECEIVED_NONE;
}

static void
read_keys(struct cursor *c, struct head *h)
{
	uint64_t n;

	h->key[0] = h->key[1] = h->car = HEAD_NONE;
	if (h->kind == NULL)
		return;
	for (int i = 0; i < h->kind->keys_n; i++) {
		const char *name = h->kind->keys[i];

		if (!number(c, name, strlen(name), UINT16_MAX, &n))
			return;
		h->key[i] = (int32_t)n;
		if (strcmp(name, "car") == 0)
			h->car = (int)n;
	}
}

bool
head_read(struct head *h, const uint8_t *record, size_t n)
{
	struct cursor c = { record, record + n };
	uint64_t id, format, uid, frame, overall, player;
	struct pack item;

	if (pack_read(&c.at, c.end, &item) == -1 || item.kind != PACK_MAP)
		return false;
	if (!VALUE(&c, "packet", &item) || item.kind != PACK_STRING)
		return false;
	h->name = (const char *)item.bytes;
	if (h->kind == NULL || item.n != h->name_n || memcmp(h->name, h->kind->name, item.n) != 0)
		h->kind = layout_record(h->name, item.n);
	h->name_n = item.n;
	if (!NUMBER(&c, "packet_id", UINT8_MAX, &id) || !NUMBER(&c, "packet_format", UINT16_MAX, &format) ||
	    !NUMBER(&c, "session_uid", UINT64_MAX, &uid) || !read_time(&c, &h->session_time) ||
	    !NUMBER(&c, "frame_identifier", UINT32_MAX, &frame))
		return false;
	h->overall_frame_identifier = NUMBER(&c, "overall_frame_identifier", UINT32_MAX, &overall) ? (int64_t)overall : HEAD_NONE;
	if (!NUMBER(&c, "player_car_index", UINT8_MAX, &player))
		return false;
	h->packet_id = (unsigned)id;
	h->packet_format = (unsigned)format;
	h->session_uid = uid;
	h->frame_identifier = (uint32_t)frame;
	h->player_car_index = (int)player;
	h->received_at = read_received_at(&c);
	read_keys(&c, h);
	return true;
}
