/* selector: which records
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "selector.h"

enum { RATE_MAX = 1000 };	/* Hz */

/* Is the text a decimal number from 0 to max? */
static bool
parse_index(const char *text, size_t n, int max, int *to)
{
	int number = 0;

	if (n == 0 || n > 3)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = 10 * number + text[i] - '0';
	}
	*to = number;
	return number <= max;
}

static const char *
parse_name(struct selector *s, const char *text, size_t n)
{
	if (n == 1 && text[0] == '*')
		return NULL;
	if (n > 0 && text[0] >= '0' && text[0] <= '9')
		return parse_index(text, n, LAYOUT_IDS - 1, &s->packet_id) ? NULL : "no packet of this id";
	s->kind = layout_record(text, n);
	return s->kind ? NULL : "no record of this name";
}

static bool
has_car(const struct layout_record *kind)
{
	for (int i = 0; i < kind->keys_n; i++)
		if (strcmp(kind->keys[i], "car") == 0)
			return true;
	return false;
}

static const char *
parse_car(struct selector *s, const char *text, size_t n)
{
	if (n == 6 && memcmp(text, "player", 6) == 0)
		s->car = SELECTOR_PLAYER;
	else if (!parse_index(text, n, LAYOUT_CARS_MAX - 1, &s->car))
		return "CAR is an index from 0 to 23 or player, and a rate ends with hz";
	return s->kind == NULL || has_car(s->kind) ? NULL : "records of this name have no car";
}

static bool
is_rate(const char *text, size_t n)
{
	return n >= 2 && strncasecmp(text + n - 2, "hz", 2) == 0;
}

/* a decimal number without an exponent, a sign or a blank, which strtod would take */
static const char *
parse_rate(struct selector *s, const char *text, size_t n)
{
	char number[16], *end;

	n -= 2;
	if (n == 0 || n >= sizeof number || strspn(text, "0123456789.") != n)
		return "RATE is a number";
	memcpy(number, text, n);
	number[n] = '\0';
	s->rate = strtod(number, &end);
	if (*end != '\0')
		return "RATE is a number";
	return s->rate >= 0.001 && s->rate <= RATE_MAX ? NULL : "RATE is from 0.001 to 1000";
}

const char *
selector_parse(struct selector *s, const char *text, size_t n)
{
	const char *why, *slash, *part = text, *end = text + n;
	size_t part_n;

	*s = (struct selector){ NULL, SELECTOR_ANY, SELECTOR_ANY, 0 };
	for (int i = 0; i < 3; i++) {
		slash = memchr(part, '/', (size_t)(end - part));
		part_n = (size_t)((slash ? slash : end) - part);
		if (i == 0)
			why = parse_name(s, part, part_n);
		else if (is_rate(part, part_n))
			why = parse_rate(s, part, part_n);
		else
			why = i == 1 ? parse_car(s, part, part_n) : "a rate ends with hz";
		if (why || slash == NULL)
			return why;
		if (s->rate > 0)
			break;
		part = slash + 1;
	}
	return "nothing comes behind NAME/CAR/RATEhz";
}

bool
selector_match(const struct selector *s, const struct head *h)
{
	if (s->kind ? h->kind != s->kind : s->packet_id != SELECTOR_ANY && (unsigned)s->packet_id != h->packet_id)
		return false;
	switch (s->car) {
	case SELECTOR_ANY:
		return true;
	case SELECTOR_PLAYER:
		return h->car != HEAD_NONE && h->car == h->player_car_index;
	default:
		return h->car == s->car;
	}
}

/* the slot whose frame passed last */
struct slot {
	int32_t number;		/* session time * rate */
	uint32_t frame;
	bool set;
};

enum { NO_CAR = LAYOUT_CARS_MAX, CARS };	/* places of the cars, and one for what has none */

struct session {
	uint64_t uid;
	int player;
	uint64_t used;		/* when: count of records */
	struct slot *slots;	/* of CARS for each kind of record; NULL: the place is free */
};

struct thin {
	double rate;
	uint64_t clock;
	struct session *last;	/* the session of the record before */
	struct session sessions[THIN_SESSIONS];
};

struct thin *
thin_new(double rate)
{
	struct thin *t = calloc(1, sizeof *t);

	if (t) {
		t->rate = rate;
		t->last = t->sessions;
	}
	return t;
}

void
thin_free(struct thin *t)
{
	if (t == NULL)
		return;
	for (int i = 0; i < THIN_SESSIONS; i++)
		free(t->sessions[i].slots);
	free(t);
}

/* The session of the record, in place of the one not seen for longest if it is new. */
static struct session *
find_session(struct thin *t, const struct head *h)
{
	const size_t size = (layout_records_n + 1) * CARS * sizeof(struct slot);
	struct session *s = t->last, *oldest = t->sessions;

	if (s->slots && s->uid == h->session_uid && s->player == h->player_car_index)
		return s;
	for (s = t->sessions; s < t->sessions + THIN_SESSIONS; s++) {
		if (s->slots && s->uid == h->session_uid && s->player == h->player_car_index)
			return s;
		if (s->used < oldest->used)
			oldest = s;
	}
	s = oldest;
	if (s->slots)
		memset(s->slots, 0, size);
	else if ((s->slots = calloc(1, size)) == NULL)
		return NULL;
	s->uid = h->session_uid;
	s->player = h->player_car_index;
	return s;
}

bool
thin_pass(struct thin *t, const struct head *h)
{
	double number = floor((double)h->session_time * t->rate);
	size_t kind = h->kind ? (size_t)(h->kind - layout_records) : layout_records_n;
	struct session *s = find_session(t, h);
	struct slot *slot;
	double ahead;

	if (s == NULL || !(fabs(number) < INT32_MAX))
		return true;
	t->last = s;
	s->used = ++t->clock;
	slot = &s->slots[kind * CARS + (size_t)(h->car >= 0 && h->car < NO_CAR ? h->car : NO_CAR)];
	ahead = number - slot->number;
	if (slot->set && slot->frame == h->frame_identifier && ahead == 0)
		return true;
	/* a slot that is over may come again by a datagram that was late, not by a flashback */
	if (slot->set && ahead <= 0 && ahead >= -fmax(t->rate, 1))
		return false;
	*slot = (struct slot){ (int32_t)number, h->frame_identifier, true };
	return true;
}
