/* create: topics made through Kafka's admin API
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "clock.h"
#include "count.h"
#include "create.h"

enum { SETTINGS = 32, PATIENCE = 5000 };	/* milliseconds */

static struct {
	int partitions, replication;	/* -1: what the broker says */
	struct {
		const char *name, *value;
	} settings[SETTINGS];
	int settings_n;
} self = { .partitions = -1, .replication = -1 };

static bool
number(const char *text, int *to)
{
	char *end;
	long n = strtol(text, &end, 10);

	*to = (int)n;
	return end != text && *end == '\0' && n >= 1 && n <= 32767;
}

const char *
create_parse(char *text)
{
	for (char *name = strtok(text, ","); name; name = strtok(NULL, ",")) {
		char *value = strchr(name, '=');

		if (value == NULL || value == name)
			return "settings are name=value, separated by commas";
		*value++ = '\0';
		if (strcmp(name, "partitions") == 0) {
			if (!number(value, &self.partitions))
				return "partitions is a number from 1 to 32767";
		} else if (strcmp(name, "replication") == 0) {
			if (!number(value, &self.replication))
				return "replication is a number from 1 to 32767";
		} else {
			if (self.settings_n == SETTINGS)
				return "too many settings";
			self.settings[self.settings_n].name = name;
			self.settings[self.settings_n++].value = value;
		}
	}
	return NULL;
}

static rd_kafka_NewTopic_t *
new_topic(const char *name)
{
	char why[256];
	rd_kafka_NewTopic_t *t = rd_kafka_NewTopic_new(name, self.partitions, self.replication, why, sizeof why);

	if (t == NULL)
		errx(EX_USAGE, "%s: %s", name, why);
	for (int i = 0; i < self.settings_n; i++)
		rd_kafka_NewTopic_set_config(t, self.settings[i].name, self.settings[i].value);
	return t;
}

/* a broker that has just begun may be there and not yet able to */
static bool
is_away(rd_kafka_resp_err_t error)
{
	return error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR__TRANSPORT ||
	    error == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT || error == RD_KAFKA_RESP_ERR_NOT_CONTROLLER;
}

/* One try. Returns the error of the whole; *good is false if the broker refused a topic. */
static rd_kafka_resp_err_t
try(rd_kafka_t *rk, rd_kafka_NewTopic_t **topics, size_t n, bool *good)
{
	rd_kafka_queue_t *queue = rd_kafka_queue_new(rk);
	rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_CREATETOPICS);
	rd_kafka_event_t *event = NULL;
	rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__TIMED_OUT;
	char why[256];

	rd_kafka_AdminOptions_set_request_timeout(options, PATIENCE, why, sizeof why);
	rd_kafka_CreateTopics(rk, topics, n, options, queue);
	while (event == NULL) {
		event = rd_kafka_queue_poll(queue, 100);
		rd_kafka_poll(rk, 0);	/* tells that the broker is away */
		count_poll();
	}
	if (event)
		error = rd_kafka_event_error(event);
	if (event && !error) {
		const rd_kafka_topic_result_t **results =
		    rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &n);

		for (size_t i = 0; i < n; i++) {
			rd_kafka_resp_err_t e = rd_kafka_topic_result_error(results[i]);

			if (e == RD_KAFKA_RESP_ERR_NO_ERROR || e == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
				continue;
			/* one reason for all is said once */
			if (*good)
				warnx("create %s: %s", rd_kafka_topic_result_name(results[i]), rd_kafka_topic_result_error_string(results[i]));
			*good = false;
		}
	}
	if (event)
		rd_kafka_event_destroy(event);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_queue_destroy(queue);
	return error;
}

enum created
create_topics(rd_kafka_t *rk, const char *const *names, size_t n)
{
	rd_kafka_NewTopic_t **topics = calloc(n, sizeof *topics);
	rd_kafka_resp_err_t error;
	long long until = clock_milliseconds() + PATIENCE;
	bool good = true;

	if (topics == NULL)
		err(EX_OSERR, NULL);
	for (size_t i = 0; i < n; i++)
		topics[i] = new_topic(names[i]);
	do
		error = try(rk, topics, n, &good);
	while (is_away(error) && clock_milliseconds() < until);
	if (error && !is_away(error))
		warnx("create topics: %s", rd_kafka_err2str(error));
	rd_kafka_NewTopic_destroy_array(topics, n);
	free(topics);
	return is_away(error) ? CREATED_AWAY : good && !error ? CREATED_ALL : CREATED_NOT;
}
