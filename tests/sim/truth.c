/* truth: what really happened, as JSON for the tests of those who have only the datagrams; see README
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "names.h"
#include "net.h"
#include "packets.h"
#include "race.h"
#include "scene.h"
#include "truth.h"

/* a stretch of frames that followed one another */
struct stretch_sent {
	uint32_t from, to, overall_from, overall_to;
	double time_from, time_to;
	int kept;
};

struct happened {
	char code[5];
	uint32_t frame, overall;
	double time;
	int car;		/* -1 none */
};

struct rewound {
	uint32_t frame, overall, to_frame;
	double time, to_time;
};

enum { MAX_STRETCHES = 64, MAX_REWOUND = 16 };

static struct {
	FILE *file;
	const char *name;
	int sessions;
	uint32_t steps;
	struct stretch_sent stretches[MAX_STRETCHES];
	int stretches_n, open;
	struct rewound rewound[MAX_REWOUND];
	int rewound_n;
	struct happened *events;
	size_t events_n, events_size;
} self;

static const char *const tyre_names[] = { "Soft", "Medium", "Hard", "Inter", "Wet" };

static void
text(const char *s)
{
	putc('"', self.file);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			putc('\\', self.file);
		putc(*s, self.file);
	}
	putc('"', self.file);
}

void
truth_open(const char *file, uint64_t seed)
{
	const char *comma = "";

	if (!(self.file = fopen(file, "w")))
		err(EX_IOERR, "%s", file);
	self.name = file;
	fprintf(self.file, "{\"year\":%u,\"seed\":%" PRIu64 ",\"scenes\":[", race.year, seed);
	for (int i = 0; i < SCENES; i++)
		if (scene_on(i)) {
			fprintf(self.file, "%s\"%s\"", comma, scene_texts[i].name);
			comma = ",";
		}
	fputs("],\"sessions\":[", self.file);
}

void
truth_frame(const struct moment *m, uint32_t steps)
{
	struct stretch_sent *s;

	if (!self.file || net.mute)
		return;
	self.steps = steps;
	if (!self.open) {
		if (self.stretches_n == MAX_STRETCHES)
			errx(EX_SOFTWARE, "too many flashbacks");
		self.stretches[self.stretches_n++] = (struct stretch_sent){ .from = m->frame, .kept = 1,
		    .overall_from = m->overall_frame, .time_from = m->session_time };
		self.open = 1;
	}
	s = &self.stretches[self.stretches_n - 1];
	s->to = m->frame;
	s->overall_to = m->overall_frame;
	s->time_to = m->session_time;
}

/* The car an event is about. */
static int
car_of(const char *code, const struct event_fields *f)
{
	static const char *const some[] = { "FTLP", "RTMT", "TMPT", "RCWN", "PENA", "SPTP" };

	for (size_t i = 0; f && i < sizeof some / sizeof some[0]; i++)
		if (strcmp(some[i], code) == 0)
			return (int)f->vehicle_idx;
	return f && strcmp(code, "OVTK") == 0 ? (int)f->overtaking_vehicle_idx : -1;
}

void
truth_event(const char *code, const struct event_fields *f, const struct moment *m)
{
	struct happened *e;

	if (!self.file || net.mute || m->session_uid == 0 || strcmp(code, "FLBK") == 0)
		return;
	if (self.events_n == self.events_size) {
		self.events_size = 2 * self.events_size + 256;
		if (!(self.events = realloc(self.events, self.events_size * sizeof *self.events)))
			err(EX_OSERR, "truth");
	}
	e = &self.events[self.events_n++];
	*e = (struct happened){ .frame = m->frame, .overall = m->overall_frame, .time = m->session_time };
	e->car = car_of(code, f);
	memcpy(e->code, code, 4);
}

void
truth_rewind(uint32_t frame, const struct moment *from)
{
	size_t kept = 0;

	if (!self.file)
		return;
	if (self.rewound_n < MAX_REWOUND)
		self.rewound[self.rewound_n++] = (struct rewound){ .frame = from->frame, .overall = from->overall_frame,
		    .time = from->session_time, .to_frame = frame, .to_time = race.time };
	for (int i = self.stretches_n - 1; i >= 0; i--) {
		struct stretch_sent *s = &self.stretches[i], *rest;

		if (!s->kept || s->to < frame)
			continue;
		if (s->from >= frame) {
			s->kept = 0;
			continue;
		}
		if (self.stretches_n == MAX_STRETCHES)
			errx(EX_SOFTWARE, "too many flashbacks");
		rest = s + 1;
		memmove(rest + 1, rest, (size_t)(self.stretches_n++ - i - 1) * sizeof *rest);
		*rest = *s;
		rest->kept = 0;
		rest->from = frame;
		rest->overall_from += frame - s->from;
		rest->time_from = race.time;
		s->to = frame - self.steps;
		s->overall_to = rest->overall_from - self.steps;
		s->time_to = s->time_from + (rest->time_from - s->time_from) / (frame - s->from) * (s->to - s->from);
	}
	self.open = 0;
	for (size_t i = 0; i < self.events_n; i++)
		if (self.events[i].frame < frame)
			self.events[kept++] = self.events[i];
	self.events_n = kept;
}

