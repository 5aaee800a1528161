/* race: the lights, laps and sectors, positions, overtaking, pit stops, penalties, the flag
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prng.h"
#include "race.h"
#include "track.h"

#define PIT_SPEED (79.5 / 3.6)

struct race race;

enum { SAFETY_CAR = 10, RED_FLAG = 40, GONE = 20, REPLACED = 40 };	/* s */

struct event_fields *
race_event(const char *code)
{
	static struct event_fields lost;
	struct event *e;

	if (race.events_n == RACE_EVENTS_MAX)
		return &lost;
	e = &race.events[race.events_n++];
	memset(e, 0, sizeof *e);
	memcpy(e->code, code, 4);
	return &e->fields;
}

static void
penalty(int kind, int what, int car, int time, int lap)
{
	struct event_fields *e = race_event("PENA");

	e->penalty_type = kind;
	e->infringement_type = what;
	e->vehicle_idx = car;
	e->other_vehicle_idx = 255;
	e->time = time;
	e->lap_num = lap;
	e->places_gained = 255;
}

/* Stops spread over the race, some laps apart; a race of one or two laps has none. */
static void
plan(struct car *c)
{
	c->stops_planned = race.laps < 3 || race.kind != RACE ? 0 : race.laps < 12 ? 1 : race.laps < 60 ? 1 + prng_below(2) : 2;
	for (int i = 0; i < c->stops_planned; i++) {
		double share = (i + 1.0) / (c->stops_planned + 1), spread = 0.16 / c->stops_planned;
		int lap = (int)nearbyint(race.laps * (share + prng_between(-spread, spread)));

		c->stop_laps[i] = lap < 1 ? 1 : lap > race.laps - 1 ? race.laps - 1 : lap;
	}
}

/* 13 dry and 7 wet sets, as the game hands them out */
static void
tyres(struct car *c)
{
	for (int i = 0; i < RACE_SETS; i++) {
		c->sets[i].compound = i < 7 ? SOFT : i < 10 ? MEDIUM : i < 13 ? HARD : i < 17 ? INTER : WET;
		c->sets[i].wear = i < 3 ? 4 + 2 * i : 0;	/* used in qualifying */
	}
	car_tyres(c, race.laps > 12 ? 7 + prng_below(2) : 3 + 4 * prng_below(2));
	c->stints[0].compound = c->sets[c->set].compound;
	c->stints_n = 1;
}

/* Everyone in place, in race.order */
static void
line_up(void)
{
	int cars = race.cars_n, laps = race.laps;

	for (int i = 0; i < cars; i++) {
		struct car *c = &race.cars[race.order[i]];

		c->grid = c->position = c->old_position = i + 1;
		c->at = -12 - 8.0 * i;
		c->beside = c->beside_to = i % 2 ? 4 : -4;
		c->lap = 1;
		c->in_race = 1;
		c->fuel_lap = 1.55 * track.length / 5200;
		c->thirst = fmin(1, 100 / (c->fuel_lap * (laps + 1.2)));
		c->fuel_lap *= c->thirst;
		c->fuel_start = c->fuel = c->fuel_lap * (laps + 1.2) * prng_between(0.97, 1.05);
		c->box = track.pit_in + 0.012 * track.length + race.order[i] * 6.4 * track.length / 5200;
		c->fails_at = INFINITY;
		race.positions[1][race.order[i]] = (uint8_t)c->grid;
		car_init(c);
		tyres(c);
		plan(c);
	}
	/* who will not see the flag: neither the player nor the favourite */
	for (int n = 0; n < (race.kind != RACE ? 0 : cars >= 8 ? 2 : cars >= 3 ? 1 : 0); n++) {
		int i = race.order[1 + prng_below(cars - 1)];

		while (i == race.player || race.cars[i].fails_at < INFINITY)
			i = race.order[1 + prng_below(cars - 1)];
		race.cars[i].fails_at = track.length * (laps * prng_between(0.3, 0.8) + 0.3 * prng_unit());
		race.cars[i].terminal = n;
	}
	race.offender = race.order[prng_below(cars)];
	race_event("SSTA");
}

