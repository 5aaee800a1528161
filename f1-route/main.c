/* f1-route: records on stdin, each to the targets whose rules take it
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "count.h"
#include "head.h"
#include "io.h"
#include "opt.h"
#include "record.h"
#include "rules.h"
#include "sandbox.h"
#include "sig.h"
#include "target.h"

enum { CHECK = 256, RESTART };
enum { LATE = 50, TICK = 1000, BUFFER_MIN = 128 * 1024 };	/* milliseconds; bytes */

static const struct opt opts[] = {
	{ 'a', "append", NULL, "append to files instead of emptying them" },
	{ 'b', "buffer", "SIZE", "buffer of each target, in bytes (default 8M)" },
	{ 'r', "rules", "FILE", "read rules from FILE, one a line" },
	{ RESTART, "restart", "SECONDS", "restart a command that fails, after SECONDS" },
	{ CHECK, "check", NULL, "only check the rules, and end" },
	{ 0 },
};

enum { RECORDS, MALFORMED, PER_RULE };	/* counters; then in, out, dropped and, where it is asked for, restarts of all rules */

static struct {
	size_t buffer;
	unsigned restart;
	bool append, check;
	struct target *targets;		/* one for each rule */
	struct count *counts;
	struct pollfd *polls;		/* of the targets, then of stdin */
	struct record_reader in;
	struct head head;
	int status;
} self = { .buffer = 8 << 20 };

static void
parse_options(int argc, char *argv[])
{
	int c;

	opt_init("f1-route", "[-a] [-b SIZE] [-r FILE] [RULE]...", "Telemetry records to targets by rules: "
	    "SELECTOR[,SELECTOR]...=TARGET waits for TARGET, ~TARGET does not.", opts);
	while ((c = opt_next(argc, argv)) != -1)
		switch (c) {
		case 'a':
			self.append = true;
			break;
		case 'b':
			self.buffer = (size_t)opt_size(BUFFER_MIN, 1LL << 40);
			break;
		case 'r':
			rules_read(optarg);
			break;
		case RESTART:
			self.restart = (unsigned)opt_number(1, 3600);
			break;
		case CHECK:
			self.check = true;
			break;
		}
	for (; optind < argc; optind++)
		rules_add(argv[optind]);
	rules_check();
}

static uint64_t *
counter(int row, size_t rule, const char *name, const char *help)
{
	struct count *c = &self.counts[PER_RULE + (size_t)row * rules.n + rule];

	*c = (struct count){ name, help, "rule", rules.rule[rule].text, 0 };
	return &c->n;
}

static void
open_targets(void)
{
	size_t rows = self.restart ? 4 : 3;

	self.targets = calloc(rules.n, sizeof *self.targets);
	self.polls = calloc(rules.n + 1, sizeof *self.polls);
	self.counts = calloc(PER_RULE + rows * rules.n, sizeof *self.counts);
	if (self.targets == NULL || self.polls == NULL || self.counts == NULL)
		err(EX_OSERR, NULL);
	self.counts[RECORDS] = (struct count){ "records", "records read", NULL, NULL, 0 };
	self.counts[MALFORMED] = (struct count){ "malformed", "frames without the first keys of a record", NULL, NULL, 0 };
	count_init(self.counts, PER_RULE + rows * rules.n);
	for (size_t i = 0; i < rules.n; i++) {
		struct target *t = &self.targets[i];

		t->name = rules.rule[i].target;
		t->waits = rules.rule[i].waits;
		t->quiet = rules.n == 1 && strcmp(t->name, "-") == 0;
		t->in = counter(0, i, "in", "records that a rule took");
		t->out = counter(1, i, "out", "records that its target was given");
		t->dropped = counter(2, i, "dropped", "records that its buffer had no room for or that were left when it ended");
		t->restart = self.restart;
		if (self.restart)
			t->restarts = counter(3, i, "restarts", "times that its command was started again");
		target_open(t, self.buffer, self.append);
	}
}

static void
route(const uint8_t *frame, size_t n)
{
	bool taken = false;

	self.counts[RECORDS].n++;
	if (!head_read(&self.head, frame + RECORD_HEADER, n - RECORD_HEADER)) {
		if (self.counts[MALFORMED].n++ == 0)
			warnx("stdin: record %" PRIu64 " does not begin with the keys of a record", self.counts[RECORDS].n);
		return;
	}
	for (size_t i = 0; i < rules.n; i++)
		if (!rules.rule[i].rest && rule_takes(&rules.rule[i], &self.head)) {
			target_put(&self.targets[i], frame, n);
			taken = true;
		}
	for (size_t i = 0; !taken && i < rules.n; i++)
		if (rules.rule[i].rest)
			target_put(&self.targets[i], frame, n);
}