static void
timeline(void)
{
	fputs("\"timeline\":[", self.file);
	for (int i = 0; i < self.stretches_n; i++) {
		const struct stretch_sent *s = &self.stretches[i];

		fprintf(self.file, "%s\n{\"kept\":%s,\"overall_frames\":[%" PRIu32 ",%" PRIu32 "],", i ? "," : "",
		    s->kept ? "true" : "false", s->overall_from, s->overall_to);
		fprintf(self.file, "\"frames\":[%" PRIu32 ",%" PRIu32 "],\"times\":[%.4f,%.4f]}", s->from, s->to,
		    s->time_from, s->time_to);
	}
	fputs("],\"flashbacks\":[", self.file);
	for (int i = 0; i < self.rewound_n; i++) {
		const struct rewound *r = &self.rewound[i];

		fprintf(self.file, "%s\n{\"frame\":%" PRIu32 ",\"overall_frame\":%" PRIu32 ",\"time\":%.4f,",
		    i ? "," : "", r->frame, r->overall, r->time);
		fprintf(self.file, "\"to_frame\":%" PRIu32 ",\"to_time\":%.4f}", r->to_frame, r->to_time);
	}
	fputs("]", self.file);
}

static void
laps(const struct car *c)
{
	int stint = 0;

	for (int i = 1; i <= c->laps_done; i++) {
		const struct lap *l = &c->laps[i];
		int pit;

		while (stint < c->stints_n - 1 && c->stints[stint].end_lap < i)
			stint++;
		pit = stint < c->stints_n - 1 && c->stints[stint].end_lap == i;
		fprintf(self.file, "%s{\"lap\":%d,\"time_in_ms\":%d,\"sectors_in_ms\":[%d,%d,%d],", i > 1 ? ",\n" : "",
		    i, l->time, l->sector[0], l->sector[1], l->sector[2]);
		fprintf(self.file, "\"valid\":%d,\"tyre\":\"%s\",\"pit\":%s}", l->valid,
		    tyre_names[c->stints[stint].compound], pit ? "true" : "false");
	}
}

static int
result_status(const struct car *c)
{
	static const char *const names[] = { "Active", "Finished", "Retired" };

	return names_value(race.year, "result_status", names[c->running], 0);
}

static void
classification(void)
{
	for (int i = 0; i < race.cars_n; i++) {
		const struct car *c = &race.cars[race.order[i]];

		double time = race.kind == RACE && c->running == FINISHED ? (double)c->finish_time / 1000 : 0;

		fprintf(self.file, "%s\n{\"position\":%d,\"car\":%d,\"grid_position\":%d,\"num_laps\":%d,", i ? "," : "",
		    i + 1, race.order[i], race.kind == RACE ? c->grid : 0, c->laps_done);
		fprintf(self.file, "\"result_status\":%d,\"num_pit_stops\":%d,\"best_lap_time_in_ms\":%d,",
		    result_status(c), c->stops, c->best_lap ? c->laps[c->best_lap].time : 0);
		fprintf(self.file, "\"total_race_time\":%.3f,\"penalties_time\":%d}", time, c->penalty);
	}
}

static void
datagrams(const char *name, const struct net_count *counts)
{
	const char *comma = "";

	fprintf(self.file, "\"%s\":{", name);
	for (unsigned id = 0; id < LAYOUT_IDS; id++) {
		const struct layout_packet *p = layout_find(race.year, id);

		if (!p || counts[id].made == 0)
			continue;
		fprintf(self.file, "%s\n\"%s\":{\"made\":%llu,\"lost\":%llu,", comma, p->name, counts[id].made,
		    counts[id].lost);
		fprintf(self.file, "\"duplicated\":%llu,\"reordered\":%llu}", counts[id].duplicated,
		    counts[id].reordered);
		comma = ",";
	}
	fputs("}", self.file);
}

void
truth_session(const struct moment *m, int over)
{
	if (!self.file)
		return;
	fprintf(self.file, "%s\n{\"uid\":\"%016" PRIx64 "\",\"type\":%d,", self.sessions++ ? "," : "", m->session_uid,
	    packets_session_type());
	fprintf(self.file, "\"track\":%d,\"player\":%d,\"laps\":%d,", names_value(race.year, "track", "Catalunya", 4),
	    m->player, race.laps);
	timeline();
	fputs(",\"cars\":[", self.file);
	for (int i = 0; i < race.cars_n; i++) {
		const struct car *c = &race.cars[i];

		fprintf(self.file, "%s\n{\"car\":%d,\"name\":", i ? "," : "", i);
		text(packets_name(c));
		fprintf(self.file, ",\"race_number\":%d,\"hides_setup\":%s,\"restricted\":%s,\"laps\":[", c->who.race_number,
		    packets_hides_setup(c) ? "true" : "false", c->restricted ? "true" : "false");
		laps(c);
		fputs("]}", self.file);
	}
	fputs("],\"classification\":", self.file);
	if (over) {
		putc('[', self.file);
		classification();
		putc(']', self.file);
	} else
		fputs("null", self.file);
	fputs(",\"events\":[", self.file);
	for (size_t i = 0; i < self.events_n; i++) {
		const struct happened *e = &self.events[i];

		fprintf(self.file, "%s\n{\"code\":\"%s\",\"frame\":%" PRIu32 ",\"overall_frame\":%" PRIu32,
		    i ? "," : "", e->code, e->frame, e->overall);
		fprintf(self.file, ",\"time\":%.4f", e->time);
		if (e->car >= 0)
			fprintf(self.file, ",\"car\":%d", e->car);
		putc('}', self.file);
	}
	fputs("],", self.file);
	datagrams("datagrams", net.session);
	putc('}', self.file);
	memset(net.session, 0, sizeof net.session);
	self.stretches_n = self.rewound_n = self.open = 0;
	self.events_n = 0;
}

void
truth_close(void)
{
	if (!self.file)
		return;
	fputs("],\n", self.file);
	datagrams("outside", net.outside);
	fputs("}\n", self.file);
	if (ferror(self.file) | fclose(self.file))
		err(EX_IOERR, "%s", self.name);
}
