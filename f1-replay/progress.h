/* progress: a line on the terminal that says where we are
 * SPDX-License-Identifier: MIT
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "datagram.h"

/* Draws only if stderr is a terminal. */
void progress_init(double speed);

/* What the line tells of: the last datagram, and its position in seconds. */
void progress_datagram(const struct datagram *, double position);

/* Draws it if it is time to. */
void progress_draw(void);

/* Takes it away. */
void progress_end(void);

#endif