int
race_init(unsigned year, int cars, int laps)
{
	struct driver grid[LAYOUT_CARS_MAX];
	double skill[LAYOUT_CARS_MAX];
	size_t checks = (size_t)(((laps < 3 ? 3 : laps) + 2) * track.length / TRACK_STEP) + 2;
	int place[LAYOUT_CARS_MAX];

	race.year = year;
	race.cars_n = cars;
	race.laps = laps;
	race.player = prng_below(cars);
	race.lights_out = RACE_GRID_TIME + prng_unit();
	race.yellow_zone = -1;
	race.weather = prng_below(3);
	race.air_temperature = 20 + prng_below(10);
	race.track_temperature = race.air_temperature + 6 + prng_below(8);
	race.fastest_car = race.trap_car = race.leaver = -1;
	race.left_at = race.red_at = INFINITY;
	names_grid(year, grid, cars);
	for (int i = 0; i < cars; i++)
		place[i] = i;
	for (int i = cars - 1; i > 0; i--) {	/* an index says nothing of the team */
		int j = prng_below(i + 1), t = place[i];

		place[i] = place[j];
		place[j] = t;
	}
	for (int i = 0; i < cars; i++) {
		struct car *c = &race.cars[i];

		c->who = grid[place[i]];
		c->human = i == race.player;
		c->skill = 1 - 0.0018 * c->who.team - prng_between(0, 0.006);
		skill[i] = c->skill + prng_between(-0.004, 0.004);
		if (!(c->passed = malloc(checks * sizeof *c->passed)))
			return -1;
		race.order[i] = i;
	}
	/* qualifying */
	for (int i = 1; i < cars; i++)
		for (int j = i; j > 0 && skill[race.order[j]] > skill[race.order[j - 1]]; j--) {
			int t = race.order[j];

			race.order[j] = race.order[j - 1];
			race.order[j - 1] = t;
		}
	line_up();
	return 0;
}

void
race_next(enum kind kind, int laps)
{
	static struct race last;

	last = race;
	race = (struct race){ .year = last.year, .cars_n = last.cars_n, .player = last.player, .laps = laps, .kind = kind,
	    .weather = last.weather, .air_temperature = last.air_temperature, .track_temperature = last.track_temperature,
	    .yellow_zone = -1, .fastest_car = -1, .trap_car = -1, .leaver = -1, .left_at = INFINITY, .red_at = INFINITY };
	race.lights_out = (kind == RACE ? RACE_GRID_TIME : 3) + prng_unit();
	race.drs_enabled = kind != RACE && race.year < 2026;
	for (int i = 0; i < race.cars_n; i++) {
		const struct car *l = &last.cars[i];

		race.order[i] = last.order[i];
		race.cars[i] = (struct car){ .who = l->who, .human = l->human, .guest = l->guest, .restricted = l->restricted,
		    .skill = l->skill, .passed = l->passed };
	}
	line_up();
}

int
race_gone(int car)
{
	double since = race.time - race.left_at;

	return car != race.leaver || since < 0 || since >= GONE + REPLACED ? 0 : since < GONE ? 1 : 2;
}

int
race_active(void)
{
	int n = 0;

	for (int i = 0; i < race.cars_n; i++)
		n += race.cars[i].running != RETIRED && race_gone(i) != 1;
	return n;
}

/* Is a before b? */
static int
before(const struct car *a, const struct car *b)
{
	double at, bt;

	if (race.kind != RACE) {	/* the best lap counts */
		at = a->best_lap ? a->laps[a->best_lap].time : INFINITY;
		bt = b->best_lap ? b->laps[b->best_lap].time : INFINITY;
		return at < bt || (at == bt && a->grid < b->grid);
	}
	if ((a->running == RETIRED) != (b->running == RETIRED))
		return b->running == RETIRED;
	if (a->running == FINISHED && b->running == FINISHED) {
		if (a->laps_done != b->laps_done)
			return a->laps_done > b->laps_done;
		return a->finish_time + 1000 * a->penalty < b->finish_time + 1000 * b->penalty;
	}
	at = a->running == FINISHED ? a->laps_done * track.length : a->at;
	bt = b->running == FINISHED ? b->laps_done * track.length : b->at;
	if (at == bt)
		return a->grid < b->grid;
	return at > bt;
}

