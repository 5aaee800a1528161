/* fields: all records, fields and enumerations as JSON, so that a page repeats no list
 * SPDX-License-Identifier: MIT
 */
#ifndef FIELDS_H
#define FIELDS_H

#include <stddef.h>

/* The text and its length; made by the first call, and stays. NULL when out of memory. */
const char *fields_json(size_t *n);

#endif
