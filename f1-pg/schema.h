/* schema: the database's tables, comments and lookup tables as SQL
 * SPDX-License-Identifier: MIT
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stdio.h>

/* Writes what makes the schema of that name, or leaves it as it is where it is there already. */
void schema_print(FILE *, const char *schema);

#endif
