/* conf: librdkafka's properties
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "conf.h"
#include "opt.h"

static const char *const defaults[] = {
	"client.id=f1-kafka",
	"enable.idempotence=true",
	/* The broker that becomes leader of a partition between two requests may refuse the first and take the second;
	 * librdkafka then takes both for delivered (confluent-kafka-go, issue 921). It costs no speed. */
	"max.in.flight=1",
	"partitioner=murmur2_random",		/* Kafka's own, so that all clients agree */
	"compression.codec=lz4",		/* costs 0.6 us a message and saves eight ninths of the bytes (scripts/bench-kafka) */
	"linger.ms=5",				/* batches of some size at the rate of a game */
	"queue.buffering.max.messages=500000",
	"queue.buffering.max.kbytes=65536",	/* the memory, and what is at stake when we are killed */
	"message.timeout.ms=0",			/* for ever: a broker that is away does not make us drop anything */
	"log.connection.close=false",
	"reconnect.backoff.max.ms=2000",		/* so that it goes on soon when the broker is back */
};

static const char *
set(rd_kafka_conf_t *conf, char *property)
{
	static char why[512];
	char *value = strchr(property, '=');
	rd_kafka_conf_res_t done;

	if (value == NULL || value == property)
		return "properties are name=value";
	*value++ = '\0';
	done = rd_kafka_conf_set(conf, property, value, why, sizeof why);
	if (done == RD_KAFKA_CONF_UNKNOWN && strncmp(property, "topic.", 6) == 0)
		done = rd_kafka_conf_set(conf, property + 6, value, why, sizeof why);
	return done == RD_KAFKA_CONF_OK ? NULL : why;
}

static const char *
set_copy(rd_kafka_conf_t *conf, const char *property)
{
	char *copy = strdup(property);
	const char *why;

	if (copy == NULL)
		err(EX_OSERR, NULL);
	why = set(conf, copy);
	free(copy);
	return why;
}

rd_kafka_conf_t *
conf_new(void)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	const char *why;

	for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
		if ((why = set_copy(conf, defaults[i])) != NULL)
			errx(EX_SOFTWARE, "%s: %s", defaults[i], why);
	return conf;
}

void
conf_set(rd_kafka_conf_t *conf, const char *property)
{
	const char *why = set_copy(conf, property);

	/* without the value, which may be a secret */
	if (why)
		opt_usage("%.*s: %s", (int)strcspn(property, "="), property, why);
}

void
conf_file(rd_kafka_conf_t *conf, const char *name)
{
	FILE *f = fopen(name, "re");
	char *line = NULL;
	const char *why;
	size_t size = 0;
	ssize_t n;

	if (f == NULL)
		err(EX_IOERR, "%s", name);
	for (int number = 1; (n = getline(&line, &size, f)) != -1; number++) {
		char *begin = line + strspn(line, " \t");

		while (n > 0 && strchr(" \t\r\n", line[n - 1]))
			line[--n] = '\0';
		if (*begin == '\0' || *begin == '#')
			continue;
		if ((why = set(conf, begin)) != NULL)
			errx(EX_CONFIG, "%s:%d: %s", name, number, why);
	}
	if (ferror(f))
		err(EX_IOERR, "%s", name);
	free(line);
	fclose(f);
}

bool
conf_has(const rd_kafka_conf_t *conf, const char *name)
{
	char text[512] = "";
	size_t n = sizeof text;

	return rd_kafka_conf_get(conf, name, text, &n) == RD_KAFKA_CONF_OK && text[0] != '\0' && strcmp(text, "0") != 0;
}

long long
conf_number(rd_kafka_t *rk, const char *name)
{
	char text[32] = "";
	size_t n = sizeof text;

	rd_kafka_conf_get(rd_kafka_conf(rk), name, text, &n);
	return atoll(text);
}