void
race_order(void)
{
	for (int i = 1; i < race.cars_n; i++)
		for (int j = i; j > 0 && before(&race.cars[race.order[j]], &race.cars[race.order[j - 1]]); j--) {
			int a = race.order[j], b = race.order[j - 1];

			race.order[j] = b;
			race.order[j - 1] = a;
			if (race.kind == RACE && race.cars[a].running == RUNNING && race.cars[b].running == RUNNING &&
			    race.cars[a].pits == ON_TRACK && race.cars[b].pits == ON_TRACK) {
				struct event_fields *e = race_event("OVTK");

				e->overtaking_vehicle_idx = a;
				e->being_overtaken_vehicle_idx = b;
			}
		}
	for (int i = 0; i < race.cars_n; i++)
		race.cars[race.order[i]].position = i + 1;
}

static void
finish(struct car *c, int car)
{
	c->running = FINISHED;
	c->finish_time = c->lap_began - (int64_t)llrint(race.lights_out * 1000);
	c->stints[c->stints_n - 1].end_lap = c->laps_done;
	if (!race.flag_shown) {
		race.flag_shown = 1;
		race_event("CHQF");
		if (race.kind == RACE)
			race_event("RCWN")->vehicle_idx = car;
	}
}

/* A new lap: another mood, worn tyres, less fuel; and whatever the stewards saw on the last one. */
static void
begin_lap(struct car *c, int car)
{
	double wear = (c->wear[RL] + c->wear[RR] + c->wear[FL] + c->wear[FR]) / 4;

	c->form = 1 + prng_between(-0.003, 0.003) - 0.00035 * wear - 0.00012 * c->fuel;
	c->harvested_k = c->harvested_h = c->deployed = 0;
	c->age++;
	c->laps[c->lap].valid = 15;
	c->pit_this_lap = c->stops < c->stops_planned && c->lap >= c->stop_laps[c->stops] && c->lap < race.laps;
	if (c->running != RUNNING)
		return;
	if (race.kind == RACE && car == race.offender && c->lap == 1 + race.laps / 2 && c->penalty == 0) {
		c->penalty += 5;
		c->penalties_n++;
		penalty(4, 7, car, 5, c->lap);
	} else if (prng_unit() < 0.05) {
		c->warnings++;
		c->laps[c->lap].valid = 12;
		penalty(10, 25, car, 255, c->lap);
	}
}

static void
end_lap(struct car *c, int car, int64_t now)
{
	struct lap *l = &c->laps[c->lap];

	l->time = (int)(now - c->lap_began);
	c->lap_began = now;
	c->laps_done = c->lap;
	if (l->valid & 1) {
		if (c->best_lap == 0 || l->time < c->laps[c->best_lap].time)
			c->best_lap = c->lap;
		if (race.fastest_car < 0 || l->time < race.fastest_lap) {
			struct event_fields *e = race_event("FTLP");

			race.fastest_lap = l->time;
			race.fastest_car = car;
			e->vehicle_idx = car;
			e->lap_time = l->time / 1000.0;
		}
	}
	if (race.flag_shown || c->lap == race.laps)
		finish(c, car);
	if (++c->lap > race.leader_lap)
		race.leader_lap = c->lap;
	if (!race.drs_enabled && race.year < 2026 && race.leader_lap >= (race.laps < 4 ? 2 : 3)) {
		race.drs_enabled = 1;
		race_event("DRSE");
	}
	begin_lap(c, car);
}

/* What the car passed between `from` and where it is now, since `began` seconds of session. */
static void
passes(struct car *c, int car, double from, double began, double dt)
{
	double moved = c->at - from, lap_start = (c->lap - 1) * track.length;

	if (moved <= 0)
		return;
	for (; c->at >= c->passed_n * (double)TRACK_STEP && c->running == RUNNING; c->passed_n++)
		c->passed[c->passed_n] = began + dt * (c->passed_n * (double)TRACK_STEP - from) / moved;
	for (;;) {
		double mark = lap_start + (c->sector < 2 ? track.sector[c->sector] : track.length);
		int64_t now;

		if (c->at < mark)
			break;
		now = (int64_t)llrint((began + dt * (mark - from) / moved) * 1000);
		if (c->running == RUNNING) {
			struct lap *l = &c->laps[c->lap];
			int s = c->sector, best = c->best_sector[s];

			l->sector[s] = (int)(now - c->sector_began);
			c->sector_began = now;
			if (best == 0 || l->sector[s] < c->laps[best].sector[s])
				c->best_sector[s] = c->lap;
		}
		if (++c->sector < 3)
			continue;
		c->sector = 0;
		if (c->running == RUNNING) {
			end_lap(c, car, now);
			/* the game goes on to count the lap behind the flag, but not its time */
			if (c->running == FINISHED)
				c->frozen = (int)llrint((began + dt) * 1000 - (double)now);
		}
		lap_start += track.length;
	}
	if (c->running == RUNNING && c->pits == ON_TRACK) {
		double trap = floor(c->at / track.length) * track.length + track.trap;

		if (from < trap && c->at >= trap && c->speed * 3.6 > c->trap_speed) {
			struct event_fields *e = race_event("SPTP");

			c->trap_speed = c->speed * 3.6;
			c->trap_lap = c->lap;
			e->vehicle_idx = car;
			e->speed = c->trap_speed;
			e->is_driver_fastest_in_session = 1;
			if (c->trap_speed > race.trap_speed) {
				e->is_overall_fastest_in_session = 1;
				race.trap_speed = c->trap_speed;
				race.trap_car = car;
			}
			e->fastest_vehicle_idx_in_session = race.trap_car;
			e->fastest_speed_in_session = race.trap_speed;
		}
	}
}

