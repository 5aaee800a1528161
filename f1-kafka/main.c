/* f1-kafka: telemetry records on stdin, messages in Kafka topics
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "clock.h"
#include "conf.h"
#include "create.h"
#include "head.h"
#include "io.h"
#include "opt.h"
#include "record.h"
#include "send.h"
#include "sig.h"
#include "topic.h"

enum { KEY = 256, CREATE, DEAD_LETTER, DRAIN };
enum { LEAST = 2 * RECORD_MAX };	/* bytes: a block with less room is full */
enum { TICK = 250 };			/* milliseconds between two looks after what is on its way */

static const struct opt opts[] = {
	{ 'b', "brokers", "HOST:PORT,...", "some of the brokers (default: F1_BROKERS, or localhost:9092)" },
	{ 't', "topic", "TEMPLATE", "name of the topic: %p record, %f format, %s session (default f1.%p)" },
	{ 'f', "format", "FORMAT", "values: json, msgpack or json-schema (default json)" },
	{ KEY, "key", "TEMPLATE", "key of the message: as for --topic, and %c car (default %s-%c)" },
	{ 'F', "config", "FILE", "read librdkafka properties from FILE, as kcat does; secrets belong there" },
	{ 'X', "property", "NAME=VALUE", "set a librdkafka property" },
	{ 'p', "pass", NULL, "pass the records on to standard output" },
	{ CREATE, "create-topics", "SETTINGS", "make the topics: partitions=N,replication=N,NAME=VALUE..." },
	{ DRAIN, "drain-timeout", "SECONDS", "how long to wait for deliveries at the end (default 60)" },
	{ DEAD_LETTER, "dead-letter", "FILE", "append what was not delivered to FILE, as records" },
	{ 0 },
};

static struct {
	rd_kafka_conf_t *conf;
	struct template topics, key;
	struct send_options send;
	bool pass, unpassed;	/* and what could not be passed on */
	const uint8_t *passed, *read;	/* what stands between is to be passed on */
} self = { .send = { .drain = 60 } };

static void
parse_template(struct template *t, const char *text, const char *option)
{
	const char *why = template_parse(t, text);

	if (why == NULL && t == &self.topics)
		why = topic_check(t);
	if (why)
		opt_usage("--%s: '%s': %s", option, text, why);
}

static void
parse_format(const char *text)
{
	static const char *const names[] = { [SEND_JSON] = "json", [SEND_JSON_SCHEMA] = "json-schema", [SEND_MSGPACK] = "msgpack" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(text, names[i]) == 0) {
			self.send.format = (enum send_format)i;
			return;
		}
	opt_usage("--format: '%s' is not json, msgpack or json-schema", text);
}

static void
set_brokers(const char *brokers)
{
	char *text;

	if (asprintf(&text, "bootstrap.servers=%s", brokers) == -1)
		err(EX_OSERR, NULL);
	conf_set(self.conf, text);
	free(text);
}

static void
parse_options(int argc, char *argv[])
{
	const char *why, *brokers;
	int c;

	self.conf = conf_new();
	parse_template(&self.topics, "f1.%p", "topic");
	parse_template(&self.key, "%s-%c", "key");
	opt_init("f1-kafka", "[-b HOST:PORT,...] [-t TEMPLATE] [-f FORMAT] [-X NAME=VALUE]...",
	    "Telemetry records to messages in Kafka topics.", opts);
	while ((c = opt_next(argc, argv)) != -1)
		switch (c) {
		case 'b':
			set_brokers(optarg);
			break;
		case 't':
			parse_template(&self.topics, optarg, "topic");
			break;
		case 'f':
			parse_format(optarg);
			break;
		case KEY:
			parse_template(&self.key, optarg, "key");
			break;
		case 'F':
			conf_file(self.conf, optarg);
			break;
		case 'X':
			conf_set(self.conf, optarg);
			break;
		case 'p':
			self.pass = true;
			break;
		case CREATE:
			self.send.create = true;
			if ((why = create_parse(optarg)) != NULL)
				opt_usage("--create-topics: %s", why);
			break;
		case DRAIN:
			self.send.drain = (int)opt_number(0, 1000000);
			break;
		case DEAD_LETTER:
			self.send.dead_letter = optarg;
			break;
		}
	if (optind < argc)
		opt_usage("records are read from stdin, not from %s", argv[optind]);
	if (opt_common.metrics && !conf_has(self.conf, "statistics.interval.ms"))
		conf_set(self.conf, "statistics.interval.ms=2000");
	if (!conf_has(self.conf, "bootstrap.servers") && !conf_has(self.conf, "test.mock.num.brokers")) {
		brokers = getenv("F1_BROKERS");
		set_brokers(brokers && *brokers ? brokers : "localhost:9092");
	}
	self.send.topics = &self.topics;
	self.send.key = &self.key;
}

