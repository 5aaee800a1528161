/* conf: librdkafka's properties: our defaults, files as kcat has them, and what the command line says
 * SPDX-License-Identifier: MIT
 *
 * What comes later wins. Properties of topics are those of all topics, with or without "topic." before them.
 */
#ifndef CONF_H
#define CONF_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

/* With our defaults. */
rd_kafka_conf_t *conf_new(void);

/* name=value; ends the program with status 64 if there is no such property or it cannot have this value. */
void conf_set(rd_kafka_conf_t *, const char *property);

/* Lines of name=value, empty ones, and comments after #. Ends the program with 74 if it cannot be read, with 78 if a line
 * is wrong. */
void conf_file(rd_kafka_conf_t *, const char *name);

/* Is the property set, to other than 0? */
bool conf_has(const rd_kafka_conf_t *, const char *name);

/* The value of a property that is a number, of a running producer. */
long long conf_number(rd_kafka_t *, const char *name);

#endif
