/* reader: a role that may read, for Grafana and the like
 * SPDX-License-Identifier: MIT
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>

#include "db.h"

/* Could a role have this name? If not, why. */
const char *reader_wrong(const char *name);

/* Makes the role, if it is not there, with LOGIN, without a password and without jit, and lets it read all that is in the
 * schema, and what the same user puts there later. False, with the reason said, if that cannot be, or if the role may also
 * write. */
bool reader_make(struct db *, const char *schema, const char *name);

#endif
