/* timeline: where a record stands in its session
 * SPDX-License-Identifier: MIT
 */
#include "table.h"
#include "timeline.h"

struct timeline timelines[TIMELINES];
int timelines_n;

static uint64_t now;

bool
timeline_has(uint64_t uid)
{
	static int last;

	if (last < timelines_n && timelines[last].uid == uid)
		return true;
	for (last = 0; last < timelines_n; last++)
		if (timelines[last].uid == uid)
			return true;
	return false;
}

struct timeline *
timeline_get(uint64_t uid)
{
	static struct timeline *last;
	struct timeline *free = NULL;

	if (last && last->uid == uid)
		return last;
	for (int i = 0; i < timelines_n; i++) {
		struct timeline *t = &timelines[i];

		if (t->uid == uid) {
			t->used = ++now;
			return last = t;
		}
		if ((free == NULL || t->used < free->used) && t->held == 0)
			free = t;
	}
	if (timelines_n < TIMELINES)
		free = &timelines[timelines_n++];
	if (free == NULL)
		return NULL;
	now++;
	*free = (struct timeline){ .uid = uid, .serial = now, .used = now };
	for (int i = 0; i < TIMELINE_TABLES; i++)
		free->cursors[i] = (struct cursor){ .last = -1 };
	return last = free;
}

/* is it one of those that come when the session has ended? */
static bool
is_closing(const struct timeline *t, int64_t frame, bool closing)
{
	return closing && frame == 0 && t->begun && t->frame > TIMELINE_BACK;
}

bool
timeline_before(const struct timeline *t, int64_t frame, bool closing)
{
	return frame <= t->first && frame + TIMELINE_BACK < t->frame && !is_closing(t, frame, closing);
}

void
timeline_begin(struct timeline *t, int64_t frame, int64_t ahead)
{
	t->begun = true;
	t->first = t->frame = frame;
	t->offset = ahead;
	t->last = frame + ahead;
}

int64_t
timeline_place(struct timeline *t, int64_t frame, int64_t overall, bool closing)
{
	if (overall < 0 && frame + t->offset > FRAME_MAX)
		return frame + t->offset;	/* nobody's: those after it shall not follow it */
	if (is_closing(t, frame, closing))
		return t->last + 1;
	if (!t->begun) {
		timeline_begin(t, frame, overall >= 0 ? overall - frame : 0);
	} else if (frame > t->frame) {
		t->frame = frame;
	} else if (frame + TIMELINE_BACK < t->frame) {
		if (overall >= 0 && frame <= t->first)	/* read again */
			timeline_begin(t, frame, overall - frame);
		else if (overall < 0)		/* a flashback */
			t->offset = t->last + 1 - frame;
		t->frame = frame;
	}
	if (overall < 0)
		overall = frame + t->offset;
	if (overall > t->last)
		t->last = overall;
	return overall;
}

void
timeline_release(int batch)
{
	for (int i = 0; i < timelines_n; i++)
		timelines[i].held &= ~(1u << batch);
}
