/* out: datagrams to stdout or to a socket, at their time
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "io.h"
#include "layout.h"
#include "opt.h"
#include "out.h"
#include "sig.h"

enum { BUFFER = 256 * 1024, GATHER = 64 };

struct out out;

static struct {
	int fd, udp, gone;
	double speed;
	struct timespec start;
	uint8_t buffer[BUFFER];
	size_t used;
	struct mmsghdr messages[GATHER];
	struct iovec parts[GATHER];
	unsigned waiting;
} self;

static void
open_udp(const char *where)
{
	struct address address;
	int size = 4 << 20;
	const char *why;

	if (!address_parse(&address, where))
		opt_usage("--udp: '%s' is not HOST:PORT", where);
	if ((self.fd = address_udp(&address, &why)) == -1)
		errx(EX_UNAVAILABLE, "%s: %s", where, why);
	setsockopt(self.fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	self.udp = 1;
}

void
out_init(const char *where, double speed)
{
	self.speed = speed;
	self.fd = STDOUT_FILENO;
	if (where)
		open_udp(where);
	else
		io_pipe(STDOUT_FILENO);
	for (int i = 0; i < GATHER; i++) {
		self.messages[i].msg_hdr.msg_iov = &self.parts[i];
		self.messages[i].msg_hdr.msg_iovlen = 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &self.start);
}

static void
flush_udp(void)
{
	for (unsigned sent = 0; sent < self.waiting; ) {
		int n = sendmmsg(self.fd, self.messages + sent, self.waiting - sent, 0);

		if (n > 0)
			sent += (unsigned)n;
		else if (errno == ECONNREFUSED || errno == ENOBUFS)
			sent++;		/* nobody listens yet: a game does not mind */
		else if (errno != EINTR)
			err(EX_IOERR, "send");
	}
	self.waiting = 0;
}

static void
flush_stdout(void)
{
	for (size_t done = 0; done < self.used && !self.gone; ) {
		ssize_t n = write(self.fd, self.buffer + done, self.used - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno == EPIPE)
			self.gone = 1;
		else if (errno == EAGAIN)
			poll(&(struct pollfd){ .fd = self.fd, .events = POLLOUT }, 1, -1);
		else if (errno != EINTR)	/* asked to stop: a stream ends after a whole datagram all the same */
			err(EX_IOERR, "stdout");
	}
}

static void
flush(void)
{
	if (self.udp)
		flush_udp();
	else
		flush_stdout();
	self.used = 0;
}

void
out_datagram(const uint8_t *data, size_t n)
{
	if (self.used + n > BUFFER || self.waiting == GATHER)
		flush();
	memcpy(self.buffer + self.used, data, n);
	if (self.udp) {
		self.parts[self.waiting].iov_base = self.buffer + self.used;
		self.parts[self.waiting].iov_len = n;
		self.waiting++;
	}
	self.used += n;
	out.datagrams++;
	out.bytes += n;
}

int
out_moment(double time)
{
	if (self.speed > 0) {
		double wait = time / self.speed;
		struct timespec until = self.start;

		flush();
		until.tv_sec += (time_t)wait;
		until.tv_nsec += (long)((wait - (double)(time_t)wait) * 1e9);
		if (until.tv_nsec >= 1000000000) {
			until.tv_sec++;
			until.tv_nsec -= 1000000000;
		}
		while (!sig_stop && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
			continue;
	}
	return self.gone || sig_stop ? -1 : 0;
}

int
out_end(void)
{
	flush();
	return self.gone ? -1 : 0;
}
