/* latest: the last record of each kind and index keys in the session, for who comes late or falls behind
 * SPDX-License-Identifier: MIT
 *
 * Every record gets a number when it is put, and takes the place of the one before of its kind and keys. So a
 * client that has all up to some number is up to date once it gets the latest records of higher ones, however many came
 * in between. A record of another session begins anew; a merged object of another one is not kept. Events do not replace
 * one another: the last LATEST_EVENTS are kept, without the buttons.
 */
#ifndef LATEST_H
#define LATEST_H

#include <stdbool.h>

#include "head.h"

enum { LATEST_EVENTS = 64 };

struct latest {
	uint64_t number;
	struct head head;		/* without a name */
	bool player;			/* the merged object */
	uint8_t *record;		/* n bytes, and RECORD_SLACK behind them */
	size_t n;
	struct latest *before, *after;	/* by number */
	size_t room;
};

/* Out of memory ends the program. */
void latest_init(void);

/* Keeps a copy, if there is room for it, and counts on. `player`: it is the merged object. */
void latest_put(const struct head *, const uint8_t *record, size_t n, bool player);

/* The number of the last record put. */
uint64_t latest_number(void);

/* The first one of a number above that, or NULL; `after` leads to the others. Valid until something is put. */
const struct latest *latest_above(uint64_t number);

#endif
