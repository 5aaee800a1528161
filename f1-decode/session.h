/* session: what must be remembered of a session: who is in it, and which frames came
 * SPDX-License-Identifier: MIT
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

enum { SESSION_UNKNOWN = 255 };		/* no result_status seen yet */

struct session {
	uint64_t uid;
	uint64_t used;				/* when it was last looked up, to forget the oldest */
	uint8_t status[LAYOUT_CARS_MAX];	/* each car's last result_status in lap_data */
	/* the last two frames, and in bits the packets that came in them */
	uint32_t frame[2];
	uint32_t came[2];
	uint32_t known;				/* the packets that came in any frame */
	bool begun;
};

/* The session of a uid; a new one if it is not known. Never NULL: the one not used for longest is given up. */
struct session *session_get(uint64_t uid);

/* A packet came of a kind that every frame has. Returns in bits the ids whose packet was missing in a frame that came in
 * part; a frame is judged when two newer ones have begun, so that datagrams may overtake one another. */
uint32_t session_frame(struct session *, unsigned id, uint32_t frame);

/* Is a car with this result_status in the session? */
static inline bool
session_present(uint8_t status)
{
	return status > 1;	/* 0 invalid, 1 inactive; unknown counts as present */
}

#endif
