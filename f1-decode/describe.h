/* describe: the fields of all records as a table (--layout)
 * SPDX-License-Identifier: MIT
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stdio.h>

/* A line per field of each packet, tab separated, with a line of titles first: format, packet_id, packet, record, kind,
 * case, keys, name, type, count, unit, enum, description. */
void describe_layout(FILE *);

#endif
