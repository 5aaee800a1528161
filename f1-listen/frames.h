/* frames: what came of the game's frames, and how many of them it is set to send
 * SPDX-License-Identifier: MIT
 */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

enum { FRAMES_OPEN = 4 };		/* frames whose datagrams may still overtake one another */
enum { FRAMES_MS = 1024 };		/* a longer time between two frames is a pause */

struct frames {
	/* the newest first; in bits the packets that came */
	struct {
		uint32_t frame, came;
		bool first;		/* of the session for us: we may have come in its middle */
	} open[FRAMES_OPEN];
	int n;
	float time;			/* of the newest frame, in seconds of the session */
	uint32_t known;			/* packets that came in any frame */

	uint64_t whole, part;		/* frames that came whole, and in part */
	uint64_t missing[LAYOUT_IDS];	/* packets that those in part lack */
	uint64_t apart[FRAMES_MS];	/* pairs of frames that are so many milliseconds of the session apart */
};

/* A packet of every frame came. */
void frames_packet(struct frames *, unsigned id, uint32_t frame, float session_time);

/* What is open is cut off, by another session or a flashback, and nothing of it is lost. */
void frames_cut(struct frames *);

/* No more will come: judges what is open, but for the newest frame. */
void frames_end(struct frames *);

/* The send rate that the game is set to, in Hz, as its session time tells; 0 if it is not known. */
unsigned frames_rate(const struct frames *);

/* Frames that did not come at all, by that rate. */
uint64_t frames_skipped(const struct frames *);

#endif
