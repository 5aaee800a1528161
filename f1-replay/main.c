/* f1-replay: captures back to the raw stream, or to UDP, at the pace of the game
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "bytes.h"
#include "capture.h"
#include "count.h"
#include "datagram.h"
#include "f1pcap.h"
#include "input.h"
#include "io.h"
#include "network.h"
#include "opt.h"
#include "out.h"
#include "pace.h"
#include "progress.h"
#include "raw.h"
#include "sandbox.h"
#include "sig.h"

enum { PCAP = 256, FROM, TO, SESSION, MAX_GAP, LOOP, LOSS, DUP, REORDER, SEED };

static const struct opt opts[] = {
	{ 's', "speed", "X", "X times real time (default 1); 0 is as fast as possible" },
	{ 'u', "udp", "HOST:PORT", "send datagrams there instead of writing stdout" },
	{ PCAP, "pcap", NULL, "write pcap, with times and addresses, instead of a raw stream" },
	{ FROM, "from", "T", "leave out what is before session time T (seconds)" },
	{ TO, "to", "T", "leave out what is after session time T (seconds)" },
	{ SESSION, "session", "UID", "leave out all but the session UID (hexadecimal)" },
	{ MAX_GAP, "max-gap", "SEC", "shorten pauses in the capture to SEC seconds" },
	{ LOOP, "loop", NULL, "at the end begin again, for ever" },
	{ LOSS, "loss", "P", "lose datagrams with probability P, 0 to 1" },
	{ DUP, "dup", "P", "send datagrams twice with probability P" },
	{ REORDER, "reorder", "P", "let datagrams be overtaken by up to four with probability P" },
	{ SEED, "seed", "N", "make other random choices (default 1)" },
	{ 0 },
};

enum { READ, PACKETS, BYTES, LEFT_OUT, LOST, DOUBLED, REORDERED, UNSENT, REJECTED, COUNTS = REJECTED + TAKER_COUNTS };
static struct count counts[COUNTS] = {
	[READ] = { "packets read", "F1 packets in the captures", NULL, NULL, 0 },
	[PACKETS] = { "packets", "F1 packets replayed", NULL, NULL, 0 },
	[BYTES] = { "bytes", "Bytes written or sent", NULL, NULL, 0 },
	[LEFT_OUT] = { "left out", "F1 packets of another time or session than was asked for", NULL, NULL, 0 },
	[LOST] = { "lost", "F1 packets lost by --loss", NULL, NULL, 0 },
	[DOUBLED] = { "doubled", "F1 packets doubled by --dup", NULL, NULL, 0 },
	[REORDERED] = { "reordered", "F1 packets held back by --reorder", NULL, NULL, 0 },
	[UNSENT] = { "unsent", "Datagrams that the network did not take", NULL, NULL, 0 },
};

static struct {
	double speed, from, to, max_gap;
	const char *udp;
	bool pcap, one, loop;
	uint64_t session;		/* if `one` */
	struct taker taker;
	double position;		/* of the last datagram */
	int64_t zero;			/* time of position 0 for a pcap, nanoseconds */
	uint64_t found;			/* packets in this input */
	int status;
} self = { .speed = 1, .from = -INFINITY, .to = INFINITY, .max_gap = INFINITY };

static void
parse_options(int argc, char *argv[])
{
	int c;

	opt_init("f1-replay", "[-s X] [-u HOST:PORT] [FILE]...", "Captures (raw, pcap, pcapng or .f1pcap) to stdout or UDP.",
	    opts);
	while ((c = opt_next(argc, argv)) != -1)
		switch (c) {
		case 's':
			self.speed = opt_real(0, 1e6);
			if (self.speed > 0 && self.speed < 0.001)
				opt_usage("--speed %s: expected 0, or 0.001 and more", optarg);
			break;
		case 'u':
			self.udp = optarg;
			break;
		case PCAP:
			self.pcap = true;
			break;
		case FROM:
			self.from = opt_real(-1e9, 1e9);
			break;
		case TO:
			self.to = opt_real(-1e9, 1e9);
			break;
		case SESSION:
			self.one = true;
			self.session = opt_uid();
			break;
		case MAX_GAP:
			self.max_gap = opt_real(0, 1e9);
			break;
		case LOOP:
			self.loop = true;
			break;
		case LOSS:
			network.loss = opt_real(0, 1);
			break;
		case DUP:
			network.dup = opt_real(0, 1);
			break;
		case REORDER:
			network.reorder = opt_real(0, 1);
			break;
		case SEED:
			network.seed = (uint64_t)opt_number(0, INT64_MAX);
			break;
		}
	if (self.pcap && self.udp)
		opt_usage("--pcap and --udp: datagrams cannot go both ways");
}

/* counters that other files keep */
static void
poll_counts(void)
{
	counts[PACKETS].n = out.packets;
	counts[BYTES].n = out.bytes;
	counts[UNSENT].n = out.unsent;
	counts[LOST].n = network.lost;
	counts[DOUBLED].n = network.doubled;
	counts[REORDERED].n = network.reordered;
	count_poll();
}

static void
idle(void)
{
	out_flush();
	progress_draw();
	poll_counts();
}

/* is it of the session and the time that are asked for? */
static bool
chosen(const struct datagram *d)
{
	const struct layout_header *h = layout_header(d->packet->format);
	uint64_t uid = le64(d->bytes + h->session_uid);
	double time = (double)float_of(le32(d->bytes + h->session_time));

	if (self.one && uid != self.session)
		return false;
	if (isinf(self.from) && isinf(self.to))
		return true;
	if (time >= self.from && time <= self.to)
		return true;
	if (uid != 0)		/* else its time is stale */
		pace_cut();
	return false;
}

