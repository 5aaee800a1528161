/* session: what must be remembered of a session
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "session.h"

enum { SESSIONS = 64, BACK = 8 };	/* a frame older by more than BACK is a flashback, not a datagram overtaken */

static struct session sessions[SESSIONS];
static int sessions_n;
static uint64_t now;

struct session *
session_get(uint64_t uid)
{
	static struct session *last;
	struct session *oldest = &sessions[0];

	if (last && last->uid == uid)
		return last;
	for (int i = 0; i < sessions_n; i++) {
		if (sessions[i].uid == uid) {
			last = &sessions[i];
			last->used = ++now;
			return last;
		}
		if (sessions[i].used < oldest->used)
			oldest = &sessions[i];
	}
	last = sessions_n < SESSIONS ? &sessions[sessions_n++] : oldest;
	*last = (struct session){ .uid = uid, .used = ++now };
	memset(last->status, SESSION_UNKNOWN, sizeof last->status);
	return last;
}

uint32_t
session_frame(struct session *s, unsigned id, uint32_t frame)
{
	uint32_t bit = UINT32_C(1) << id, missing = 0;

	if (s->begun && frame == s->frame[0]) {
		s->came[0] |= bit;
	} else if (s->begun && frame == s->frame[1]) {
		s->came[1] |= bit;
	} else if (!s->begun || frame > s->frame[0] || s->frame[0] - frame > BACK) {
		if (s->came[1])
			missing = s->known & ~s->came[1];
		/* what a flashback cuts off is not lost */
		s->came[1] = s->begun && frame > s->frame[0] ? s->came[0] : 0;
		s->frame[1] = s->frame[0];
		s->frame[0] = frame;
		s->came[0] = bit;
		s->begun = true;
	}
	s->known |= bit;
	return missing;
}