static void
retire(struct car *c, int car)
{
	c->running = RETIRED;
	c->frozen = (int)((int64_t)llrint(race.time * 1000) - c->lap_began);
	c->beside_to = 9;
	c->wing_open = c->overtaking = 0;
	c->stints[c->stints_n - 1].end_lap = c->laps_done;
	if (c->terminal) {
		struct event_fields *e = race_event("COLL");

		c->wing_damage = 65;
		e->vehicle1_idx = car;
		e->vehicle2_idx = race.order[c->position < race.cars_n ? c->position : c->position - 2];
		e->severity = 2;
	}
	race_event("RTMT")->vehicle_idx = car;
	race.events[race.events_n - 1].fields.reason = c->terminal ? 3 : 8;
	/* "retired", for a mechanical failure or terminal damage: numbered anew in 2022 */
	penalty(16, (race.year < 2022 ? 40 : 41) + c->terminal, car, 255, c->lap);
	race.yellow_zone = (int)(track_lap_distance(c->at) / track.length * TRACK_MARSHAL_ZONES);
	race.yellow_until = race.time + 20;
}

/* Into the pits, to the box, and out: the speed that it may go. */
static double
pit_limit(struct car *c, int car, double d, double dt)
{
	double limit = INFINITY;

	if (c->pits == ON_TRACK) {
		if (!c->pit_this_lap)
			return limit;
		if (d > track.pit_in - 110 && d < track.pit_in)
			c->beside_to = 14;
		if (d > track.length / 2 && d < track.pit_in)
			return sqrt(PIT_SPEED * PIT_SPEED + 2 * 15 * fmax(track.pit_in - 8 - d, 0));
		if (d >= track.pit_in) {
			int mate;

			c->pits = PIT_LANE;
			c->pit_this_lap = c->served = 0;
			c->lane_time = c->stop_time = 0;
			c->wing_open = c->overtaking = 0;
			c->zone = -1;
			for (mate = 0; mate < race.cars_n; mate++)
				if (mate != race.player && race.cars[mate].who.team == race.cars[race.player].who.team)
					break;
			if (car == mate)
				race_event("TMPT")->vehicle_idx = car;
		}
	}
	if (c->pits == PIT_LANE) {
		c->lane_time += dt;
		limit = PIT_SPEED;
		if (!c->served && d > track.pit_in) {
			double left = c->box - d;

			limit = left < 0.5 ? 0 : fmin(limit, sqrt(2 * 5 * left));
			if (left < 0.6 && c->speed < 0.05) {
				c->pits = PIT_BOX;
				c->stop_left = prng_between(2.1, 3.6);
			}
		}
		if (d >= track.pit_out && d < track.length / 2) {
			c->pits = ON_TRACK;
			c->beside_to = prng_between(-1.2, 1.2);
		}
	} else if (c->pits == PIT_BOX) {
		c->lane_time += dt;
		c->stop_time += dt;
		limit = 0;
		if ((c->stop_left -= dt) <= 0) {
			int set = c->sets[c->set].compound == HARD || race.laps - c->lap < 8 ? 7 : 10;

			while (c->sets[set].wear > 0)
				set++;
			c->stints[c->stints_n - 1].end_lap = c->lap;
			car_tyres(c, set);
			c->age = -1;	/* the line is still ahead */
			c->stints[c->stints_n++].compound = c->sets[set].compound;
			c->stops++;
			c->served = 1;
			c->pits = PIT_LANE;
		}
	}
	return limit;
}

