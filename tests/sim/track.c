/* track: a made-up circuit of straights and rounded corners, and how fast a car can go on it
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdlib.h>

#include "track.h"

#define PI 3.14159265358979323846
#define GRAVITY 9.81

/* the corners of the polygon, with the radius that rounds them; it begins on the long straight of the pits */
static const struct {
	double x, z, radius;
} corners[] = {
	{ 620, 0, 40 }, { 600, 230, 70 }, { 1000, 340, 110 }, { 880, 760, 30 }, { 480, 600, 110 }, { 300, 960, 120 },
	{ -320, 1000, 30 }, { -380, 890, 32 }, { -800, 850, 150 }, { -880, 420, 32 }, { -400, 320, 26 }, { -640, 0, 45 },
};

enum { CORNERS = sizeof corners / sizeof corners[0], RAW = 8192, SMOOTH = 16 };

struct track track;

static struct place *places;
static int places_n;
static double spacing;

/* The polygon with rounded corners as RAW points at equal distances, from the line on. */
static void
draw(double x[RAW], double z[RAW])
{
	double length[2 * CORNERS], total = 0, s, start;
	struct {
		double x, z, dx, dz, turn, radius;
	} piece[2 * CORNERS];
	int k;

	for (int i = 0; i < CORNERS; i++) {
		int before = (i + CORNERS - 1) % CORNERS, after = (i + 1) % CORNERS;
		double in = atan2(corners[i].z - corners[before].z, corners[i].x - corners[before].x);
		double out = atan2(corners[after].z - corners[i].z, corners[after].x - corners[i].x);
		double turn = remainder(out - in, 2 * PI), cut = corners[i].radius * tan(fabs(turn) / 2);
		int arc = 2 * i, line = 2 * i + 1;

		piece[arc].x = corners[i].x - cut * cos(in);
		piece[arc].z = corners[i].z - cut * sin(in);
		piece[arc].dx = cos(in);
		piece[arc].dz = sin(in);
		piece[arc].turn = turn;
		piece[arc].radius = corners[i].radius;
		length[arc] = corners[i].radius * fabs(turn);
		piece[line].x = corners[i].x + cut * cos(out);
		piece[line].z = corners[i].z + cut * sin(out);
		piece[line].dx = cos(out);
		piece[line].dz = sin(out);
		piece[line].turn = 0;
		piece[line].radius = 0;
		length[line] = cut;	/* finished below, when the next corner is known */
	}
	for (int i = 0; i < CORNERS; i++) {
		int next = 2 * ((i + 1) % CORNERS);

		length[2 * i + 1] = hypot(piece[next].x - piece[2 * i + 1].x, piece[next].z - piece[2 * i + 1].z);
	}
	for (k = 0; k < 2 * CORNERS; k++)
		total += length[k];
	/* the last piece is the straight of the pits; the line is a little before its middle */
	start = total - length[2 * CORNERS - 1] * 0.58;
	for (int i = 0; i < RAW; i++) {
		s = fmod(start + total * i / RAW, total);
		for (k = 0; s >= length[k] && k < 2 * CORNERS - 1; k++)
			s -= length[k];
		if (piece[k].radius > 0) {
			double r = piece[k].radius, side = piece[k].turn > 0 ? 1 : -1, angle = s / r;

			x[i] = piece[k].x + r * (sin(angle) * piece[k].dx - side * (1 - cos(angle)) * piece[k].dz);
			z[i] = piece[k].z + r * (sin(angle) * piece[k].dz + side * (1 - cos(angle)) * piece[k].dx);
		} else {
			x[i] = piece[k].x + s * piece[k].dx;
			z[i] = piece[k].z + s * piece[k].dz;
		}
	}
}

/* A car cannot jump from a straight into an arc. */
static void
smooth(double v[RAW], double copy[RAW])
{
	double sum = 0;

	for (int i = 0; i < RAW; i++)
		copy[i] = v[i];
	for (int i = -SMOOTH; i <= SMOOTH; i++)
		sum += copy[(i + RAW) % RAW];
	for (int i = 0; i < RAW; i++) {
		v[i] = sum / (2 * SMOOTH + 1);
		sum += copy[(i + SMOOTH + 1) % RAW] - copy[(i - SMOOTH + RAW) % RAW];
	}
}

/* The fastest way round: what the corners allow, then braking in time for them, then what the engine gives. */
static void
limits(void)
{
	for (int i = 0; i < places_n; i++) {
		double k = fabs(places[i].curvature), grip = k - 0.0008 * GRAVITY;

		places[i].limit = grip > 0 ? fmin(sqrt(1.9 * GRAVITY / grip), 98) : 98;
		places[i].limit = fmin(places[i].limit, sqrt(4.8 * GRAVITY / fmax(k, 1e-6)));	/* and what a neck stands */
	}
	for (int i = 2 * places_n - 1; i >= 0; i--) {
		struct place *p = &places[i % places_n], *next = &places[(i + 1) % places_n];
		double v = next->limit;

		p->limit = fmin(p->limit, sqrt(v * v + 2 * spacing * (13 + 0.0035 * v * v)));
	}
}

