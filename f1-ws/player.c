/* player: the player's car as one flat object, made of four records
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "bytes.h"
#include "pack.h"
#include "player.h"
#include "record.h"

static const char *const kinds[] = { "car_telemetry", "lap_data", "car_status", "car_damage" };
enum { KINDS = sizeof kinds / sizeof kinds[0], COLUMNS_MAX = 200, VALUE_MAX = 40, OWN = 8 };

static struct {
	const struct layout_record *kinds[KINDS];
	struct column {
		const struct layout_column *layout;
		int in_ms;			/* the column that holds these seconds in milliseconds, or -1 */
		uint16_t scale;			/* as layout_field has it, of the format below */
		uint8_t divide;
		uint8_t n;
		uint8_t value[VALUE_MAX];	/* n bytes of msgpack */
	} columns[COLUMNS_MAX];
	int columns_n;
	unsigned format;
	struct head head;			/* of the last record taken */
	bool any;
	uint8_t record[OWN * 64 + COLUMNS_MAX * (64 + VALUE_MAX) + RECORD_SLACK];
} self;

static int
find_column(const char *name, size_t n)
{
	static int guess;	/* fields come in the same order again and again */

	for (int i = 0; i < self.columns_n; i++) {
		int at = (guess + i) % self.columns_n;
		const char *known = self.columns[at].layout->name;

		if (strlen(known) == n && memcmp(known, name, n) == 0) {
			guess = at + 1;
			return at;
		}
	}
	return -1;
}

static void
reset(void)
{
	for (int i = 0; i < self.columns_n; i++) {
		struct column *c = &self.columns[i];

		memset(c->value, 0, sizeof c->value);
		c->n = 1;
		if (c->layout->type == LAYOUT_CHAR)
			c->value[0] = 0xa0;
		else if (c->layout->count > 1) {
			c->value[0] = (uint8_t)(0x90 | c->layout->count);
			c->n = (uint8_t)(1 + c->layout->count);
		}
	}
}

void
player_init(void)
{
	for (int k = 0; k < KINDS; k++) {
		self.kinds[k] = layout_record(kinds[k], strlen(kinds[k]));
		for (int i = 0; i < self.kinds[k]->columns_n; i++) {
			const struct layout_column *c = &self.kinds[k]->columns[i];

			if (find_column(c->name, strlen(c->name)) != -1)
				continue;
			if (self.columns_n == COLUMNS_MAX || c->count > 15)
				errx(EX_SOFTWARE, "%s does not fit into the player's object", c->name);
			self.columns[self.columns_n++] = (struct column){ .layout = c, .in_ms = -1 };
		}
	}
	for (int i = 0; i < self.columns_n; i++) {
		char name[80];
		int n = snprintf(name, sizeof name, "%s_in_ms", self.columns[i].layout->name);

		if (strcmp(self.columns[i].layout->unit, "s") == 0)
			self.columns[i].in_ms = find_column(name, (size_t)n);
	}
	reset();
}

/* What makes the values of a format those of all years. */
static void
set_format(unsigned format)
{
	self.format = format;
	for (int i = 0; i < self.columns_n; i++)
		self.columns[i].scale = 0;
	for (unsigned id = 0; id < LAYOUT_IDS; id++) {
		const struct layout_packet *p = layout_find(format, id);

		for (int s = 0; p != NULL && s < p->sources_n; s++) {
			const struct layout_source *source = &p->sources[s];
			bool ours = false;

			for (int k = 0; k < KINDS; k++)
				ours = ours || &layout_records[source->record] == self.kinds[k];
			for (int i = 0; ours && i < source->fields_n; i++) {
				int at = find_column(source->fields[i].name, strlen(source->fields[i].name));

				if (at == -1 || source->fields[i].scale == 0)
					continue;
				self.columns[at].scale = source->fields[i].scale;
				self.columns[at].divide = source->fields[i].divide;
			}
		}
	}
}

static bool
as_number(const struct pack *item, double *to)
{
	switch (item->kind) {
	case PACK_UNSIGNED:
		*to = (double)item->u;
		return true;
	case PACK_SIGNED:
		*to = (double)item->i;
		return true;
	case PACK_FLOAT:
		*to = (double)item->f;
		return isfinite(item->f);
	case PACK_DOUBLE:
		*to = item->d;
		return isfinite(item->d);
	default:
		return false;
	}
}

/* Are these n items numbers? Moves *at behind them. */
static bool
all_numbers(const uint8_t **at, const uint8_t *end, uint32_t n)
{
	struct pack item;
	double value;
	bool good = true;

	for (uint32_t i = 0; i < n; i++) {
		if (pack_read(at, end, &item) == -1)
			return false;
		good = as_number(&item, &value) && good;
	}
	return good;
}

static void
set_float(struct column *c, double value)
{
	c->value[0] = 0xca;
	put_be32(c->value + 1, float_bits((float)value));
	c->n = 5;
}

static void
set_milliseconds(struct column *c, double seconds)
{
	double ms = round(seconds * 1000);

	c->value[0] = 0xce;
	put_be32(c->value + 1, ms > 0 && ms < UINT32_MAX ? (uint32_t)ms : 0);
	c->n = 5;
}

