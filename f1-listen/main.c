/* f1-listen: the game's UDP telemetry on stdout, its datagrams back to back
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "clock.h"
#include "count.h"
#include "file.h"
#include "forward.h"
#include "io.h"
#include "opt.h"
#include "out.h"
#include "packet.h"
#include "pcap.h"
#include "probe.h"
#include "sandbox.h"
#include "senders.h"
#include "sig.h"
#include "udp.h"

enum { QUIET = 10, TICK = 1000 };	/* seconds until we ask whether anybody sends; milliseconds between two looks */
enum { PROBE_SECONDS = 6, PROBE_MAX = 3600 };	/* some packets come every 5 seconds */
enum { BATCHES = 4 };			/* taken before the reader gets some, if they come so fast */
enum { PCAP = 256, GROUP, REUSE_PORT, ROTATE_SIZE, ROTATE_TIME, ON_CLOSE, PROBE };	/* no letters */

static const struct opt opts[] = {
	{ 'a', "address", "ADDR", "listen on ADDR only (default all addresses)" },
	{ 'p', "port", "PORT", "listen on PORT (default 20777, 0 picks one)" },
	{ GROUP, "group", "ADDR", "join the multicast group ADDR, on the interface of --address" },
	{ REUSE_PORT, "reuse-port", NULL, "share the port with others that do" },
	{ 'B', "buffer", "SIZE", "keep up to SIZE for a slow reader of stdout (default 64M)" },
	{ PCAP, "pcap", NULL, "write pcap with addresses and times, all datagrams" },
	{ 'w', "write", "PATTERN", "keep captures in files: strftime(3) and {uid} {track} {session} {format}" },
	{ ROTATE_SIZE, "rotate-size", "SIZE", "begin a new file before one exceeds SIZE" },
	{ ROTATE_TIME, "rotate-time", "SEC", "begin a new file when one is SEC seconds old" },
	{ ON_CLOSE, "on-close", "CMD", "run CMD with the name of each file that is complete" },
	{ 'f', "forward", "TARGET", "send on to HOST:PORT; only these packets: HOST:PORT/ID,ID..." },
	{ PROBE, "probe", NULL, "watch for 6 seconds, or SECONDS: say who sends what, or why nothing comes; and end" },
	{ 'j', "json", NULL, "with --probe: say it as JSON" },
	{ 0 }
};

static struct {
	struct udp_want listen;
	struct file_want write;
	size_t buffer;
	bool pcap, probe, json;
	unsigned seconds;	/* of the probe */

	struct udp udp;
	struct datagram batch[UDP_BATCH];
	uint8_t heads[UDP_BATCH][WIRE_HEADS];
	bool out;		/* there is a stream on stdout */
	time_t quiet_until;	/* when we ask whether anybody sends; 0: somebody does, or we have asked */
	uint64_t datagrams, rejected[LOOK_LENGTH + 1], drops_told;
} self = { .listen.port = 20777, .buffer = 64 << 20, .seconds = PROBE_SECONDS };

