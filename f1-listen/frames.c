/* frames: what came of the game's frames
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <string.h>

#include "frames.h"

enum { BACK = 8 };			/* a frame older by more is a flashback, not a datagram overtaken */

static const unsigned settings[] = { 10, 20, 30, 60, 120 };	/* that the games' menus offer */

static void
judge(struct frames *f, int i)
{
	uint32_t missing = f->known & ~f->open[i].came;

	if (f->open[i].first)
		return;
	if (missing == 0)
		f->whole++;
	else
		f->part++;
	for (unsigned id = 0; id < LAYOUT_IDS; id++)
		f->missing[id] += missing >> id & 1;
}

static void
begin(struct frames *f, uint32_t frame, float time)
{
	bool first = f->n == 0;
	float ms = first ? 0 : (time - f->time) * 1000;

	if (ms >= 1 && ms < FRAMES_MS)		/* no for what is not a number, too */
		f->apart[(int)ms]++;
	if (f->n == FRAMES_OPEN)
		judge(f, --f->n);
	memmove(f->open + 1, f->open, (size_t)f->n * sizeof f->open[0]);
	f->open[0].frame = frame;
	f->open[0].came = 0;
	f->open[0].first = first;
	f->time = time;
	f->n++;
}

void
frames_packet(struct frames *f, unsigned id, uint32_t frame, float session_time)
{
	uint32_t bit = UINT32_C(1) << id;

	f->known |= bit;
	if (f->n > 0 && frame < f->open[0].frame && f->open[0].frame - frame > BACK)
		frames_cut(f);
	if (f->n == 0 || frame > f->open[0].frame)
		begin(f, frame, session_time);
	for (int i = 0; i < f->n; i++)
		if (f->open[i].frame == frame)
			f->open[i].came |= bit;
}

void
frames_cut(struct frames *f)
{
	f->n = 0;
}

void
frames_end(struct frames *f)
{
	while (f->n > 1)
		judge(f, --f->n);
}

/* The setting that is nearest by its ratio. */
static size_t
nearest(double ms)
{
	size_t best = 0;

	for (size_t i = 1; i < sizeof settings / sizeof settings[0]; i++)
		if (fabs(log(ms * settings[i] / 1000)) < fabs(log(ms * settings[best] / 1000)))
			best = i;
	return best;
}

unsigned
frames_rate(const struct frames *f)
{
	uint64_t votes[sizeof settings / sizeof settings[0]] = { 0 };
	size_t best = 0;

	for (int ms = 1; ms < FRAMES_MS; ms++)
		if (f->apart[ms])
			votes[nearest(ms + 0.5)] += f->apart[ms];
	for (size_t i = 1; i < sizeof settings / sizeof settings[0]; i++)
		if (votes[i] > votes[best])
			best = i;
	return votes[best] ? settings[best] : 0;
}

uint64_t
frames_skipped(const struct frames *f)
{
	unsigned rate = frames_rate(f);
	uint64_t n = 0;

	for (int ms = 1; ms < FRAMES_MS; ms++) {
		double steps = (ms + 0.5) * rate / 1000;

		if (steps > 1.6)		/* what is less is a game that cannot keep its pace */
			n += f->apart[ms] * (uint64_t)(lround(steps) - 1);
	}
	return n;
}
