/* topic: the topics that records go to
 * SPDX-License-Identifier: MIT
 */
#ifndef TOPIC_H
#define TOPIC_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

#include "head.h"
#include "template.h"

struct topic {
	rd_kafka_topic_t *handle;
	/* of the records that it is for; 0 where the name does not depend on it */
	const struct layout_record *kind;
	unsigned format;
	uint64_t session_uid;
	int number;		/* in stats */
	bool told;		/* that something was not delivered */
	struct topic *next;
	char name[];
};

/* What is wrong with a template for names of topics, or NULL; beyond template_parse the characters that Kafka takes. */
const char *topic_check(const struct template *);

/* `names` must stay. With `create` the topics are made: now, or where they depend on format or session, when a record
 * comes for them. Ends the program with status 69 if that fails at the start. */
void topic_init(rd_kafka_t *, const struct template *names, bool create);

/* The topic of a record, whose kind is known. If no record of it came before it is made, or without `make` NULL. */
struct topic *topic_of(const struct head *, bool make);

/* What comes from now on need not have the topics made. */
void topic_create_no_more(void);

/* Was one not made, and said? */
bool topic_refused(void);

void topic_end(void);

#endif
