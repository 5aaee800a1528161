/* f1-listen: the game's UDP telemetry on stdout, its datagrams back to back
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "count.h"
#include "io.h"
#include "opt.h"
#include "packet.h"
#include "sig.h"
#include "udp.h"

enum { QUIET = 10, TICK = 1000 };	/* seconds until we ask whether anybody sends; milliseconds between two looks */

static const struct opt opts[] = {
	{ 'a', "address", "ADDR", "listen on ADDR only (default all addresses)" },
	{ 'p', "port", "PORT", "listen on PORT (default 20777, 0 picks one)" },
	{ 0 }
};

enum { DATAGRAMS, PACKETS, BYTES, REJECTED, DROPPED = REJECTED + PACKET_ALL - 1 };
static struct count counts[] = {
	[DATAGRAMS] = { "datagrams", "datagrams received", NULL, NULL, 0 },
	[PACKETS] = { "packets", "F1 packets passed on", NULL, NULL, 0 },
	[BYTES] = { "bytes", "bytes passed on", NULL, NULL, 0 },
#define X(reason, name) \
	[REJECTED + PACKET_##reason - 1] = { "rejected", "datagrams left out, being no F1 packets", "reason", name, 0 },
	PACKET_REASONS(X)
#undef X
	[DROPPED] = { "kernel drops", "datagrams that the kernel dropped, its buffer being full", NULL, NULL, 0 },
};

static struct {
	const char *address;
	unsigned port;
	struct udp udp;
	int status;
	bool ended;		/* nobody reads stdout any more, or it cannot be written */
	time_t quiet_until;	/* when we ask whether anybody sends; 0: somebody does, or we have asked */
	uint64_t drops_told;
} self = { .port = 20777 };

static void
parse_options(int argc, char *argv[])
{
	int c;

	opt_init("f1-listen", "[-v] [-a ADDR] [-p PORT]", "UDP telemetry of the F1 games to stdout, raw", opts);
	while ((c = opt_next(argc, argv)) != -1)
		switch (c) {
		case 'a':
			self.address = optarg;
			break;
		case 'p':
			self.port = (unsigned)opt_number(0, 65535);
			break;
		}
	if (optind < argc)
		opt_usage("unexpected operand %s", argv[optind]);
}

static time_t
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void
open_stdout(void)
{
	struct stat st;
	int fd;

	if (fstat(STDOUT_FILENO, &st) == -1)
		err(EX_IOERR, "stdout");
	if (isatty(STDOUT_FILENO))
		errx(EX_USAGE, "the stream is binary: pipe it or send it to a file");
	io_pipe(STDOUT_FILENO);
	/* A pipe of our own that does not block, so that we see signals while the reader stalls; the description that
	 * we share with others stays as it is. Where it cannot be opened we do without. */
	if (S_ISFIFO(st.st_mode) && (fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC)) != -1) {
		dup2(fd, STDOUT_FILENO);
		close(fd);
	}
}

static void
listen_udp(void)
{
	char port[8];

	udp_open(&self.udp, self.address, self.port);
	if (opt_common.verbose)
		warnx("listening on %s", self.udp.name);
	self.quiet_until = seconds() + QUIET;
	snprintf(port, sizeof port, "%u", self.udp.port);
	io_ready(port);
}

static void
tell_drops(void)
{
	counts[DROPPED].n = self.udp.dropped;
	if (self.udp.dropped > 0 && self.drops_told == 0) {
		self.drops_told = self.udp.dropped;
		warnx("the reader of stdout is too slow: the kernel dropped datagrams (%ju so far)", (uintmax_t)self.drops_told);
	}
}

static void
look_around(void)
{
	if (sig_report || opt_common.metrics) {
		udp_drops(&self.udp);
		tell_drops();
	}
	count_poll();
	if (self.quiet_until != 0 && seconds() >= self.quiet_until) {
		self.quiet_until = 0;
		warnx("%s: nothing came in %d seconds: is UDP telemetry on in the game, and sent to this machine's port %u?",
		    self.udp.name, QUIET, self.udp.port);
	}
}

/* Waits for datagrams, or for a reason not to. */
static void
wait_input(void)
{
	struct pollfd fds[] = { { .fd = self.udp.fd, .events = POLLIN }, { .fd = STDOUT_FILENO } };

	if (sig_wait(fds, 2, opt_common.metrics || self.quiet_until ? TICK : -1) > 0 && fds[1].revents & (POLLERR | POLLHUP))
		self.ended = true;
	look_around();
}

/* Writes all of it, and waits for the reader as long as that takes. */
static void
write_out(struct iovec *iov, int n)
{
	while (n > 0) {
		ssize_t done = writev(STDOUT_FILENO, iov, n);

		if (done == -1 && errno == EAGAIN) {
			sig_wait(&(struct pollfd){ .fd = STDOUT_FILENO, .events = POLLOUT }, 1, opt_common.metrics ? TICK : -1);
			look_around();
			continue;
		}
		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1) {
			if (errno != EPIPE) {	/* else the reader has had enough */
				warn("stdout");
				self.status = EX_IOERR;
			}
			self.ended = true;
			return;
		}
		counts[BYTES].n += (uint64_t)done;
		for (; n > 0 && (size_t)done >= iov->iov_len; n--)
			done -= (ssize_t)(iov++)->iov_len;
		if (n > 0) {
			iov->iov_base = (char *)iov->iov_base + done;
			iov->iov_len -= (size_t)done;
		}
	}
}

/* Takes a batch and passes on what the game sent; the number of datagrams, 0 for none. */
static int
pass_on(void)
{
	struct udp *u = &self.udp;
	struct iovec out[UDP_BATCH];
	int n = udp_receive(u), good = 0;

	if (n == -1)
		err(EX_OSERR, "recvmmsg");
	if (n > 0)
		self.quiet_until = 0;
	counts[DATAGRAMS].n += (uint64_t)n;
	for (int i = 0; i < n; i++) {
		size_t length = u->msgs[i].msg_len;
		enum packet_reason why = packet_check(u->data[i], length, length < UDP_SIZE ? length : UDP_SIZE);

		if (why == PACKET_GOOD)
			out[good++] = (struct iovec){ .iov_base = u->data[i], .iov_len = length };
		else if (counts[REJECTED + why - 1].n++ == 0)	/* one of each kind is told */
			packet_complain(why, u->data[i], length, u->msgs[i].msg_hdr.msg_name, u->msgs[i].msg_hdr.msg_namelen);
	}
	write_out(out, good);
	if (!self.ended)
		counts[PACKETS].n += (uint64_t)good;
	tell_drops();
	return n;
}

static void
report(void)
{
	if (!self.ended && close(STDOUT_FILENO) == -1) {
		warn("stdout");
		self.status = EX_IOERR;
	}
	udp_drops(&self.udp);
	tell_drops();
	if (self.udp.dropped > self.drops_told)
		warnx("the kernel dropped %ju datagrams in all", (uintmax_t)self.udp.dropped);
	count_end();
}

int
main(int argc, char *argv[])
{
	parse_options(argc, argv);
	open_stdout();
	sig_init();
	sig_hangup_stops();
	count_init(counts, sizeof counts / sizeof counts[0]);
	listen_udp();

	while (!self.ended && !sig_stop) {
		wait_input();
		if (!self.ended)
			pass_on();
	}
	udp_shut(&self.udp);
	while (!self.ended && pass_on() > 0)
		;			/* what came before we were asked to stop */
	report();
	return self.status;
}