static void
parse_options(int argc, char *argv[])
{
	int c;

	opt_init("f1-listen", "[-v] [-a ADDR] [-p PORT] [-w PATTERN] [-f HOST:PORT]... [--pcap] [OPTION]... | --probe [SECONDS]",
	    "UDP telemetry of the F1 games to stdout, as a raw stream.", opts);
	while ((c = opt_next(argc, argv)) != -1)
		switch (c) {
		case 'a':
			self.listen.address = optarg;
			break;
		case 'p':
			self.listen.port = (unsigned)opt_number(0, 65535);
			break;
		case GROUP:
			self.listen.group = optarg;
			break;
		case REUSE_PORT:
			self.listen.reuse_port = true;
			break;
		case 'B':
			self.buffer = (size_t)opt_size(64 << 10, (long long)(SIZE_MAX >> 20));
			break;
		case PCAP:
			self.pcap = self.listen.stamps = true;
			break;
		case 'w':
			self.write.pattern = optarg;
			break;
		case ROTATE_SIZE:
			self.write.size = (uint64_t)opt_size(4096, INT64_MAX);
			break;
		case ROTATE_TIME:
			self.write.seconds = (unsigned)opt_number(1, 1 << 30);
			break;
		case ON_CLOSE:
			self.write.on_close = optarg;
			break;
		case 'f':
			forward_add(optarg);
			break;
		case PROBE:
			self.probe = true;
			break;
		case 'j':
			self.json = true;
			break;
		}
	if (self.json && !self.probe)
		opt_usage("--json is for --probe: a stream becomes JSON by f1-decode --json");
	if (self.probe && (self.write.pattern || forward_any() || self.pcap))
		opt_usage("--probe only looks: not with --write, --forward or --pcap");
	if (self.probe && optind < argc) {
		optarg = argv[optind++];
		self.seconds = (unsigned)opt_number(1, PROBE_MAX);
	}
	if (optind < argc)
		opt_usage("unexpected operand %s", argv[optind]);
	if (self.write.pattern == NULL && (self.write.size || self.write.seconds || self.write.on_close))
		opt_usage("--rotate-size, --rotate-time and --on-close need --write");
}

static void
open_outputs(void)
{
	if (self.pcap) {
		self.write.preface = wire_file;
		self.write.preface_n = sizeof wire_file;
	}
	self.out = out_open(self.buffer, self.write.pattern == NULL && !forward_any());
	out_preface(self.write.preface, self.write.preface_n);
	if (self.write.pattern)
		file_open(&self.write);
}

static void
listen_udp(void)
{
	char port[8];

	udp_open(&self.udp, &self.listen);
	forward_check(&self.udp);
	if (opt_common.verbose)
		warnx("listening on %s", self.udp.name);
	self.quiet_until = clock_seconds() + QUIET;
	if (self.write.on_close == NULL)
		sandbox_stay();
	snprintf(port, sizeof port, "%u", self.udp.port);
	io_ready(port);
}

static void
tell_drops(void)
{
	if (self.udp.dropped > 0 && self.drops_told == 0) {
		self.drops_told = self.udp.dropped;
		warnx("datagrams come faster than they can be taken: the kernel dropped some (%ju so far)", (uintmax_t)self.drops_told);
	}
}

/* The counters as they are now: those of the files and receivers only if there are any. */
static void
tally(void)
{
	static const struct {
		enum look look;
		const char *name;
	} reasons[] = { { LOOK_FORMAT, "format" }, { LOOK_ID, "id" }, { LOOK_LENGTH, "length" } };
	static struct count counts[16 + SENDERS_COUNTS];
	struct count *c = counts;

	udp_drops(&self.udp);
	tell_drops();
	*c++ = (struct count){ "datagrams", "datagrams received", NULL, NULL, self.datagrams };
	*c++ = (struct count){ "packets", "datagrams passed on to stdout", NULL, NULL, out_total.datagrams };
	*c++ = (struct count){ "bytes", "bytes written to stdout", NULL, NULL, out_total.bytes };
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		*c++ = (struct count){ "rejected", "datagrams that are no F1 packets", "reason", reasons[i].name,
			self.rejected[reasons[i].look] };
	*c++ = (struct count){ "ring drops", "datagrams that a slow reader of stdout has lost", NULL, NULL, out_total.dropped };
	*c++ = (struct count){ "unwritten", "datagrams left when nobody read stdout any more", NULL, NULL, out_total.unwritten };
	*c++ = (struct count){ "kernel drops", "datagrams that the kernel dropped, its buffer being full", NULL, NULL, self.udp.dropped };
	if (self.write.pattern) {
		*c++ = (struct count){ "files", "capture files begun", NULL, NULL, file_total.files };
		*c++ = (struct count){ "filed", "datagrams written to capture files", NULL, NULL, file_total.written };
		*c++ = (struct count){ "file drops", "datagrams that could not be written to a file", NULL, NULL, file_total.lost };
	}
	if (forward_any()) {
		*c++ = (struct count){ "forwarded", "datagrams sent on", NULL, NULL, forward_total.sent };
		*c++ = (struct count){ "forward failures", "datagrams that could not be sent on", NULL, NULL, forward_total.failed };
	}
	c += senders_report(c);
	count_init(counts, (size_t)(c - counts));
}

