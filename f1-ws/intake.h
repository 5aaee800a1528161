/* intake: records from stdin to the feeds, and the merged object of the player's car at its pace
 * SPDX-License-Identifier: MIT
 */
#ifndef INTAKE_H
#define INTAKE_H

#include <stdbool.h>

enum { INTAKE_PLAYER = 50 };	/* ms between two merged objects, at least */

/* `flush` is called when there is something for the clients. */
void intake_open(bool pass, void (*flush)(void));

/* Milliseconds until a merged object is due, or -1; and makes it. */
int intake_player_due(void);
void intake_player(void);

/* Has stdin ended, and has stdout got it all? */
bool intake_ended(void);

/* Reads no more. */
void intake_stop(void);

/* What is to be the exit status so far. */
int intake_status(void);

#endif
