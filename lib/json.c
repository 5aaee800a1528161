/* json: a record as one line of JSON
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "pack.h"
#include "shortest.h"
#include "text.h"

enum { DEPTH_MAX = 8 };

/* does one of 8 bytes need more than a copy: a quote, a backslash, a control character, the beginning of UTF-8? */
static inline uint64_t
special(uint64_t v)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	uint64_t quote = v ^ ones * '"', backslash = v ^ ones * '\\';

	return ((v - ones * 0x20) | (quote - ones) | (backslash - ones) | v) & tops;
}

static char *
put_string(char *to, const uint8_t *p, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	const uint8_t *end = p + n;

	*to++ = '"';
	while (p < end) {
		int length;
		uint64_t v;

		while (end - p >= 8 && (memcpy(&v, p, 8), special(v) == 0)) {
			memcpy(to, &v, 8);
			to += 8;
			p += 8;
		}
		/* the rest with what is before it, if that needed no more than a copy, either */
		if (n >= 8 && end - p < 8 && (memcpy(&v, end - 8, 8), special(v) == 0)) {
			to += end - p;
			memcpy(to - 8, &v, 8);
			break;
		}
		while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
			*to++ = (char)*p++;
		if (p == end)
			break;
		if (*p == '"' || *p == '\\') {
			*to++ = '\\';
			*to++ = (char)*p++;
		} else if (*p < 0x20) {
			memcpy(to, "\\u00", 4);
			to[4] = hex[*p >> 4];
			to[5] = hex[*p & 15];
			to += 6;
			p++;
		} else if ((length = text_character(p, end)) > 0) {
			memcpy(to, p, (size_t)length);
			to += length;
			p += length;
		} else {
			memcpy(to, "\xef\xbf\xbd", 3);
			to += 3;
			p -= length;
		}
	}
	*to++ = '"';
	return to;
}

static char *
put_time(char *to, int64_t microseconds)
{
	/* the records of a packet have it in common */
	static _Thread_local struct {
		int64_t microseconds;
		size_t n;
		char text[48];
	} last;
	int64_t second = microseconds / 1000000, rest = microseconds % 1000000;
	struct tm tm;
	time_t t;

	if (last.n > 0 && last.microseconds == microseconds) {
		memcpy(to, last.text, last.n);
		return to + last.n;
	}
	if (rest < 0) {
		rest += 1000000;
		second--;
	}
	t = (time_t)second;
	if (gmtime_r(&t, &tm) == NULL || tm.tm_year > 9999 - 1900 || tm.tm_year < -1900) {
		memcpy(to, "null", 4);
		return to + 4;
	}
	/* remainders, so that the compiler sees that it fits */
	last.n = (size_t)snprintf(last.text, sizeof last.text, "\"%04u-%02u-%02uT%02u:%02u:%02u.%06uZ\"", (tm.tm_year + 1900u) % 10000u,
	    (tm.tm_mon + 1u) % 100u, tm.tm_mday % 100u, tm.tm_hour % 100u, tm.tm_min % 100u, tm.tm_sec % 100u,
	    (unsigned)rest % 1000000u);
	last.microseconds = microseconds;
	memcpy(to, last.text, last.n);
	return to + last.n;
}

static char *
put_number(char *to, const struct pack *item)
{
	switch (item->kind) {
	case PACK_UNSIGNED:
		return to + shortest_integer(to, item->u);
	case PACK_SIGNED:
		if (item->i >= 0)
			return to + shortest_integer(to, (unsigned long long)item->i);
		*to++ = '-';
		return to + shortest_integer(to, 0 - (unsigned long long)item->i);
	case PACK_FLOAT:
		if (isfinite(item->f))
			return to + shortest_float(to, item->f);
		break;
	case PACK_DOUBLE:
		if (isfinite(item->d))
			return to + shortest_double(to, item->d);
		break;
	case PACK_BOOL:
		memcpy(to, item->u ? "true" : "false", 5);
		return to + (item->u ? 4 : 5);
	default:
		break;
	}
	memcpy(to, "null", 4);
	return to + 4;
}

static char *put_item(char *to, const uint8_t **at, const uint8_t *end, int depth);

static char *
put_uid(char *to, uint64_t uid)
{
	*to++ = '"';
	for (int shift = 60; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[uid >> shift & 15];
	*to++ = '"';
	return to;
}

/* The value of a key: two fields are not written as they are, whatever width a writer gave them. */
static char *
put_value(char *to, const struct pack *key, const uint8_t **at, const uint8_t *end, int depth)
{
	const uint8_t *begin = *at;
	struct pack item;

	if (key->n == 11 && pack_read(at, end, &item) == 0) {
		if (item.kind == PACK_UNSIGNED && memcmp(key->bytes, "session_uid", 11) == 0)
			return put_uid(to, item.u);
		if ((item.kind == PACK_SIGNED || (item.kind == PACK_UNSIGNED && item.u <= INT64_MAX)) &&
		    memcmp(key->bytes, "received_at", 11) == 0)
			return put_time(to, item.i);
		*at = begin;
	}
	return put_item(to, at, end, depth);
}

static char *
put_map(char *to, const uint8_t **at, const uint8_t *end, uint32_t pairs, int depth)
{
	*to++ = '{';
	for (uint32_t i = 0; i < pairs; i++) {
		struct pack key;

		if (pack_read(at, end, &key) == -1 || key.kind != PACK_STRING)
			return NULL;
		if (i > 0)
			*to++ = ',';
		to = put_string(to, key.bytes, key.n);
		*to++ = ':';
		if ((to = put_value(to, &key, at, end, depth)) == NULL)
			return NULL;
	}
	*to++ = '}';
	return to;
}

static char *
put_item(char *to, const uint8_t **at, const uint8_t *end, int depth)
{
	struct pack item;

	if (pack_read(at, end, &item) == -1 || depth == DEPTH_MAX)
		return NULL;
	switch (item.kind) {
	case PACK_STRING:
	case PACK_BINARY:
		return put_string(to, item.bytes, item.n);
	case PACK_MAP:
		return put_map(to, at, end, item.n, depth + 1);
	case PACK_ARRAY:
		*to++ = '[';
		for (uint32_t i = 0; i < item.n; i++) {
			if (i > 0)
				*to++ = ',';
			if ((to = put_item(to, at, end, depth + 1)) == NULL)
				return NULL;
		}
		*to++ = ']';
		return to;
	default:
		return put_number(to, &item);
	}
}

size_t
json_record(char *to, const uint8_t *record, size_t n)
{
	const uint8_t *at = record;
	struct pack map;
	char *end;

	if (pack_read(&at, record + n, &map) == -1 || map.kind != PACK_MAP)
		return 0;
	end = put_map(to, &at, record + n, map.n, 0);
	if (end == NULL || at != record + n)
		return 0;
	return (size_t)(end - to);
}
