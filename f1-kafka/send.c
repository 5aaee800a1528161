/* send: records become messages on their way, and what comes of each
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "clock.h"
#include "conf.h"
#include "dead.h"
#include "json.h"
#include "opt.h"
#include "record.h"
#include "schema.h"
#include "send.h"
#include "sig.h"
#include "topic.h"

/* milliseconds: of one wait; for the answer of a broker that is far; until waiting at the end is told; for the reports of
 * what was given up */
enum { TICK = 100, FAR = 3000, PATIENCE = 2000, LAST = 5000 };
enum { CHUNK = 1024 };		/* messages that are allocated together */

/* one message on its way */
struct message {
	struct block *record_block, *value_block;	/* value_block is NULL if the record is the value */
	const uint8_t *record;
	uint32_t n;
	bool failed;		/* to be written to the dead letters */
	uint64_t number;	/* of those held back: as messages name the record */
	struct topic *topic;
	struct message *next, *before;	/* in the order of the input; of the unused ones and those held back only next */
};

static struct {
	const struct send_options *options;
	rd_kafka_t *rk;
	struct message *unused;
	struct message *first, *last;	/* of those that are under way or failed */
	size_t under_way, failed;	/* messages */
	/* The first record of a topic waits for a broker, and with it all that come behind: librdkafka gives a topic up that
	 * the broker does not have 30 seconds after it was told the name, and most brokers make it only when they are asked. */
	struct message *held, **held_end;
	size_t held_n, held_bytes, held_max;
	bool letting_go;		/* it waits for room, and what waits for room lets go */
	struct block *values;		/* JSON is made here, behind the first values_n bytes */
	size_t values_n;
	uint64_t given_up, uncertain;	/* messages; of them those that the broker may have */
	bool over, fatal;
	bool away;			/* told that no broker can be reached */
	char reason[256];		/* what librdkafka said last */
	time_t waited;
	long long deadline;		/* of waiting when asked to stop, by clock_milliseconds(); 0: not yet known */
	rd_kafka_headers_t *headers[LAYOUT_IDS][LAYOUT_YEARS];
} self;

static struct message *
new_message(void)
{
	struct message *m = self.unused;

	if (m == NULL) {
		if ((m = calloc(CHUNK, sizeof *m)) == NULL)
			err(EX_OSERR, NULL);
		for (int i = 0; i < CHUNK - 1; i++)
			m[i].next = &m[i + 1];
	}
	self.unused = m->next;
	return m;
}

static void
release(struct message *m)
{
	block_drop(m->record_block);
	if (m->value_block)
		block_drop(m->value_block);
	m->next = self.unused;
	self.unused = m;
}

static void
append(struct message *m)
{
	m->next = NULL;
	m->before = self.last;
	*(m->before ? &m->before->next : &self.first) = m;
	self.last = m;
}

/* Delivered, or given up: no more to do for it. */
static void
settle(struct message *m)
{
	*(m->before ? &m->before->next : &self.first) = m->next;
	*(m->next ? &m->next->before : &self.last) = m->before;
	release(m);
}

/* Writes what failed, in the order in which it came. Behind one that may still fail it has to wait. */
static void
bury(void)
{
	struct message *m, *next;

	if (self.failed == 0)
		return;
	for (m = self.first; m && (m->failed || self.over); m = next) {
		next = m->next;
		if (!m->failed)
			continue;
		dead_keep(m->record, m->n);
		settle(m);
		self.failed--;
	}
}

static void
fail(struct message *m, rd_kafka_resp_err_t error, bool uncertain)
{
	stats_undelivered(m->topic->number)->n++;
	self.given_up++;
	self.uncertain += uncertain;
	if (!m->topic->told && error != RD_KAFKA_RESP_ERR__PURGE_QUEUE && error != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT &&
	    error != RD_KAFKA_RESP_ERR__FATAL) {
		warnx("%s: %s", m->topic->name, rd_kafka_err2str(error));
		m->topic->told = true;
	}
	if (self.options->dead_letter) {
		m->failed = true;
		self.failed++;
	} else
		settle(m);
}

