/* names: what the league calls its drivers
 * SPDX-License-Identifier: MIT
 */
#ifndef NAMES_H
#define NAMES_H

#include "db.h"

/* Replaces the schema's table league_drivers by the rows of a CSV file, whose first line names the columns: `name`, and
 * any of `team`, `race_number`, `network_id` and `game_name`, in any order. Says what is wrong with it, with the line.
 * Returns the status of the program. */
int names_load(struct db *, const char *schema, const char *file);

#endif
