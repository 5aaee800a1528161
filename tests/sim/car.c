/* car: how one car moves, and what that does to its tyres, brakes, fuel and energy store
 * SPDX-License-Identifier: MIT
 */
#include <math.h>

#include "prng.h"
#include "race.h"
#include "track.h"

#define GRAVITY 9.81

enum { STORE_MAX = 4000000 };	/* J */

/* m/s at the rev limit */
static const double gear_speed[] = { 0, 25, 36, 48, 60, 71, 81, 91, 101 };

static double
clamp(double v, double min, double max)
{
	return v < min ? min : v > max ? max : v;
}

void
car_tyres(struct car *c, int set)
{
	c->set = set;
	c->age = 0;
	for (int i = 0; i < 4; i++) {
		c->wear[i] = c->sets[set].wear;
		c->surface[i] = 78;
		c->inner[i] = 84;
	}
}

void
car_init(struct car *c)
{
	struct place p;

	for (int i = 0; i < 4; i++)
		c->brakes[i] = 120;
	c->engine_temperature = 96;
	c->rpm = 4000;
	c->store = STORE_MAX;
	c->form = 1;
	c->zone = c->passing = -1;
	track_place(c->at, &p);
	c->heading = atan2(p.forward_x, p.forward_z);
}

/* Energy: the rules allow so much into and out of the store on each lap. */
static void
energy(struct car *c, double dt)
{
	double deploy_limit = race.year < 2026 ? 4e6 : 9e6, harvest_limit = race.year < 2026 ? 2e6 : 8.5e6;
	double most = race.year < 2026 ? 120e3 : 350e3, e;

	c->ers_mode = c->overtaking || c->passing >= 0 ? 3 : race.time < race.lights_out ? 0 : 1;
	c->power_k = 0;
	if (c->throttle > 0.95 && c->speed > 28 && c->pits == ON_TRACK && c->running != RETIRED) {
		double reserve = c->ers_mode == 3 ? 0.05 : 0.3;

		c->power_k = c->ers_mode == 3 ? most : c->speed < 70 ? 0.7 * most : 0.25 * most;
		e = clamp(c->power_k * dt, 0, fmin(c->store - reserve * STORE_MAX, deploy_limit - c->deployed));
		if (e <= 0)
			e = c->power_k = 0;
		c->store -= e;
		c->deployed += e;
	}
	if (c->brake > 0.05) {
		e = clamp(most * c->brake * dt, 0, fmin(STORE_MAX - c->store, harvest_limit - c->harvested_k));
		c->store += e;
		c->harvested_k += e;
	}
	if (race.year < 2026 && c->throttle > 0.5) {
		e = clamp(45e3 * c->throttle * dt, 0, STORE_MAX - c->store);
		c->store += e;
		c->harvested_h += e;
	}
}

static void
gears(struct car *c)
{
	double top;

	if (c->speed < 0.3) {
		c->gear = race.time < race.lights_out - 1 || c->running == RETIRED || c->pits == PIT_BOX ? 0 : 1;
		c->rpm = c->running == RETIRED ? 0 : c->gear == 0 ? 4000 : 9500;
		return;
	}
	if (c->gear < 1)
		c->gear = 1;
	while (c->gear < 8 && c->speed > 0.96 * gear_speed[c->gear])
		c->gear++;
	while (c->gear > 1 && c->speed < 0.8 * gear_speed[c->gear - 1])
		c->gear--;
	top = gear_speed[c->gear];
	c->rpm = clamp(12600 * c->speed / top, 4000, 12600);
	if (c->gear == 1 && c->throttle > 0.8)
		c->rpm = fmax(c->rpm, 9000);
}

static void
temperatures(struct car *c, double dt)
{
	double work = fabs(c->lateral) * 2.2 + fabs(c->acceleration) / GRAVITY * 2, air = race.air_temperature;

	for (int i = 0; i < 4; i++) {
		int front = i >= FL;
		/* the outer wheels carry the corner: lateral is positive in left ones, which load the right side */
		double outer = (i % 2 == 1) == (c->lateral > 0) ? 1.15 : 0.85;
		double heat = c->brake * c->speed * (front ? 9.5 : 7), cool = (c->brakes[i] - air) * (0.06 + 0.0045 * c->speed);

		c->brakes[i] += (heat - cool) * dt;
		c->surface[i] += ((c->speed > 3 ? 84 + 3.5 * work * outer : 70) - c->surface[i]) * dt * 0.7;
		c->inner[i] += (c->surface[i] + 4 - c->inner[i]) * dt * 0.03;
	}
	c->engine_temperature += ((c->running == RETIRED ? 70 : 96 + 18 * c->throttle) - c->engine_temperature) * dt * 0.05;
}

