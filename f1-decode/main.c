/* f1-decode: game packets on stdin, telemetry records on stdout
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "bytes.h"
#include "capture.h"
#include "count.h"
#include "datagram.h"
#include "decode.h"
#include "describe.h"
#include "form.h"
#include "input.h"
#include "io.h"
#include "opt.h"
#include "output.h"
#include "raw.h"
#include "sandbox.h"
#include "sig.h"
#include "stats.h"

enum { ALL = 256, STRICT, LAYOUT };

static const struct opt opts[] = {
	{ 'j', "json", NULL, "write JSON, a record a line" },
	{ 't', "time", "now|EPOCH", "give records a time: now, or EPOCH (seconds since 1970) and session time" },
	{ ALL, "all", NULL, "also emit cars that are not there and empty elements" },
	{ STRICT, "strict", NULL, "end with status 65 if anything was rejected" },
	{ LAYOUT, "layout", NULL, "print all fields with type, unit and description, and end" },
	{ 0 },
};

static struct {
	bool json, all, strict;
	enum { TIME_UNKNOWN, TIME_NOW, TIME_EPOCH } time;
	double epoch;		/* seconds since 1970 */
	struct taker taker;
	int status;
} self;

static void
parse_options(int argc, char *argv[])
{
	int c;

	opt_init("f1-decode", "[-j] [-t now|EPOCH] [FILE]...", "Game packets (raw, pcap or pcapng) to telemetry records.", opts);
	while ((c = opt_next(argc, argv)) != -1)
		switch (c) {
		case 'j':
			self.json = true;
			break;
		case 't':
			self.time = TIME_NOW;
			if (strcmp(optarg, "now") != 0) {
				self.time = TIME_EPOCH;
				self.epoch = opt_real(0, 1e11);
			}
			break;
		case ALL:
			self.all = true;
			break;
		case STRICT:
			self.strict = true;
			break;
		case LAYOUT:
			describe_layout(stdout);
			if (fclose(stdout) == EOF)
				err(EX_IOERR, "stdout");
			exit(EX_OK);
		}
}

/* The time from EPOCH on that a raw stream tells: session time as it goes forward, in whatever session; a flashback does
 * not turn it back. */
static int64_t
stream_time(const struct layout_packet *packet, const uint8_t *datagram)
{
	static uint64_t uid;
	static double last, elapsed;
	const struct layout_header *h = layout_header(packet->format);
	double time = (double)float_of(le32(datagram + h->session_time));

	if (isfinite(time)) {
		if (le64(datagram + h->session_uid) == uid && time > last && time - last < 3600)
			elapsed += time - last;
		uid = le64(datagram + h->session_uid);
		last = time;
	}
	return (int64_t)((self.epoch + elapsed) * 1e6);
}

static int64_t
received_at(const struct datagram *d)
{
	struct timespec now;

	if (d->time != DATAGRAM_NO_TIME)
		return d->time / 1000;
	switch (self.time) {
	case TIME_NOW:
		clock_gettime(CLOCK_REALTIME, &now);
		return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
	case TIME_EPOCH:
		return stream_time(d->packet, d->bytes);
	default:
		return DECODE_NO_TIME;
	}
}

static bool
take(const struct datagram *d)
{
	struct decoded done = decode_packet(output_room(), d->packet, d->bytes, received_at(d), self.all);

	stats[STATS_PACKETS].n++;
	stats[STATS_RECORDS].n += done.records;
	for (uint32_t missing = done.missing; missing; missing &= missing - 1)
		stats[STATS_GAPS + __builtin_ctz(missing)].n++;
	output_add(done.n);
	return true;
}

/* Waits until there is input, after passing on what we have; false when asked to stop and out of grace. */
static bool
wait_for(const struct input *in)
{
	struct pollfd pfd = { .fd = in->fd, .events = POLLIN };
	int timeout = 0;

	for (;;) {
		int ready = sig_wait(&pfd, 1, timeout);

		count_poll();
		if (sig_overdue()) {
			warnx("%s: no end of input within %d seconds of the signal", in->name, SIG_GRACE);
			return false;
		}
		if (ready > 0)
			return true;
		if (timeout == 0)
			output_flush();
		timeout = sig_stop ? 100 : 1000;
	}
}

static void
read_input(int fd, const char *name)
{
	static uint8_t buffer[INPUT_SIZE];
	struct input in = { .name = name, .fd = fd, .wait = wait_for, .buffer = buffer };
	char why[CAPTURE_WHY];

	self.taker.told = 0;
	io_pipe(fd);
	while (input_size(&in) < 4 && input_more(&in))
		continue;
	if (!capture_is(in.buffer, input_size(&in)))
		raw_read(&in, &self.taker);
	else if (!capture_read(&in, &self.taker, why)) {
		warnx("%s: %s", name, why);
		if (self.status == EX_OK)
			self.status = EX_DATAERR;
	}
	if (in.error) {
		errno = in.error;
		warn("%s", name);
		self.status = EX_IOERR;
	}
}

static void
read_file(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd == -1) {
		warn("%s", name);
		self.status = EX_IOERR;
		return;
	}
	read_input(fd, name);
	close(fd);
}

int
main(int argc, char *argv[])
{
	size_t room = 0;

	parse_options(argc, argv);
	if (!self.json && isatty(STDOUT_FILENO))
		errx(EX_USAGE, "records are binary: pipe them, or use --json");
	if (optind == argc && isatty(STDIN_FILENO))
		opt_usage("stdin is a terminal: name a capture, or pipe one");
	sig_init();
	sig_hangup_stops();
	self.taker.take = take;
	stats_init(&self.taker);
	for (size_t i = 0; i < layout_packets_n; i++) {
		size_t n = form_room(&layout_packets[i]);

		if (n > room)
			room = n;
	}
	output_open(STDOUT_FILENO, self.json, room);
	io_pipe(STDOUT_FILENO);
	sandbox_enter(optind < argc);
	io_ready("ready");

	if (optind == argc)
		read_input(STDIN_FILENO, "stdin");
	for (int i = optind; i < argc; i++)
		if (strcmp(argv[i], "-") == 0)
			read_input(STDIN_FILENO, "stdin");
		else
			read_file(argv[i]);
	output_flush();
	if (close(STDOUT_FILENO) == -1)
		err(EX_IOERR, "stdout");
	count_end();
	if (self.status == EX_OK && self.strict && stats_bad())
		return EX_DATAERR;
	return self.status;
}