static void
pass(const struct datagram *d)
{
	/* a datagram without a time gets one that follows those of the others */
	int64_t elapsed = (int64_t)(self.position * 1e9);

	if (d->time != DATAGRAM_NO_TIME)
		self.zero = d->time - elapsed;
	out_datagram(d, d->time != DATAGRAM_NO_TIME ? d->time : self.zero + elapsed);
}

static bool
take(const struct datagram *d)
{
	self.found++;
	counts[READ].n++;
	if (!chosen(d)) {
		counts[LEFT_OUT].n++;
		return !sig_stop;
	}
	self.position = pace_position(d);
	if (!pace_wait(self.position, idle))
		return false;
	progress_datagram(d, self.position);
	network_datagram(d, pass);
	if (counts[READ].n % 1024 == 0) {	/* where nothing waits */
		progress_draw();
		poll_counts();
	}
	return out_open_still() && !sig_stop;
}

/* Waits until there is input, after passing on what we have; false when asked to stop. */
static bool
wait_for(const struct input *in)
{
	struct pollfd pfd = { .fd = in->fd, .events = POLLIN };
	int timeout = 0;

	while (!sig_stop) {
		if (sig_wait(&pfd, 1, timeout) > 0)
			return true;
		idle();
		timeout = 1000;
	}
	return false;
}

static bool
fail(int status)
{
	if (self.status == EX_OK || status == EX_IOERR)
		self.status = status;
	return false;
}

/* False if something was wrong with it, which was said. */
static bool
read_input(int fd, const char *name)
{
	static uint8_t buffer[INPUT_SIZE];
	struct input in = { .name = name, .fd = fd, .wait = wait_for, .buffer = buffer };
	char why[CAPTURE_WHY];
	bool good = true;

	self.taker.told = 0;
	self.found = 0;
	pace_cut();
	io_pipe(fd);
	while (input_size(&in) < F1PCAP_HEADER && input_more(&in))
		continue;
	if (capture_is(in.buffer, input_size(&in)))
		good = capture_read(&in, &self.taker, why);
	else if (f1pcap_is(in.buffer, input_size(&in)))
		good = f1pcap_read(&in, &self.taker, why);
	else
		raw_read(&in, &self.taker);
	if (in.error) {
		errno = in.error;
		warn("%s", name);
		return fail(EX_IOERR);
	}
	if (sig_stop || !out_open_still())
		return true;
	if (!good) {
		warnx("%s: %s", name, why);
		return fail(EX_DATAERR);
	}
	if (self.found == 0 && in.offset > 0) {
		warnx("%s: no F1 packet in it", name);
		return fail(EX_DATAERR);
	}
	return true;
}

static bool
read_operand(const char *name)
{
	bool good;
	int fd;

	if (strcmp(name, "-") == 0) {
		if (self.loop)		/* a file may be read again even as stdin */
			lseek(STDIN_FILENO, 0, SEEK_SET);
		return read_input(STDIN_FILENO, "stdin");
	}
	if ((fd = open(name, O_RDONLY | O_CLOEXEC)) == -1) {
		warn("%s", name);
		return fail(EX_IOERR);
	}
	good = read_input(fd, name);
	close(fd);
	return good;
}

/* All operands, again and again with --loop; what was bad once is left alone then. */
static void
replay(int n, char *operands[])
{
	uint64_t before;

	do {
		before = counts[READ].n - counts[LEFT_OUT].n;
		for (int i = 0; i < n && !sig_stop && out_open_still(); i++)
			if (operands[i] && !read_operand(operands[i]))
				operands[i] = NULL;
	} while (self.loop && !sig_stop && out_open_still() && counts[READ].n - counts[LEFT_OUT].n > before);
	network_end(pass);
}

int
main(int argc, char *argv[])
{
	char *standard_input[] = { "-" };
	char **operands;
	int n;

	parse_options(argc, argv);
	n = optind < argc ? argc - optind : 1;
	operands = optind < argc ? argv + optind : standard_input;
	if (optind == argc && isatty(STDIN_FILENO))
		opt_usage("stdin is a terminal: name a capture, or pipe one");
	for (int i = 0; self.loop && i < n; i++)
		if (strcmp(operands[i], "-") == 0 && lseek(STDIN_FILENO, 0, SEEK_CUR) == -1)
			opt_usage("--loop: stdin is no file, and cannot begin again");
	sig_init();
	sig_hangup_stops();
	self.taker.take = take;
	taker_init(&self.taker, &counts[REJECTED]);
	count_init(counts, COUNTS);
	out_open(self.udp ? OUT_UDP : self.pcap ? OUT_PCAP : OUT_RAW, self.udp);
	pace_init(self.speed, self.max_gap);
	progress_init(self.speed);
	sandbox_enter(optind < argc);
	io_ready("ready");

	replay(n, operands);

	out_flush();
	progress_end();
	if (!self.udp && out_open_still() && close(STDOUT_FILENO) == -1) {
		warn("stdout");
		out.status = EX_IOERR;
	}
	poll_counts();
	count_end();
	if (out.status != EX_OK)
		return out.status;
	if (self.status == EX_OK && out.unsent > 0)
		return EX_IOERR;
	return self.status;
}