/* a resend that fails would read its own dead letters for ever */
static void
check_dead_letter(void)
{
	struct stat in, dead;

	if (self.send.dead_letter && fstat(STDIN_FILENO, &in) == 0 && stat(self.send.dead_letter, &dead) == 0 &&
	    in.st_dev == dead.st_dev && in.st_ino == dead.st_ino && S_ISREG(in.st_mode))
		opt_usage("--dead-letter: %s is what is read", self.send.dead_letter);
}

static void
pass_on(void)
{
	size_t n = (size_t)(self.read - self.passed);
	const uint8_t *from = self.passed;

	self.passed = self.read;
	if (!self.pass || n == 0 || io_write(STDOUT_FILENO, from, n) == 0)
		return;
	if (errno != EPIPE) {
		warn("stdout");
		self.unpassed = true;
	}
	self.pass = false;	/* the reader has had enough; the broker has not */
	close(STDOUT_FILENO);
}

/* Gives the reader another block if this one is full. */
static struct block *
make_room(struct record_reader *reader, struct block *block)
{
	size_t room = reader->size - reader->begin;

	if (room >= LEAST) {
		/* go on behind the last record, which may be on its way */
		record_move(reader, reader->buffer + reader->begin, room);
		return block;
	}
	block_drop(block);
	block = send_block();
	record_move(reader, block->bytes, BLOCK_SIZE - RECORD_SLACK);
	return block;
}

static void
take(struct block *block, const uint8_t *record, size_t n)
{
	static struct head head;

	stats[STATS_RECORDS].n++;
	if (!head_read(&head, record, n))
		stats_reject(REASON_HEAD, stats[STATS_RECORDS].n);
	else if (head.kind == NULL)
		stats_reject(REASON_UNKNOWN, stats[STATS_RECORDS].n);
	else
		send_record(&head, block, record, n);
}

/* Reads to the end of input. Returns the status. */
static int
read_on(void)
{
	struct block *block = send_block();
	struct record_reader reader = { .fd = STDIN_FILENO, .buffer = block->bytes, .size = BLOCK_SIZE - RECORD_SLACK };
	const uint8_t *record;
	size_t n;
	int status = EX_OK, got;

	self.passed = self.read = reader.buffer;
	for (;;) {
		if (!record_pending(&reader)) {
			pass_on();
			send_poll();
			if (sig_overdue() && clock_seconds() - send_waited() >= SIG_GRACE) {
				warnx("stdin: no end of input within %d seconds of the signal", SIG_GRACE);
				break;
			}
			/* with no place for the records that still come, they are better not read */
			if (send_over() && self.send.dead_letter == NULL && !self.pass) {
				status = EX_UNAVAILABLE;	/* of those that were read send_end tells */
				break;
			}
			block = make_room(&reader, block);
			self.passed = self.read = reader.buffer;
		}
		got = record_read(&reader, &record, &n, TICK);
		if (got == 1) {
			if (record - RECORD_HEADER != self.read) {	/* kcat's nothing is not passed on */
				pass_on();
				self.passed = record - RECORD_HEADER;
			}
			self.read = record + n;
			take(block, record, n);
		} else if (got == 0)
			break;
		else if (errno != EAGAIN && errno != EINTR) {
			status = record_trouble(errno, stats[STATS_RECORDS].n);	/* what came before it is good */
			break;
		}
	}
	pass_on();
	block_drop(block);
	return status;
}

/* glibc keeps only 7 freed pieces of a size at hand. librdkafka takes six for a message and gives them back by thousands:
 * keeping those saves 40 % of the CPU. This can only be set before a program begins. */
static void
keep_freed_memory(char *argv[])
{
	if (getenv("GLIBC_TUNABLES") == NULL && setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=65535", 0) == 0)
		execv("/proc/self/exe", argv);	/* if it cannot, it goes without */
	prctl(PR_SET_NAME, program_invocation_short_name);	/* ps and top would tell of "exe" */
}

int
main(int argc, char *argv[])
{
	int status, sent;

	keep_freed_memory(argv);
	parse_options(argc, argv);
	if (isatty(STDIN_FILENO))
		opt_usage("stdin is a terminal: pipe records from f1-decode");
	if (self.pass && isatty(STDOUT_FILENO))
		opt_usage("--pass: records are binary, and stdout is a terminal");
	check_dead_letter();
	sig_init();
	sig_hangup_stops();
	stats_init();
	io_pipe(STDIN_FILENO);
	if (self.pass)
		io_pipe(STDOUT_FILENO);
	send_init(self.conf, &self.send);
	io_ready("ready");

	status = read_on();
	if (self.pass && close(STDOUT_FILENO) == -1) {
		warn("stdout");
		self.unpassed = true;
	}
	sent = send_end();
	count_end();
	send_close();
	if (sent != EX_OK || self.unpassed)
		return sent != EX_OK ? sent : EX_IOERR;
	for (int i = 0; i < REASON_N && status == EX_OK; i++)
		if (stats[STATS_REJECTED + i].n > 0)
			status = EX_DATAERR;
	return status;
}
