/* game: the course of a weekend, from the lobby to the last results
 * SPDX-License-Identifier: MIT
 */
#include <math.h>

#include "game.h"
#include "net.h"
#include "out.h"
#include "packets.h"
#include "prng.h"
#include "race.h"
#include "scene.h"
#include "truth.h"

enum { SNAPSHOTS = 64 /* one a second */, PRACTICE_LAPS = 3 };

static const double lobby_time = 2, cool_down = 4, results_every = 5, menu_time = 10;
static const double back = 12, back_further = 15, saved_before = 20, paused = 180;	/* s */

static const struct plan *plan;

static struct {
	uint32_t frame, overall, steps;	/* the game thinks at least 60 times a second, however many frames it sends */
	double step;			/* s of one of those */
	double zero;			/* session time of frame 0, after a reload that of the saved point */
	double start;			/* when that was, in seconds since the first datagram */
	uint64_t stream;		/* of random numbers that are not the race's */
	int over;			/* the session is classified */
} self;

/* the state of each second that may come back, the last ones in a ring */
static struct {
	struct race race;
	uint32_t frame;
} snapshots[SNAPSHOTS];
static int snapshots_n;

/* Waits until `time` (seconds since the first datagram); -1 if we are to stop. */
static int
next(double time)
{
	return time > plan->duration ? -1 : out_moment(time);
}

static void
keep(void)
{
	if (self.frame % (self.steps * (uint32_t)plan->rate) != 0 || race.kind != RACE)
		return;
	if (!scene_on(FLASHBACK) && !scene_on(CHAINED_FLASHBACKS) && !scene_on(SAVE_RELOAD))
		return;
	snapshots[snapshots_n % SNAPSHOTS].race = race;
	snapshots[snapshots_n++ % SNAPSHOTS].frame = self.frame;
}

/* The newest state that is so old; what comes then is driven otherwise, and no two cars drive the same way to the millimetre. */
static void
restore(double seconds)
{
	double to = race.time - seconds;
	int i = snapshots_n - 1;

	while (i > 0 && snapshots[i % SNAPSHOTS].race.time > to)
		i--;
	race = snapshots[i % SNAPSHOTS].race;
	self.frame = snapshots[i % SNAPSHOTS].frame;
	snapshots_n = i;
	prng_seed(prng_next(&self.stream));
	for (struct car *c = race.cars; c < race.cars + race.cars_n; c++) {
		c->form *= prng_between(0.985, 1);
		if (c->speed > 1)
			c->at += prng_between(0, 0.002);
	}
}

static void
flashback(double seconds)
{
	const struct moment pressed = *packets_moment();
	double then = race.time;
	uint32_t overall = self.overall;

	restore(seconds);
	self.overall = overall;
	self.start += then - race.time;
	packets_flashback(self.frame, race.time);
	truth_rewind(self.frame, &pressed);
	packets_rewind();
}

/* The session ends without a result, and one with another UID goes on from the saved point. */
static void
reload(void)
{
	double then = race.time;
	const struct moment left = *packets_moment();

	packets_leave();
	restore(saved_before);
	truth_rewind(self.frame, &left);
	truth_session(&left, 0);
	self.start += then - race.time + menu_time;
	self.zero = race.time;
	self.frame = self.overall = 0;
	snapshots_n = 0;
	race_event("SSTA");
	packets_session(prng_next(&self.stream), 0);
}

static void
scenes(void)
{
	if (scene_due(REJOIN))
		race.left_at = race.time;
	if (scene_due(RED_FLAG))
		race.red_at = race.time;
	if (scene_due(LATE_START))
		net.mute = 0;
	if (scene_due(PAUSE)) {
		net_end();
		self.start += paused;
	}
	if (scene_due(FLASHBACK))
		flashback(back);
	if (scene_due(CHAINED_FLASHBACKS))
		flashback(scene_second() ? back_further : back);
	if (scene_due(SAVE_RELOAD))
		reload();
}

/* One session with its results. 0, or -1 when we are to stop. */
static int
session(void)
{
	for (;;) {
		if (next(self.start + race.time) == -1)
			return -1;
		keep();
		packets_frame(self.frame, self.overall);
		truth_frame(packets_moment(), self.steps);
		if (race.over && race.time >= race.over_at + cool_down)
			break;
		for (uint32_t i = 0; i < self.steps; i++)
			race_step(self.step);
		self.frame += self.steps;
		self.overall += self.steps;
		race.time = self.zero + self.frame * self.step;	/* no sum of roundings */
		scenes();
	}
	packets_end();
	net_end();
	self.over = 1;
	for (int i = 1; i <= 3 && race.year >= 2024; i++) {
		if (next(self.start + race.time + i * results_every) == -1)
			return -1;
		packets_results(i * results_every);
	}
	return 0;
}

static int
weekend(void)
{
	static const enum kind kinds[] = { PRACTICE, QUALIFYING, RACE };
	uint32_t link;

	for (int i = scene_on(WEEKEND) ? 0 : 2; i < 3; i++) {
		if (scene_on(WEEKEND)) {
			race_next(kinds[i], kinds[i] == RACE ? plan->laps : PRACTICE_LAPS);
			if (kinds[i] == RACE)
				scene_cast();
			link = (uint32_t)prng_next(&self.stream);
			packets_session(i == 0 ? plan->uid : prng_next(&self.stream), link);
		}
		net.mute = scene_on(LATE_START) && race.kind == RACE;
		self.frame = self.overall = 0;
		self.zero = 0;
		self.over = 0;
		if (session() == -1)
			return -1;
		if (i == 2)
			break;
		truth_session(packets_moment(), 1);
		self.start += race.time + 3 * results_every + menu_time;
		if (scene_on(UID0))
			packets_menu(race.time);
	}
	return 0;
}

void
game_play(const struct plan *p)
{
	int ended;

	plan = p;
	self.steps = (uint32_t)((59 + plan->rate) / plan->rate);
	self.step = 1.0 / (plan->rate * (int)self.steps);
	self.stream = plan->seed ^ 0xf1;
	if (scene_on(UID0))
		packets_menu(253.48);
	if (wire_has(LOBBY_INFO))
		for (; self.start < lobby_time; self.start += 0.5) {
			if (next(self.start) == -1)
				return;
			packets_lobby();
		}
	ended = weekend() == 0;
	truth_session(packets_moment(), self.over);
	if (ended && scene_on(UID0)) {
		packets_menu(race.time);
		packets_lobby();
	}
}
