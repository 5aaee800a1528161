/* create: topics made through Kafka's admin API
 * SPDX-License-Identifier: MIT
 */
#ifndef CREATE_H
#define CREATE_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

/* "partitions=6,replication=3,retention.ms=86400000": these two, and any setting of a topic. What is wrong with it, or
 * NULL. The text is changed and must stay. */
const char *create_parse(char *text);

/* Makes those of n topics that are not there; waits until the broker is there, or else only a moment. False, and said, if
 * it refuses one, or is not there. */
bool create_topics(rd_kafka_t *, const char *const *names, size_t n, bool wait);

#endif
