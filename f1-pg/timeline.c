/* timeline: where a record stands in its session
 * SPDX-License-Identifier: MIT
 */
#include "table.h"
#include "timeline.h"

enum { BACK = 30 };	/* frames: datagrams overtake one another by less, flashbacks go back by more */

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

int64_t
timeline_place(struct timeline *t, int64_t frame, int64_t overall, bool closing)
{
	if (overall < 0 && frame + t->offset > FRAME_MAX)
		return frame + t->offset;	/* nobody's: those after it shall not follow it */
	if (closing && frame == 0 && t->begun && t->frame > BACK)
		return t->last + 1;	/* the session has ended */
	if (!t->begun) {
		t->begun = true;
		t->first = t->frame = frame;
		t->last = overall >= 0 ? overall : frame;
	} else if (frame > t->frame) {
		t->frame = frame;
	} else if (frame + BACK < t->frame) {
		if (frame <= t->first) {	/* read again from its beginning */
			t->first = frame;
			t->offset = 0;
			t->last = overall >= 0 ? overall : frame;
		} else if (overall < 0)		/* a flashback */
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
