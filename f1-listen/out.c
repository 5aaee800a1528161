/* out: the stream on stdout, which never makes the socket wait
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "out.h"
#include "ring.h"
#include "sig.h"

enum { AT_ONCE = 1 << 20, PAGE = 4096, TICK = 1000 };	/* bytes of a write; milliseconds between two looks at the clock */

struct out_total out_total;

static struct {
	struct ring ring;
	size_t at_once;		/* bytes that may be written when poll says so */
	bool socket;
	bool open;
	bool ended;
	bool blocked;		/* the last write was too much */
	int status;
} self = { .at_once = AT_ONCE };

bool
out_open(size_t ring, bool needed)
{
	int flags = fcntl(STDOUT_FILENO, F_GETFL);
	struct stat st;

	if (flags != -1 && (flags & O_ACCMODE) == O_RDONLY) {	/* as one is that was closed */
		flags = -1;
		errno = EBADF;
	}
	if (flags == -1 || fstat(STDOUT_FILENO, &st) == -1)
		err(EX_IOERR, "stdout");
	if (isatty(STDOUT_FILENO)) {
		if (needed)
			errx(EX_USAGE, "the stream is binary: pipe it or send it to a file");
		self.ended = true;
		return false;
	}
	io_pipe(STDOUT_FILENO);
	if (!io_unblock(STDOUT_FILENO))
		self.at_once = PAGE;	/* which does not block after poll has said that there is room */
	self.socket = S_ISSOCK(st.st_mode);
	if (ring_open(&self.ring, ring) == -1)
		err(EX_OSERR, "a ring of %zu bytes", ring);
	return self.open = true;
}

void
out_preface(const void *data, size_t n)
{
	if (self.open && n > 0)
		ring_preface(&self.ring, data, n);
}

void
out_put(const struct datagram *d)
{
	size_t gone;

	if (self.ended) {
		out_total.unwritten += self.open;
		return;
	}
	gone = ring_put(&self.ring, d->head, d->head_n, d->data, d->kept);
	if (gone > 0 && out_total.dropped == 0)
		warnx("the reader of stdout is too slow: the ring of %zu bytes is full, the oldest datagrams make room", self.ring.size);
	out_total.dropped += gone;
}

struct pollfd
out_poll(void)
{
	return (struct pollfd){ .fd = self.ended ? -1 : STDOUT_FILENO, .events = out_waiting() ? POLLOUT : 0 };
}

static void
end(void)
{
	out_total.unwritten += ring_left(&self.ring);
	self.ended = true;
}

static ssize_t
write_some(void)
{
	struct iovec vec[RING_VEC];
	int n = ring_vec(&self.ring, vec, self.at_once);
	struct msghdr message = { .msg_iov = vec, .msg_iovlen = (size_t)n };

	return self.socket ? sendmsg(STDOUT_FILENO, &message, MSG_DONTWAIT | MSG_NOSIGNAL) : writev(STDOUT_FILENO, vec, n);
}

void
out_write(short revents)
{
	ssize_t done;

	if (self.ended)
		return;
	if (revents & POLLERR || (revents & POLLHUP && !(revents & POLLOUT))) {
		end();
		return;
	}
	/* poll is asked only where it matters: a pipe that took the last write whole will do so again */
	if (!out_waiting() || (!(revents & POLLOUT) && (self.blocked || self.at_once < AT_ONCE)))
		return;
	if ((done = write_some()) == -1) {
		self.blocked = errno == EAGAIN;
		if (errno == EAGAIN || errno == EINTR)
			return;
		if (errno != EPIPE) {	/* else the reader has had enough */
			warn("stdout");
			self.status = EX_IOERR;
		}
		end();
		return;
	}
	out_total.bytes += (uint64_t)done;
	out_total.datagrams += ring_took(&self.ring, (size_t)done);
	self.blocked = out_waiting();
}

bool
out_waiting(void)
{
	return !self.ended && !ring_empty(&self.ring);
}

bool
out_ended(void)
{
	return self.ended;
}

int
out_close(void (*meanwhile)(void))
{
	uint64_t before = out_total.bytes;
	time_t progress = clock_seconds();

	while (out_waiting() && clock_seconds() - progress < SIG_GRACE) {
		struct pollfd p = out_poll();

		if (sig_wait(&p, 1, TICK) > 0)
			out_write(p.revents);
		if (out_total.bytes != before)
			progress = clock_seconds();
		before = out_total.bytes;
		meanwhile();
	}
	if (out_waiting()) {
		end();
		warnx("the reader of stdout has stalled for %d seconds: %ju datagrams are left unwritten", SIG_GRACE,
		    (uintmax_t)out_total.unwritten);
		self.status = EX_TEMPFAIL;
	} else if (self.open && !self.ended && close(STDOUT_FILENO) == -1) {
		warn("stdout");
		self.status = EX_IOERR;
	}
	self.ended = true;
	return self.status;
}
