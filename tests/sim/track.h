/* track: the circuit, a closed curve with a speed for each metre of it
 * SPDX-License-Identifier: MIT
 */
#ifndef TRACK_H
#define TRACK_H

enum { TRACK_MARSHAL_ZONES = 17, TRACK_ZONES_MAX = 4, TRACK_STEP = 50 /* metres between two time checks */ };

/* a stretch of the lap, in metres from the line; the end may lie behind the line and be the smaller one */
struct stretch {
	double start, end;
};

struct track {
	double length;		/* m */
	double sector[2];	/* where sectors 2 and 3 begin */
	double pit_in, pit_out;	/* the speed limit holds from pit_in over the line to pit_out */
	double trap;		/* the speed trap */
	int zones_n;		/* DRS, and active aero from 2026 on */
	struct stretch zones[TRACK_ZONES_MAX];
};

extern struct track track;

/* a place on the centre line */
struct place {
	double x, y, z;		/* m; y is up */
	double forward_x, forward_z;	/* unit vector along the track */
	double slope;		/* rad, up is positive */
	double curvature;	/* 1/m, right is positive */
	double limit;		/* m/s, what a perfect lap has here */
};

/* Builds the circuit; 0, or -1 without memory. */
int track_build(double length);

/* The place at a distance, which may be of any lap or negative. */
void track_place(double at, struct place *);

/* Only the speed of the perfect lap. */
double track_limit(double at);

/* The distance on the lap, from 0 to less than the length. */
double track_lap_distance(double at);

/* Is the distance on the lap within the stretch? */
int track_within(const struct stretch *, double lap_distance);

#endif
