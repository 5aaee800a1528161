/* race: the cars, the rules, and what happens
 * SPDX-License-Identifier: MIT
 *
 * car.c drives one car for one step; race.c counts laps, positions and stops. Nothing here knows of packets.
 */
#ifndef RACE_H
#define RACE_H

#include <stdint.h>

#include "fields.h"
#include "names.h"

enum { RACE_LAPS_MAX = 100, RACE_STINTS_MAX = 8, RACE_SETS = 20, RACE_EVENTS_MAX = 256, RACE_GRID_TIME = 7 /* s to the lights */ };

enum kind { RACE, PRACTICE, QUALIFYING };
enum compound { SOFT, MEDIUM, HARD, INTER, WET };
enum running { RUNNING, FINISHED, RETIRED };
enum in_pits { ON_TRACK, PIT_LANE, PIT_BOX };
enum { RL, RR, FL, FR };

struct tyre_set {
	enum compound compound;
	double wear;		/* % */
};

struct lap {
	int sector[3];		/* ms, 0 while not done */
	int time;		/* ms */
	int valid;		/* bits as lap_valid_flags */
};

struct car {
	struct driver who;
	int human;		/* the player, or a guest: online, somewhere else */
	int guest, restricted;	/* restricted: your_telemetry is 0 */
	double skill;		/* share of the perfect speed */
	double form;		/* of this lap */
	/* where */
	double at;		/* m along the centre line, 0 where the first lap begins; the grid is negative */
	double beside;		/* m right of the centre line */
	double beside_to;	/* where it wants to be */
	double drift;		/* rad between its way and the track's */
	double x, y, z, vx, vy, vz, heading, slope;
	/* how */
	double speed, acceleration, turn_rate, turn_acceleration;
	double throttle, brake, steer, rpm, lateral;
	int gear;
	double brakes[4], surface[4], inner[4], engine_temperature;	/* degC */
	double fuel, fuel_start, fuel_lap;	/* kg */
	double thirst;		/* 1, less where a tank would not last the race */
	double store, harvested_k, harvested_h, deployed, power_k;	/* J; W */
	int ers_mode;		/* 0 none, 1 medium, 2 hotlap, 3 overtake */
	double wear[4];		/* % */
	/* wing and help */
	int zone;		/* zone it may use next or uses, -1 none */
	int wing_open, overtaking;
	int passing;		/* car index, -1 none */
	/* laps */
	int lap, sector;	/* lap counts from 1 */
	int64_t lap_began, sector_began;	/* ms of session time */
	struct lap laps[RACE_LAPS_MAX + 2];	/* from 1; the one behind the flag is begun, too */
	int laps_done, best_lap, best_sector[3];	/* lap numbers, 0 none */
	int frozen;		/* current lap time when it was over, ms */
	double trap_speed;	/* km/h */
	int trap_lap;
	/* race */
	int grid, position, old_position;
	enum running running;
	int in_race;		/* 0 when it has stopped for good */
	double gap_front, gap_leader;	/* s */
	double *passed;		/* session time at each TRACK_STEP, -1 not yet */
	int passed_n;
	int warnings, penalty, penalties_n;
	int64_t finish_time;	/* ms since the lights went out */
	/* pits */
	int stop_laps[RACE_STINTS_MAX], stops_planned, stops;
	enum in_pits pits;
	int pit_this_lap, served;
	double box, stop_left, lane_time, stop_time;
	/* tyres */
	struct tyre_set sets[RACE_SETS];
	int set, age;
	struct {
		enum compound compound;
		int end_lap;
	} stints[RACE_STINTS_MAX];
	int stints_n;
	/* the end of it */
	double fails_at;	/* m; it retires there */
	int terminal;		/* damage and not the engine */
	int wing_damage;
};

struct event {
	char code[5];
	struct event_fields fields;
};

extern struct race {
	unsigned year;
	int cars_n, player, laps;
	enum kind kind;
	double time;		/* s of session */
	double lights_out;
	int lights;		/* on the gantry now */
	struct car cars[LAYOUT_CARS_MAX];
	int order[LAYOUT_CARS_MAX];	/* car indices by position */
	int leader_lap;
	int drs_enabled, flag_shown, over;
	double over_at;		/* when the last car came in */
	int fastest_lap, fastest_car, trap_car;
	double trap_speed;
	int yellow_zone;	/* marshal zone, -1 none */
	double yellow_until;
	uint8_t positions[RACE_LAPS_MAX + 1][LAYOUT_CARS_MAX];	/* at the start of each lap, 0 unknown */
	struct event events[RACE_EVENTS_MAX];
	int events_n;
	uint32_t buttons;
	double buttons_until;
	int offender;		/* gets a time penalty */
	int leaver;		/* car whose player leaves at left_at and comes back, -1 none */
	double left_at;		/* s, INFINITY not yet */
	double red_at;		/* the safety car comes, then the red flag; INFINITY not yet */
	int safety_car, red;	/* now */
	int safety_cars, reds;	/* so far */
	int weather;
	double track_temperature, air_temperature;
} race;

/* Sets up the grid. 0, or -1 without memory. */
int race_init(unsigned year, int cars, int laps);

/* After race_init: the next session of the weekend, with the same cars. They start as the last one ended. */
void race_next(enum kind, int laps);

/* The car's player: 0 there, 1 gone, 2 gone and replaced by the game. */
int race_gone(int car);

/* Drives everyone on by dt seconds. */
void race_step(double dt);

/* Cars still taking part. */
int race_active(void);

/* One more event in the list; its fields are zero and to be filled. */
struct event_fields *race_event(const char *code);

/* Position that counts at the end: finished ones by time with penalties. */
void race_order(void);

/* Sets up what drives. */
void car_init(struct car *);

/* One car for dt seconds, going no faster than `limit`. */
void car_drive(struct car *, double limit, double dt);

/* Fresh tyres out of the set. */
void car_tyres(struct car *, int set);

#endif