/* The car ahead on the road: follow it, or go past. */
static double
traffic(struct car *c, int car, const double d[])
{
	const struct car *ahead = NULL;
	double gap = 80, limit = INFINITY, bend;
	struct place p;
	int other = -1;

	if (c->pits != ON_TRACK || c->running == RETIRED)
		return limit;
	for (int i = 0; i < race.cars_n; i++) {
		double g = d[i] - d[car];

		if (i == car || race.cars[i].pits != ON_TRACK || !race.cars[i].in_race)
			continue;
		if (race.cars[i].running == RETIRED && race.cars[i].beside > 6)
			continue;
		if (g < 0)
			g += track.length;
		if (g > 0 && g < gap) {
			gap = g;
			ahead = &race.cars[i];
			other = i;
		}
	}
	if (!ahead || gap > 50) {
		if (c->passing >= 0) {
			c->passing = -1;
			c->beside_to = (c->beside > 0 ? 1 : -1) * 0.7;
		}
		return limit;
	}
	track_place(c->at, &p);
	bend = fabs(p.curvature);
	if (c->passing != other) {
		int faster = c->skill * c->form > ahead->skill * ahead->form + 0.0004 || c->wing_open > ahead->wing_open ||
		    c->overtaking || ahead->speed < c->speed - 12 || ahead->at < c->at - track.length / 2;

		c->passing = -1;
		if (faster && bend < 0.003 && c->speed > 40 && gap < 35 && race.time > race.lights_out + 12 && c->running == RUNNING) {
			c->passing = other;
			c->beside_to = ahead->beside > 0 ? ahead->beside - 3.2 : ahead->beside + 3.2;
		}
	}
	if (c->passing == other && bend > 0.01 && gap > 14) {
		c->passing = -1;	/* too late for this corner */
		c->beside_to = ahead->beside;
	}
	if (fabs(c->beside - ahead->beside) < 2 || (c->passing < 0 && race.time > race.lights_out + 8))
		limit = fmax(ahead->speed + (gap - 6 - 0.1 * c->speed) * 0.8, 4);
	return limit;
}

/* DRS is for who is within a second at the detection point; the 2026 rules give that one the overtake mode instead,
 * and the straight mode to everybody. */
static void
wing(struct car *c, int car, double from, const double d[])
{
	double here = track_lap_distance(c->at);

	if (c->pits != ON_TRACK || c->running != RUNNING)
		return;
	for (int z = 0; z < track.zones_n; z++) {
		double behind = here - track_lap_distance(track.zones[z].start - 90);

		if (behind < 0)
			behind += track.length;
		if (behind < c->at - from) {
			double near = 1e9;

			for (int i = 0; i < race.cars_n; i++) {
				double g = d[i] - d[car];

				if (g < 0)
					g += track.length;
				if (i != car && g > 0 && g < near && race.cars[i].pits == ON_TRACK && race.cars[i].running == RUNNING)
					near = g;
			}
			near /= fmax(c->speed, 10);
			if (race.year >= 2026) {
				c->zone = z;
				c->overtaking = 0;
				c->wing_open = 0;
				c->overtaking = near < 1 && race.leader_lap >= 2;
			} else if (race.drs_enabled && near < 1)
				c->zone = z;
		}
	}
	if (c->zone < 0)
		return;
	if (track_within(&track.zones[c->zone], here)) {
		if (c->brake > 0.02)
			c->zone = -1;
		else if (c->speed > 25)
			c->wing_open = 1;
	} else if (c->wing_open)
		c->zone = -1;
	if (c->zone < 0)
		c->wing_open = c->overtaking = 0;
}