static void
look_around(void)
{
	if (sig_report || opt_common.metrics)
		tally();
	count_poll();
	if (self.quiet_until != 0 && clock_seconds() >= self.quiet_until) {
		self.quiet_until = 0;
		warnx("%s: nothing came in %d seconds: is UDP telemetry on in the game, and sent to this machine's port %u?",
		    self.udp.name, QUIET, self.udp.port);
	}
}

/* Takes a batch and gives everybody theirs; the number of datagrams, 0 for none. */
static int
take(void)
{
	struct udp *u = &self.udp;
	int n = udp_receive(u);

	if (n == -1)
		err(EX_OSERR, "recvmmsg");
	for (int i = 0; i < n; i++) {
		struct datagram *d = &self.batch[i];

		packet_take(d, u, i);
		senders_count(d);
		if (d->look != LOOK_PACKET && self.rejected[d->look]++ == 0)	/* one of each kind is told */
			packet_complain(d, self.pcap ? "kept in the pcap only" : "left out");
		d->wanted = self.pcap || d->look == LOOK_PACKET;
		if (self.pcap)
			pcap_head(d, u, &u->msgs[i].msg_hdr, self.heads[i]);
	}
	if (self.write.pattern)
		file_keep(self.batch, n);
	forward_send(self.batch, n);
	for (int i = 0; i < n; i++)
		if (self.batch[i].wanted)
			out_put(&self.batch[i]);
	if (n > 0)
		self.quiet_until = 0;
	self.datagrams += (uint64_t)n;
	tell_drops();
	return n;
}

/* Waits for datagrams and for room on stdout; what has come is taken first, so that the kernel need not drop it. */
static void
serve(void)
{
	struct pollfd fds[] = { { .fd = self.udp.fd, .events = POLLIN }, out_poll() };
	bool tick = (self.write.pattern && file_look()) || opt_common.metrics || self.quiet_until;

	if (sig_wait(fds, 2, tick ? TICK : -1) > 0) {
		if (fds[0].revents)
			for (int i = 0; i < BATCHES && take() == UDP_BATCH; i++)
				;
		out_write(fds[1].revents);
	}
	look_around();
}

/* Somebody still wants what comes. */
static bool
wanted(void)
{
	return !out_ended() || self.write.pattern || forward_any();
}

static int
finish(void)
{
	int status;

	udp_shut(&self.udp);
	while (wanted() && take() > 0)
		;			/* what came before we were asked to stop */
	file_close();
	status = out_close(look_around);
	file_end();
	tally();
	if (self.udp.dropped > self.drops_told)
		warnx("the kernel dropped %ju datagrams in all", (uintmax_t)self.udp.dropped);
	if (out_total.dropped)
		warnx("the reader of stdout lost %ju datagrams in all", (uintmax_t)out_total.dropped);
	if (file_total.lost)
		warnx("%ju datagrams are in no file", (uintmax_t)file_total.lost);
	count_end();
	return status ? status : file_total.status;
}

int
main(int argc, char *argv[])
{
	parse_options(argc, argv);
	if (self.probe) {
		sig_init();
		sig_hangup_stops();
		probe(&self.listen, self.seconds, self.json);
	}
	open_outputs();
	sig_init();
	if (self.write.pattern == NULL)
		sig_hangup_stops();
	listen_udp();
	tally();

	while (wanted() && !sig_stop) {
		serve();
		if (sig_hangup && self.write.pattern) {
			sig_hangup = 0;
			file_close();
		}
	}
	return finish();
}