/* Takes the value that stands at *at, and moves *at behind it. False if the record ends there. */
static bool
take_value(struct column *c, const uint8_t **at, const uint8_t *end)
{
	const uint8_t *begin = *at;
	struct pack item;
	double number;
	bool good;

	if (pack_read(at, end, &item) == -1)
		return false;
	if (item.kind == PACK_MAP) {
		*at = begin;
		return pack_skip(at, end) == 0;
	}
	if (item.kind == PACK_ARRAY)
		good = all_numbers(at, end, item.n) && c->layout->count > 1 && item.n == c->layout->count;
	else if (c->layout->type == LAYOUT_CHAR)
		good = item.kind == PACK_STRING;
	else
		good = c->layout->count == 1 && as_number(&item, &number);
	if (*at > end)
		return false;
	if (!good || (size_t)(*at - begin) > VALUE_MAX)
		return true;
	if (c->scale != 0 && item.kind != PACK_ARRAY && c->layout->type != LAYOUT_CHAR) {
		if (c->divide)
			set_float(c, number / c->scale);
		else if (number >= 0 && number <= UINT16_MAX - c->scale) {
			c->value[0] = 0xcd;
			put_be16(c->value + 1, (uint16_t)(number + c->scale));
			c->n = 3;
		}
		return true;
	}
	c->n = (uint8_t)(*at - begin);
	memcpy(c->value, begin, c->n);
	if (c->in_ms != -1 && item.kind != PACK_ARRAY)
		set_milliseconds(&self.columns[c->in_ms], number);
	return true;
}

bool
player_take(const struct head *h, const uint8_t *record, size_t n)
{
	const uint8_t *at = record, *end = record + n;
	struct pack map, key;
	int k, column;

	for (k = 0; k < KINDS && h->kind != self.kinds[k]; k++)
		continue;
	if (k == KINDS || h->car == HEAD_NONE || h->car != h->player_car_index)
		return false;
	if (!self.any || h->session_uid != self.head.session_uid || h->car != self.head.car)
		reset();
	if (h->packet_format != self.format)
		set_format(h->packet_format);
	self.any = true;
	self.head = *h;
	self.head.name = NULL;
	if (pack_read(&at, end, &map) == -1)
		return false;
	for (uint32_t i = 0; i < map.n; i++) {
		if (pack_read(&at, end, &key) == -1 || key.kind != PACK_STRING)
			return false;
		column = find_column((const char *)key.bytes, key.n);
		if (column == -1 ? pack_skip(&at, end) == -1 : !take_value(&self.columns[column], &at, end))
			return false;
	}
	return true;
}

static uint8_t *
put_text(uint8_t *to, const char *text)
{
	size_t n = strlen(text);

	*to++ = 0xd9;
	*to++ = (uint8_t)n;
	memcpy(to, text, n);
	return to + n;
}

static uint8_t *
put_number(uint8_t *to, const char *name, uint32_t value)
{
	to = put_text(to, name);
	*to++ = 0xce;
	put_be32(to, value);
	return to + 4;
}

static uint8_t *
put_time(uint8_t *to)
{
	char text[64];
	struct timespec now;
	struct tm tm;
	time_t second;
	long micro;

	if (self.head.received_at != HEAD_RECEIVED_NONE && self.head.received_at >= 0) {
		second = (time_t)(self.head.received_at / 1000000);
		micro = (long)(self.head.received_at % 1000000);
	} else {
		clock_gettime(CLOCK_REALTIME, &now);
		second = now.tv_sec;
		micro = now.tv_nsec / 1000;
	}
	if (gmtime_r(&second, &tm) == NULL || tm.tm_year > 9999 - 1900)
		return put_text(to, "1970-01-01T00:00:00.000000Z");
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + strlen(text), 16, ".%06ldZ", micro % 1000000);
	return put_text(to, text);
}

size_t
player_record(struct head *h, const uint8_t **record)
{
	uint8_t *to = self.record;

	*to++ = 0xde;
	put_be16(to, (uint16_t)(OWN + self.columns_n));
	to = put_text(put_text(to + 2, "packet"), "player");
	to = put_number(to, "packet_format", self.head.packet_format);
	to = put_text(to, "session_uid");
	*to++ = 0xcf;
	put_be64(to, self.head.session_uid);
	to = put_text(to + 8, "session_time");
	*to++ = 0xca;
	put_be32(to, float_bits(isfinite(self.head.session_time) ? self.head.session_time : 0));
	to = put_number(to + 4, "frame_identifier", self.head.frame_identifier);
	to = put_number(to, "player_car_index", (uint32_t)self.head.player_car_index);
	to = put_number(to, "car", (uint32_t)self.head.car);
	to = put_time(put_text(to, "time"));
	for (int i = 0; i < self.columns_n; i++) {
		const struct column *c = &self.columns[i];

		to = put_text(to, c->layout->name);
		memcpy(to, c->value, c->n);
		to += c->n;
	}
	*h = self.head;
	h->kind = NULL;
	h->key[0] = h->key[1] = HEAD_NONE;
	*record = self.record;
	return (size_t)(to - self.record);
}