static void
on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *report, void *opaque)
{
	struct message *m = report->_private;

	(void)rk;
	(void)opaque;
	self.under_way--;
	if (report->err) {
		fail(m, report->err, rd_kafka_message_status(report) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED);
		return;
	}
	stats_delivered(m->topic->number)->n++;
	stats_delivery(rd_kafka_message_latency(report));
	settle(m);
	if (self.away) {
		warnx("delivering again");
		self.away = false;
	}
}

static void
on_error(rd_kafka_t *rk, int error, const char *reason, void *opaque)
{
	char why[512];

	(void)opaque;
	switch (error) {
	case RD_KAFKA_RESP_ERR__FATAL:
		rd_kafka_fatal_error(rk, why, sizeof why);
		if (!self.fatal)
			warnx("%s", why);
		self.fatal = true;
		break;
	case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
		if (!self.away)
			warnx("%s: trying again", self.reason[0] ? self.reason : reason);
		self.away = true;
		break;
	default:	/* of one broker */
		if (opt_common.verbose && strcmp(reason, self.reason) != 0)
			warnx("%s", reason);
		snprintf(self.reason, sizeof self.reason, "%s", reason);
	}
}

static void
on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	enum { DEBUG = 7 };	/* comes only if it was asked for */

	(void)rk;
	if (opt_common.verbose > 1 || level == DEBUG)
		warnx("%s: %s", facility, text);
}

static int
on_statistics(rd_kafka_t *rk, char *json, size_t n, void *opaque)
{
	(void)rk;
	(void)n;
	(void)opaque;
	stats_library(json, self.held_n, self.held_bytes);
	return 0;
}

void
send_init(rd_kafka_conf_t *conf, const struct send_options *options)
{
	char why[512];

	self.options = options;
	if (options->dead_letter)
		dead_open(options->dead_letter);
	/* who is not told of a delivery waits for it */
	rd_kafka_conf_set(conf, "delivery.report.only.error", "false", why, sizeof why);
	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	rd_kafka_conf_set_error_cb(conf, on_error);
	rd_kafka_conf_set_log_cb(conf, on_log);
	rd_kafka_conf_set_stats_cb(conf, on_statistics);
	if ((self.rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why)) == NULL)
		opt_usage("%s", why);
	/* records, values, and what is free at their ends */
	self.held_max = 1024 * (size_t)conf_number(self.rk, "queue.buffering.max.kbytes");
	block_init(8 + 3 * self.held_max / BLOCK_SIZE);
	topic_init(self.rk, options->topics, options->create);
	self.waited = clock_seconds();
}