/* Have all targets that wait room for one more record? */
static bool
room(void)
{
	for (size_t i = 0; i < rules.n; i++)
		if (!target_room(&self.targets[i]))
			return false;
	return true;
}

static bool
is_open(const struct target *t)
{
	return t->open;
}

/* How many targets are so? */
static size_t
targets_that(bool (*are)(const struct target *))
{
	size_t n = 0;

	for (size_t i = 0; i < rules.n; i++)
		n += are(&self.targets[i]);
	return n;
}

static enum { SOME, NOTHING, END }
trouble(int error)
{
	if (error == EAGAIN || error == EINTR)
		return NOTHING;
	self.status = record_trouble(error, self.counts[RECORDS].n);
	return END;
}

/* Routes what one read brings. */
static int
take(void)
{
	const uint8_t *record;
	size_t n;

	do {
		int got = record_read(&self.in, &record, &n, 0);

		if (got != 1)
			return got == 0 ? END : trouble(errno);
		route(record - RECORD_HEADER, n + RECORD_HEADER);
	} while (record_pending(&self.in) && room());
	return SOME;
}

static void
write_targets(void)
{
	for (size_t i = 0; i < rules.n; i++)
		target_write(&self.targets[i], self.polls[i].revents);
}

/* Waits for the targets, and for input if it is wanted. */
static void
wait_for(bool input)
{
	int timeout = sig_stop ? 100 : TICK;

	for (size_t i = 0; i < rules.n; i++)
		self.polls[i] = target_poll(&self.targets[i]);
	self.polls[rules.n] = (struct pollfd){ .fd = input ? STDIN_FILENO : -1, .events = POLLIN };
	if (sig_wait(self.polls, rules.n + 1, targets_that(target_is_late) ? LATE : timeout) <= 0)
		for (size_t i = 0; i < rules.n; i++)
			self.polls[i].revents = 0;
	count_poll();
}

/* To the end of input, of all targets, or of patience. */
static void
run(void)
{
	while (targets_that(is_open) > 0) {
		bool wanted = room();
		int got = wanted ? take() : NOTHING;

		if (got == SOME)
			memset(self.polls, 0, rules.n * sizeof *self.polls);
		write_targets();
		if (got == END)
			return;
		if (got == NOTHING && wanted == room())		/* else there is room now */
			wait_for(wanted);
		if (sig_overdue()) {
			warnx("stdin: no end of input within %d seconds of the signal", SIG_GRACE);
			return;
		}
	}
}

static bool
is_awaited(const struct target *t)
{
	return t->waits && target_busy(t);
}

/* Lets go what the buffers hold: a target that waits is given all the time until we are asked to stop, others some. */
static void
drain(void)
{
	time_t end = clock_seconds() + SIG_GRACE;

	while (targets_that(target_busy) > 0 && !sig_overdue() && (clock_seconds() < end || targets_that(is_awaited) > 0)) {
		wait_for(false);
		write_targets();
	}
}

static void
close_targets(void)
{
	for (size_t i = 0; i < rules.n; i++) {
		struct target *t = &self.targets[i];
		size_t left = t->open ? buffer_frames(&t->buffer) : 0;

		if (left > 0) {
			warnx("%s: does not read: %zu records are left", t->name, left);
			t->status = EX_TEMPFAIL;
		}
		target_close(t);
	}
	for (size_t i = 0; i < rules.n; i++) {
		target_reap(&self.targets[i]);
		if (self.targets[i].told)
			warnx("%s: %" PRIu64 " of %" PRIu64 " records dropped", rules.rule[i].text, *self.targets[i].dropped,
			    *self.targets[i].in);
	}
}

/* What could not be written comes first, then what could not be read. */
static int
status(void)
{
	for (size_t i = 0; i < rules.n; i++)
		if (self.targets[i].status != EX_OK)
			return self.targets[i].status;
	if (self.status == EX_OK && self.counts[MALFORMED].n > 0)
		return EX_DATAERR;
	return self.status;
}

int
main(int argc, char *argv[])
{
	parse_options(argc, argv);
	if (self.check)
		return EX_OK;
	if (isatty(STDIN_FILENO))
		opt_usage("stdin is a terminal: pipe records from f1-decode");
	sig_init();
	sig_hangup_stops();
	open_targets();
	io_pipe(STDIN_FILENO);
	if (record_open(&self.in, STDIN_FILENO) == -1)
		err(EX_OSERR, NULL);
	if (!self.restart && targets_that(target_is_late) == 0)	/* else commands are still to be started, or FIFOs opened */
		sandbox_enter(false);
	io_ready("ready");

	run();
	drain();
	close_targets();
	count_end();
	record_close(&self.in);
	return status();
}
