/* keep: what is dropped from the database: whole sessions, or their samples
 * SPDX-License-Identifier: MIT
 *
 * A session goes in a transaction of its own, under its lock (f1.session_lock): one that is being loaded stays.
 */
#ifndef KEEP_H
#define KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"

/* Drops all rows of a session; prints how many. The exit status. */
int keep_drop(struct db *, const char *schema, uint64_t uid);

/* The same for all sessions but 0 that came more than so many days ago. With `samples` only what comes many times a second
 * goes: sessions, states and events stay, and the last sample of each car's laps. */
int keep_days(struct db *, const char *schema, int days, bool samples);

#endif