static void
give_up(void)
{
	long long until = clock_milliseconds() + LAST;

	if (self.over)
		return;
	self.over = true;
	topic_create_no_more();
	rd_kafka_purge(self.rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	do
		rd_kafka_poll(self.rk, TICK);
	while (self.under_way > 0 && clock_milliseconds() < until);
	bury();
}

/* Waits a moment for room; false if there will be none. */
static bool
wait_for_room(void)
{
	if (self.over)
		return false;
	rd_kafka_poll(self.rk, TICK);
	bury();
	count_poll();
	self.waited = clock_seconds();
	if (sig_overdue() && self.deadline == 0)
		self.deadline = clock_milliseconds() + self.options->drain * 1000LL;
	if (self.fatal || (self.deadline != 0 && clock_milliseconds() >= self.deadline))
		give_up();
	return !self.over;
}

time_t
send_waited(void)
{
	return self.waited;
}

bool
send_over(void)
{
	if (self.fatal)
		give_up();
	return self.over;
}

static void let_go(void);

struct block *
send_block(void)
{
	struct block *b;

	if ((b = block_new()) != NULL)
		return b;
	bury();	/* what failed has blocks, too */
	/* when it is over all messages have come back, and their blocks with them */
	while ((b = block_new()) == NULL && (self.under_way > 0 || self.held_n > 0) && wait_for_room())
		let_go();
	if (b == NULL && (b = block_new()) == NULL)
		errx(EX_OSERR, "out of memory");
	return b;
}

static rd_kafka_headers_t *
new_headers(const struct head *h)
{
	rd_kafka_headers_t *headers = rd_kafka_headers_new(3);
	const char *type = self.options->format == SEND_MSGPACK ? "application/msgpack" : "application/json";
	char text[32];

	rd_kafka_header_add(headers, "packet_id", -1, text, snprintf(text, sizeof text, "%u", h->packet_id));
	rd_kafka_header_add(headers, "packet_format", -1, text, snprintf(text, sizeof text, "%u", h->packet_format));
	rd_kafka_header_add(headers, "content-type", -1, type, -1);
	return headers;
}

/* a copy, which the message takes */
static rd_kafka_headers_t *
headers_of(const struct head *h)
{
	rd_kafka_headers_t **made;

	if (h->packet_id >= LAYOUT_IDS || h->packet_format < LAYOUT_YEAR_MIN || h->packet_format > LAYOUT_YEAR_MAX)
		return new_headers(h);
	made = &self.headers[h->packet_id][h->packet_format - LAYOUT_YEAR_MIN];
	if (*made == NULL)
		*made = new_headers(h);
	return rd_kafka_headers_copy(*made);
}

/* Makes the value. Its length, or 0 if the record is no map; NULL in *value if there was no more room. */
static size_t
make_value(const struct head *h, const uint8_t *record, size_t n, const uint8_t **value)
{
	size_t room = JSON_ROOM(n), envelope_n = 0, json_n;
	const char *envelope = NULL;
	char *to;

	if (self.options->format == SEND_MSGPACK) {
		*value = record;
		return n;
	}
	if (self.options->format == SEND_JSON_SCHEMA) {
		envelope = schema_envelope(h->kind, &envelope_n);
		room += envelope_n + 1;
	}
	if (self.values == NULL || BLOCK_SIZE - self.values_n < room) {
		if (self.values)
			block_drop(self.values);
		self.values = send_block();
		self.values_n = 0;
	}
	to = (char *)self.values->bytes + self.values_n;
	*value = (uint8_t *)to;
	if (envelope)
		memcpy(to, envelope, envelope_n);
	json_n = json_record(to + envelope_n, record, n);
	if (json_n == 0)
		return 0;
	n = envelope_n + json_n;
	if (envelope)
		to[n++] = '}';
	self.values_n += n;
	return n;
}

static rd_kafka_resp_err_t
produce(const struct head *h, struct message *m, const uint8_t *value, size_t n)
{
	char key[TEMPLATE_ROOM];
	size_t key_n = template_write(self.options->key, h, key);
	rd_kafka_headers_t *headers = headers_of(h);
	rd_kafka_vu_t parts[] = {
		{ .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = m->topic->handle },
		{ .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { (void *)(uintptr_t)value, n } },
		{ .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = { key_n ? key : NULL, key_n } },
		/* 0 is now */
		{ .vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = h->received_at > 0 ? h->received_at / 1000 : 0 },
		{ .vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = m },
		{ .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers },
	};
	rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__PURGE_QUEUE;

	while (!self.over) {
		rd_kafka_error_t *error = rd_kafka_produceva(self.rk, parts, sizeof parts / sizeof parts[0]);

		if (error == NULL)
			return RD_KAFKA_RESP_ERR_NO_ERROR;
		code = rd_kafka_error_code(error);
		rd_kafka_error_destroy(error);
		/* in an empty queue it never has room */
		if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || rd_kafka_outq_len(self.rk) == 0)
			break;
		code = RD_KAFKA_RESP_ERR__PURGE_QUEUE;
		wait_for_room();
	}
	rd_kafka_headers_destroy(headers);
	return code;
}

static void
deliver(const struct head *h, struct topic *topic, struct block *block, const uint8_t *record, size_t n, uint64_t number)
{
	struct message *m;
	const uint8_t *value;
	size_t value_n = make_value(h, record, n, &value);
	rd_kafka_resp_err_t error;

	if (value_n == 0) {
		stats_reject(REASON_MALFORMED, number);
		return;
	}
	m = new_message();
	m->record_block = block_use(block);
	m->value_block = value == record ? NULL : block_use(self.values);
	m->record = record;
	m->n = (uint32_t)n;
	m->failed = false;
	m->topic = topic;
	append(m);
	if ((error = produce(h, m, value, value_n)) == RD_KAFKA_RESP_ERR_NO_ERROR)
		self.under_way++;
	else
		fail(m, error, false);
}

