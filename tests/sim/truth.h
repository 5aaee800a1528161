/* truth: what really happened, as JSON for the tests of those who have only the datagrams; see README
 * SPDX-License-Identifier: MIT
 */
#ifndef TRUTH_H
#define TRUTH_H

#include <stdint.h>

#include "fields.h"
#include "wire.h"

/* Begins the file. Ends the program if that cannot be had. Without it the other functions do nothing. */
void truth_open(const char *file, uint64_t seed);

/* One frame of the game is sent; `steps` lie between two. */
void truth_frame(const struct moment *, uint32_t steps);

/* An event is sent. */
void truth_event(const char *code, const struct event_fields *, const struct moment *);

/* What was sent from `frame` on does not hold any more; `from` is the moment when that was decided. */
void truth_rewind(uint32_t frame, const struct moment *from);

/* The state of the race is what became of the session; `over` if it was classified. */
void truth_session(const struct moment *, int over);

/* Ends the file. Ends the program if something was not written. */
void truth_close(void);

#endif
