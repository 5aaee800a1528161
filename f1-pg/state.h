/* state: what each state said last
 * SPDX-License-Identifier: MIT
 *
 * A record that says of a state what the one before it said is not worth a row. But a row is to tell the last record that
 * said so, or it would depend on where somebody cut the input: so the last one is kept, and goes in when its place is
 * wanted, when a session begins, and when the input ends.
 */
#ifndef STATE_H
#define STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "row.h"
#include "timeline.h"

/* a row that may go into the database, and the record that it was */
struct state_row {
	struct row row;
	size_t timeline;		/* place in timelines */
	int64_t overall;
	const uint8_t *bytes, *record;
	size_t record_n;		/* 0 if nobody wants it */
};

/* what was said last of one state */
struct state;

/* Takes the rows that were kept, each once; false ends it. */
typedef bool state_put(const struct state_row *);

/* Ends the program with status 71 when out of memory. */
void state_init(state_put *);

/* Is it something new? If not it is kept, in place of what was kept before. False in *ok if the database failed. The
 * state stays valid until the next call. */
bool state_new(const struct state_row *, struct state **, bool *ok);

/* The row of the state waits in the batch of that number, at that place; or NULL, if none does. */
size_t *state_place(struct state *, uint64_t batch);
void state_set_place(struct state *, uint64_t batch, size_t place);

/* Hands on all that is kept. False if the database failed. */
bool state_flush(void);

/* Forgets what was said, so that it is said again; what is kept stays. */
void state_forget(void);

#endif