static bool
reachable(void)
{
	static int patience = TICK;
	static long long again;		/* half of the time is for the input */
	const struct rd_kafka_metadata *m;

	if (clock_milliseconds() < again)
		return false;
	if (rd_kafka_metadata(self.rk, 0, NULL, &m, patience) != RD_KAFKA_RESP_ERR_NO_ERROR) {
		again = clock_milliseconds() + patience;
		if (patience < FAR)
			patience *= 2;
		else if (!self.away) {
			warnx("no broker answers: trying again");
			self.away = true;
		}
		return false;
	}
	rd_kafka_metadata_destroy(m);
	return true;
}

static void
hold(struct block *block, const uint8_t *record, size_t n)
{
	struct message *m = new_message();

	m->record_block = block_use(block);
	m->value_block = NULL;
	m->record = record;
	m->n = (uint32_t)n;
	m->number = stats[STATS_RECORDS].n;
	m->next = NULL;
	if (self.held_n++ == 0)
		self.held_end = &self.held;
	self.held_bytes += n;
	*self.held_end = m;
	self.held_end = &m->next;
}

/* The topic of the record, or NULL as long as it has to wait for a broker. */
static struct topic *
destination(const struct head *h)
{
	struct topic *topic = topic_of(h, false);

	return topic == NULL && (self.over || reachable()) ? topic_of(h, true) : topic;
}

/* Sends what is held back, as far as there is a broker now, or never will be. */
static void
let_go(void)
{
	static struct head head;

	if (self.letting_go)
		return;
	self.letting_go = true;
	while (self.held_n > 0) {
		struct message *m = self.held;
		struct topic *topic;

		head_read(&head, m->record, m->n);
		if ((topic = destination(&head)) == NULL)
			break;
		self.held = m->next;
		self.held_n--;
		self.held_bytes -= m->n;
		deliver(&head, topic, m->record_block, m->record, m->n, m->number);
		release(m);
	}
	self.letting_go = false;
}

void
send_poll(void)
{
	rd_kafka_poll(self.rk, 0);
	let_go();
	bury();
	count_poll();
}

void
send_record(const struct head *h, struct block *block, const uint8_t *record, size_t n)
{
	struct topic *topic;

	while (self.held_bytes >= self.held_max && wait_for_room())
		let_go();
	if (self.held_n > 0 || (topic = destination(h)) == NULL)
		hold(block, record, n);
	else
		deliver(h, topic, block, record, n, stats[STATS_RECORDS].n);
}

int
send_end(void)
{
	long long begin = clock_milliseconds(), passed = 0;
	bool told = false;

	while (self.under_way + self.held_n > 0 && !self.fatal && passed < self.options->drain * 1000LL) {
		let_go();
		if (self.under_way > 0)
			rd_kafka_flush(self.rk, TICK);
		else
			rd_kafka_poll(self.rk, TICK);
		bury();
		count_poll();
		passed = clock_milliseconds() - begin;
		if (passed >= PATIENCE && !told && self.under_way + self.held_n > 0) {
			warnx("waiting for the delivery of %zu messages, for at most %d seconds", self.under_way + self.held_n,
			    self.options->drain);
			told = true;
		}
	}
	if (self.under_way + self.held_n > 0)
		give_up();
	let_go();
	/* librdkafka owes a report of these */
	for (struct message *m = self.first, *next; m; m = next) {
		next = m->next;
		if (!m->failed)
			fail(m, RD_KAFKA_RESP_ERR__TIMED_OUT, true);
	}
	bury();
	stats_end();
	if (self.given_up > 0) {
		bool kept = self.options->dead_letter && !dead_lost();

		warnx("%" PRIu64 " records were read and not delivered%s%s", self.given_up, kept ? ", and are in " : "",
		    kept ? self.options->dead_letter : "");
		if (self.uncertain > 0)
			warnx("%" PRIu64 " of them were sent, and the broker may have them", self.uncertain);
	}
	if (dead_lost())
		return EX_IOERR;
	return self.given_up > 0 ? EX_TEMPFAIL : topic_refused() ? EX_UNAVAILABLE : EX_OK;
}

void
send_close(void)
{
	for (int id = 0; id < LAYOUT_IDS; id++)
		for (int year = 0; year < LAYOUT_YEARS; year++)
			if (self.headers[id][year])
				rd_kafka_headers_destroy(self.headers[id][year]);
	topic_end();
	rd_kafka_destroy(self.rk);
}
