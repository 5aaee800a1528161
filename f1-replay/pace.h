/* pace: when a datagram is due
 * SPDX-License-Identifier: MIT
 *
 * The position is how much of the captures has been replayed, in seconds of their own time: that of arrival where it is
 * known, else session time. It only goes forward. Where that time goes back (a flashback, a saved game loaded) or
 * jumps, and where another session or input begins, the position stays and goes on from there.
 */
#ifndef PACE_H
#define PACE_H

#include <stdbool.h>

#include "datagram.h"

/* `speed` is the factor of real time, 0 for no waiting; a pause of the capture counts for max_gap seconds at most. */
void pace_init(double speed, double max_gap);

/* The position of this datagram. */
double pace_position(const struct datagram *);

/* What comes next does not follow in time: another input, or something was left out. */
void pace_cut(void);

/* Waits until a position is due, counted from the first one asked for. Where we are far behind it, for instance because
 * we were stopped, the lost time is not made up for in a burst. Calls `idle` now and then, at once if it waits at all.
 * False if we were asked to stop. */
bool pace_wait(double position, void (*idle)(void));

#endif
