/* hold: the first records of a stream, until it is known where in its session it goes on (place.h)
 * SPDX-License-Identifier: MIT
 *
 * Each session has its own, so that several may be mixed in one input. Nearly always the first sample tells.
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

/* How many records are held of all sessions, and are there some of this one? */
size_t hold_n(void);
bool hold_has(const struct timeline *);

/* Does a record go back behind those that are held? Then it is none of the first. */
bool hold_goes_back(const struct timeline *, const struct row *);

/* Holds a record of n bytes. False if the database failed. Ends the program when out of memory. */
bool hold_add(struct timeline *, const uint8_t *record, size_t n, const struct row *, const uint8_t *bytes);

/* Is it time to end? Either the place is known, or enough is held. */
bool hold_known(const struct timeline *);

/* Has no sample come for a while? Then it is not worth waiting for. */
bool hold_late(const struct timeline *);

/* Begins the timeline where the stream goes on, and hands on what is held. False if the database failed. */
typedef bool hold_put(struct timeline *, const uint8_t *record, size_t n);
bool hold_end(struct timeline *, hold_put *);

#endif
