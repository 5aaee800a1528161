/* schema: the database's tables, comments and lookup tables as SQL
 * SPDX-License-Identifier: MIT
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stdbool.h>
#include <stdio.h>

#include "db.h"

/* Writes what makes the schema of that name, or leaves it as it is where it is there already. */
void schema_print(FILE *, const char *schema);

/* Makes the schema, or brings it up to this version: all or nothing. False, with the reason said, if that cannot be. */
bool schema_init(struct db *, const char *schema);

/* Has the schema all tables and columns that rows go into? False, with the reason said, if not. */
bool schema_check(struct db *, const char *schema);

#endif
