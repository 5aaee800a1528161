/* hold: the first records of a stream, until it is known where in its session it goes on (place.h)
 * SPDX-License-Identifier: MIT
 *
 * One stream at a time. Nearly always the first sample tells.
 */
#ifndef HOLD_H
#define HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "row.h"
#include "send.h"
#include "timeline.h"

/* The lane asks the database. */
void hold_init(struct lane *, const char *schema, int retry);

/* Must this record be held, as the first one of a stream? From 2023 on the game tells where it is, except with frame 0: that
 * is the beginning or the end. */
bool hold_wants(const struct row *);

/* How many records are held, and are they of that timeline? */
size_t hold_n(void);
bool hold_has(const struct timeline *);

/* Does a record go back behind those that are held? Then it is none of the first. */
bool hold_goes_back(const struct row *);

/* Holds a record of n bytes, of the timeline of the others, if there are any. False if the database failed. Ends the program
 * when out of memory. */
bool hold_add(struct timeline *, const uint8_t *record, size_t n, const struct row *, const uint8_t *bytes);

/* Is it time to end? Either the place is known, or enough is held. */
bool hold_known(void);

/* Begins the timeline where the stream goes on, and hands on what is held. False if the database failed. */
typedef bool hold_put(struct timeline *, const uint8_t *record, size_t n);
bool hold_end(hold_put *);

#endif