/* The straights, longest first, are the zones of the rear wing. */
static void
zones(void)
{
	struct stretch found[32];
	int n = 0, start = -1, first = 0;

	while (first < places_n && fabs(places[first].curvature) < 0.002)
		first++;
	for (int j = 1; j <= places_n && n < 32; j++) {
		int i = (first + j) % places_n;
		int straight = fabs(places[i].curvature) < 0.002;

		if (straight && start < 0)
			start = j;
		if (!straight && start >= 0) {
			if ((j - start) * spacing > 0.055 * track.length)
				found[n++] = (struct stretch){ fmod((first + start) * spacing + 60, track.length),
				    fmod((first + j) * spacing - 10, track.length) };
			start = -1;
		}
	}
	/* in driving order, as the game lists them */
	for (int i = 0; i < n; i++)
		for (int j = i; j > 0 && found[j].start < found[j - 1].start; j--) {
			struct stretch t = found[j];

			found[j] = found[j - 1];
			found[j - 1] = t;
		}
	track.zones_n = n < TRACK_ZONES_MAX ? n : TRACK_ZONES_MAX;
	for (int i = 0; i < track.zones_n; i++)
		track.zones[i] = found[i];
}

int
track_build(double length)
{
	double *x = calloc(3 * RAW, sizeof *x), *z = x + RAW, *spare = z + RAW, total = 0, scale, s, step;
	int k;

	places_n = (int)length;
	spacing = length / places_n;
	places = calloc((size_t)places_n, sizeof *places);
	if (!x || !places) {
		free(x);
		return -1;
	}
	draw(x, z);
	for (int i = 0; i < 2; i++) {
		smooth(x, spare);
		smooth(z, spare);
	}
	for (int i = 0; i < RAW; i++)
		total += hypot(x[(i + 1) % RAW] - x[i], z[(i + 1) % RAW] - z[i]);
	scale = length / total;
	for (int i = 0; i < RAW; i++) {
		x[i] *= scale;
		z[i] *= scale;
	}
	/* smoothing has moved the points together in the corners: walk, and set one every metre */
	s = 0;
	k = 0;
	for (int i = 0; i < places_n; i++) {
		double at = i * spacing, share;

		while ((step = hypot(x[(k + 1) % RAW] - x[k], z[(k + 1) % RAW] - z[k])) <= at - s && k < RAW - 1) {
			s += step;
			k++;
		}
		share = (at - s) / step;
		places[i].x = x[k] + share * (x[(k + 1) % RAW] - x[k]);
		places[i].z = z[k] + share * (z[(k + 1) % RAW] - z[k]);
		places[i].y = 6 * sin(2 * PI * at / length) + 3 * sin(4 * PI * at / length + 1);
	}
	free(x);
	for (int i = 0; i < places_n; i++) {
		struct place *p = &places[i], *a = &places[(i + places_n - 2) % places_n], *b = &places[(i + 2) % places_n];
		double n = hypot(b->x - a->x, b->z - a->z);

		p->forward_x = (b->x - a->x) / n;
		p->forward_z = (b->z - a->z) / n;
		p->slope = atan((b->y - a->y) / n);
	}
	for (int i = 0; i < places_n; i++) {
		struct place *p = &places[i], *a = &places[(i + places_n - 6) % places_n], *b = &places[(i + 6) % places_n];

		p->curvature = remainder(atan2(b->forward_z, b->forward_x) - atan2(a->forward_z, a->forward_x), 2 * PI) /
		    (12 * spacing);
	}
	track.length = length;
	track.sector[0] = 0.31 * length;
	track.sector[1] = 0.67 * length;
	track.pit_in = 0.938 * length;
	track.pit_out = 0.05 * length;
	track.trap = 0.085 * length;
	limits();
	zones();
	return 0;
}

double
track_lap_distance(double at)
{
	double d = fmod(at, track.length);

	if (d < 0)
		d += track.length;
	return d < track.length ? d : 0;
}

/* The point before `at`, and how far it is to the next. */
static int
locate(double at, double *share)
{
	double d = track_lap_distance(at) / spacing;
	int i = (int)d;

	*share = d - i;
	return i < places_n ? i : places_n - 1;
}

void
track_place(double at, struct place *out)
{
	double f;
	int i = locate(at, &f);
	const struct place *a = &places[i], *b = &places[i + 1 < places_n ? i + 1 : 0];

	out->x = a->x + f * (b->x - a->x);
	out->y = a->y + f * (b->y - a->y);
	out->z = a->z + f * (b->z - a->z);
	out->forward_x = a->forward_x + f * (b->forward_x - a->forward_x);
	out->forward_z = a->forward_z + f * (b->forward_z - a->forward_z);
	out->slope = a->slope + f * (b->slope - a->slope);
	out->curvature = a->curvature + f * (b->curvature - a->curvature);
	out->limit = a->limit + f * (b->limit - a->limit);
}

double
track_limit(double at)
{
	double f;
	int i = locate(at, &f);

	return places[i].limit + f * (places[i + 1 < places_n ? i + 1 : 0].limit - places[i].limit);
}

int
track_within(const struct stretch *s, double d)
{
	return s->start <= s->end ? d >= s->start && d < s->end : d >= s->start || d < s->end;
}