static void
lights(void)
{
	int on = race.time >= race.lights_out ? 0 : (int)(race.time - 1);

	if (race.time >= race.lights_out && race.lights > 0) {
		race.lights = 0;
		if (race.kind == RACE)
			race_event("LGOT");
		for (int i = 0; i < race.cars_n; i++) {
			race.cars[i].lap_began = race.cars[i].sector_began = (int64_t)llrint(race.lights_out * 1000);
			race.cars[i].laps[1].valid = race.kind == RACE ? 15 : 0;	/* an out lap does not count */
			race.cars[i].form = prng_between(0.985, 1);
		}
		race.leader_lap = 1;
		return;
	}
	for (on = on > 5 ? 5 : on; race.lights < on; ) {
		race.lights++;
		if (race.kind == RACE)
			race_event("STLG")->num_lights = race.lights;
	}
}

/* The player's thumbs. */
static void
buttons(void)
{
	static const uint32_t some[] = { 1, 4, 16, 32, 64, 128, 1024, 512 };

	if (race.time < race.buttons_until)
		return;
	if (race.buttons) {
		race.buttons = 0;
		race.buttons_until = race.time + prng_between(2, 9);
	} else {
		race.buttons = some[prng_below(8)];
		race.buttons_until = race.time + prng_between(0.1, 0.4);
	}
	race_event("BUTN")->button_status = race.buttons;
}

static void
gaps(void)
{
	const struct car *first = &race.cars[race.order[0]];

	for (int i = 0; i < race.cars_n; i++) {
		struct car *c = &race.cars[race.order[i]];
		int k = c->passed_n - 1;

		if (c->running == RETIRED || i == 0 || k < 0 || race.kind != RACE)
			c->gap_front = c->gap_leader = 0;
		else if (c->running == RUNNING) {
			const struct car *front = &race.cars[race.order[i - 1]];

			if (front->passed_n > k)
				c->gap_front = fmax(c->passed[k] - front->passed[k], 0);
			if (first->passed_n > k)
				c->gap_leader = fmax(c->passed[k] - first->passed[k], 0);
		}
	}
}

static void
safety_car(int event)
{
	struct event_fields *e = race_event("SCAR");

	e->safety_car_type = 1;
	e->event_type = event;
}

/* Slow behind the safety car, then stop where they are, then on: the speed that all may go. */
static double
red_flag(void)
{
	double since = race.time - race.red_at;

	if (since < 0)
		return INFINITY;
	if (race.safety_cars == 0) {
		race.safety_car = race.safety_cars = 1;
		safety_car(0);
	}
	if (since < SAFETY_CAR)
		return 40;
	if (race.reds == 0) {
		race.red = race.reds = 1;
		race_event("RDFL");
	}
	if (since < SAFETY_CAR + RED_FLAG)
		return 0;
	if (race.red) {
		race.red = race.safety_car = 0;
		safety_car(3);
	}
	return INFINITY;
}

void
race_step(double dt)
{
	double all;
	double d[LAYOUT_CARS_MAX];
	int driving = 0, laps[LAYOUT_CARS_MAX];

	lights();
	buttons();
	all = red_flag();
	for (int i = 0; i < race.cars_n; i++) {
		d[i] = track_lap_distance(race.cars[i].at);
		laps[i] = race.cars[i].lap;
	}
	for (int i = 0; i < race.cars_n; i++) {
		struct car *c = &race.cars[i];
		double limit, from = c->at;

		if (!c->in_race)
			continue;
		limit = pit_limit(c, i, d[i], dt);
		limit = fmin(fmin(limit, traffic(c, i, d)), all);
		if (c->running == FINISHED)
			limit = fmin(limit, 55);
		if (c->at > 0 && from < 0 && c->lap == 1)
			c->beside_to = 0;
		car_drive(c, limit, dt);
		if (from < 150 && c->at >= 150)
			c->beside_to *= 0.3;
		passes(c, i, from, race.time, dt);
		wing(c, i, from, d);
		if (c->running == RUNNING && c->at >= c->fails_at && c->pits == ON_TRACK)
			retire(c, i);
		if (c->running == RETIRED && c->speed <= 0 && c->in_race)
			c->in_race = 0;
		driving += c->running == RUNNING;
	}
	race.time += dt;
	race_order();
	for (int i = 0; i < race.cars_n; i++)
		if (race.cars[i].lap != laps[i] && race.cars[i].lap <= race.laps && race.cars[i].running == RUNNING)
			race.positions[race.cars[i].lap][i] = (uint8_t)race.cars[i].position;
	gaps();
	if (race.time > race.yellow_until)
		race.yellow_zone = -1;
	if (driving == 0 && !race.over) {
		race.over = 1;
		race.over_at = race.time;
	}
}
