/* send: records become messages on their way, and what comes of each
 * SPDX-License-Identifier: MIT
 *
 * librdkafka is given the memory of the values, not a copy, so a record stays in its block until the broker has it, or
 * until it is given up: then it goes to the dead letters, in the order in which the records came.
 */
#ifndef SEND_H
#define SEND_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "block.h"
#include "head.h"
#include "stats.h"
#include "template.h"

enum send_format { SEND_JSON, SEND_JSON_SCHEMA, SEND_MSGPACK };

struct send_options {
	enum send_format format;
	const struct template *topics, *key;
	bool create;			/* make the topics */
	int drain;			/* seconds that send_end waits at most, and send_record when asked to stop */
	const char *dead_letter;	/* a file for what is given up, or NULL */
};

struct rd_kafka_conf_s;

/* Takes the properties; ends the program if they do not fit together (64) or the file cannot be written (74). */
void send_init(struct rd_kafka_conf_s *, const struct send_options *);

/* Sends a record that stands in a block, behind its frame's length; waits while the queue is full. */
void send_record(const struct head *, struct block *, const uint8_t *record, size_t n);

/* A block; waits while all are full of what is on its way. */
struct block *send_block(void);

/* Looks after what is on its way: cheap, to be called now and then. */
void send_poll(void);

/* Seconds, of clock_seconds(), when send_record or send_block last waited. */
time_t send_waited(void);

/* Is there no more sending, because of a fatal error or of a signal? What still comes is given up. */
bool send_over(void);

/* Waits for the delivery of all that is on its way, as long as it may, and gives the rest up. Returns the status. */
int send_end(void);

/* The counters, which have the names of the topics, are no more after it. */
void send_close(void);

#endif