static void
tyre_wear(struct car *c, double moved)
{
	static const double rate[] = { [SOFT] = 2.6, [MEDIUM] = 1.8, [HARD] = 1.2, [INTER] = 2, [WET] = 2 };	/* % a lap */
	double share = moved / track.length * rate[c->sets[c->set].compound] * (0.4 + 0.35 * fabs(c->lateral));

	for (int i = 0; i < 4; i++) {
		double outer = (i % 2 == 1) == (c->lateral > 0) ? 1.2 : 0.8;

		c->wear[i] = fmin(c->wear[i] + share * outer * (i >= FL ? 1.08 : 1), 100);
	}
	c->sets[c->set].wear = (c->wear[RL] + c->wear[RR] + c->wear[FL] + c->wear[FR]) / 4;
}

/* The side of the road that it wants: smoothly, and not too steep. */
static double
steer_beside(struct car *c, double dt)
{
	double rate = 6 / fmax(c->speed, 8) * dt;
	double to = clamp((c->beside_to - c->beside) / 30, -0.16, 0.16) * clamp(c->speed / 15, 0, 1);

	return c->drift + clamp(atan(to) - c->drift, -rate, rate);
}

void
car_drive(struct car *c, double limit, double dt)
{
	struct place p;
	double mass = 752 + c->fuel, drag, power, most, a, want, before = c->heading, rate_before = c->turn_rate, along;

	track_place(c->at, &p);
	/* what the corner allows a little further on, so that braking is not late */
	want = fmin(limit, track_limit(c->at + c->speed * dt) * c->skill * c->form);
	drag = (c->wing_open ? 0.00084 : 0.00105) * c->speed * c->speed + 0.25;
	power = 560e3 + c->power_k;
	most = fmin(11 + 0.0025 * c->speed * c->speed, power / mass / fmax(c->speed, 6));
	if (want > c->speed)
		a = fmin(most - drag, (want - c->speed) / fmax(dt, 0.12));
	else
		a = fmax(-(16 + 0.0045 * c->speed * c->speed), (want - c->speed) / fmax(dt, 0.05));
	if (c->running == RETIRED)
		a = fmin(a, -5);
	if (race.time < race.lights_out)
		a = 0;
	if (c->speed + a * dt < 0)
		a = -c->speed / dt;
	c->throttle = a > -drag ? clamp((a + drag) / most, 0, 1) : 0;
	c->brake = a < -drag - 0.5 ? clamp((-a - drag) / 40, 0, 1) : 0;
	if (c->speed < 0.01 && a <= 0) {
		c->throttle = 0;
		c->brake = race.time < race.lights_out || c->pits == PIT_BOX ? 1 : 0;
	}
	c->acceleration = a;

	/* move with the mean speed of the step; along the centre line that is more on the inside of a corner */
	c->drift = steer_beside(c, dt);
	along = (c->speed + a * dt / 2) * dt * cos(p.slope);
	c->beside += along * sin(c->drift);
	along = along * cos(c->drift) / (1 - p.curvature * c->beside);
	c->at += along;
	c->speed += a * dt;

	track_place(c->at, &p);
	c->slope = p.slope;
	/* right of forward (x, z) is (-z, x) in the game's world */
	c->x = p.x - c->beside * p.forward_z;
	c->z = p.z + c->beside * p.forward_x;
	c->y = p.y;
	{
		double fx = cos(c->drift) * p.forward_x - sin(c->drift) * p.forward_z;
		double fz = cos(c->drift) * p.forward_z + sin(c->drift) * p.forward_x, n = hypot(fx, fz);

		fx /= n;
		fz /= n;
		c->heading = atan2(fx, fz);
		c->vx = c->speed * cos(c->slope) * fx;
		c->vz = c->speed * cos(c->slope) * fz;
		c->vy = c->speed * sin(c->slope);
	}
	c->turn_rate = remainder(c->heading - before, 2 * 3.14159265358979323846) / dt;
	c->turn_acceleration = (c->turn_rate - rate_before) / dt;
	/* positive to the left, as the game counts */
	c->lateral = c->turn_rate * c->speed / GRAVITY;
	c->steer = clamp(p.curvature / (1 - p.curvature * c->beside) * 14 + c->drift * 0.3, -1, 1);

	energy(c, dt);
	gears(c);
	temperatures(c, dt);
	if (c->running != RETIRED) {
		c->fuel = fmax(c->fuel - c->thirst * (0.0012 + 0.0269 * c->throttle) * dt * (c->rpm / 12000), 0);
		tyre_wear(c, along);
	}
}
