/* create: topics made through Kafka's admin API
 * SPDX-License-Identifier: MIT
 */
#ifndef CREATE_H
#define CREATE_H

#include <librdkafka/rdkafka.h>

/* "partitions=6,replication=3,retention.ms=86400000": these two, and any setting of a topic. What is wrong with it, or
 * NULL. The text is changed and must stay. */
const char *create_parse(char *text);

enum created { CREATED_ALL, CREATED_NOT, CREATED_AWAY };

/* Makes those of n topics that are not there. CREATED_NOT, and said, if the broker refuses one; CREATED_AWAY if none answers
 * for some seconds. */
enum created create_topics(rd_kafka_t *, const char *const *names, size_t n);

#endif
