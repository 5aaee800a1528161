/* game: the course of a weekend, from the lobby to the last results
 * SPDX-License-Identifier: MIT
 */
#ifndef GAME_H
#define GAME_H

#include <stdint.h>

struct plan {
	int rate;		/* frames in a second */
	int laps;		/* of the race */
	double duration;	/* s of the game */
	uint64_t seed, uid;
};

/* Plays everything; returns early when we are to stop. */
void game_play(const struct plan *);

#endif
