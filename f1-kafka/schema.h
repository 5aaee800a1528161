/* schema: what Kafka Connect's JsonConverter wants before a JSON value, from the layouts
 * SPDX-License-Identifier: MIT
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stddef.h>

#include "layout.h"

/* {"schema":{…},"payload": for the records of a kind, in all formats; the value and a } come behind it. Its length
 * is in *n, and it stays. Ends the program with status 71 when out of memory. */
const char *schema_envelope(const struct layout_record *, size_t *n);

#endif
