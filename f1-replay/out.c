/* out: datagrams to stdout, raw or as pcap, or to a UDP socket
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "address.h"
#include "bytes.h"
#include "io.h"
#include "opt.h"
#include "out.h"
#include "sig.h"
#include "wire.h"

enum { BUFFER = 256 * 1024, GATHER = 64 };
enum { EXAMPLE = 0xc0000200, PORT = 20777 };	/* 192.0.2.0, addresses for examples (RFC 5737) */
enum { HEADS = 128 };		/* the longest of a record, IP and UDP */

struct out out;

static struct {
	enum out_kind kind;
	int fd;
	struct address address;
	uint8_t buffer[BUFFER];
	size_t used;
	unsigned waiting;		/* datagrams in the buffer */
	struct mmsghdr messages[GATHER];
	struct iovec parts[GATHER];
} self = { .fd = STDOUT_FILENO };

static void
open_udp(const char *where)
{
	struct address *a = &self.address;
	int size = 4 << 20;
	const char *why;

	if (!address_parse(a, where))
		opt_usage("--udp: '%s' is not HOST:PORT", where);
	if ((self.fd = address_udp(a, &why)) == -1)
		errx(EX_UNAVAILABLE, "%s: %s", where, why);
	setsockopt(self.fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	/* Not connected, it does not tell that nobody listens, which a game would not mind either. */
	connect(self.fd, &(struct sockaddr){ .sa_family = AF_UNSPEC }, sizeof(struct sockaddr));
	for (int i = 0; i < GATHER; i++)
		self.messages[i].msg_hdr = (struct msghdr){ .msg_name = &a->to, .msg_namelen = a->size,
			.msg_iov = &self.parts[i], .msg_iovlen = 1 };
}

static void
open_stdout(void)
{
	struct stat st;

	if (fstat(STDOUT_FILENO, &st) == -1)
		err(EX_IOERR, "stdout");
	if (isatty(STDOUT_FILENO))
		errx(EX_USAGE, "the stream is binary: pipe it, send it to a file, or use --udp");
	io_pipe(STDOUT_FILENO);
	io_unblock(STDOUT_FILENO);	/* so that we see signals while the reader stalls; where it cannot be we do without */
}

void
out_open(enum out_kind kind, const char *where)
{
	self.kind = kind;
	if (kind == OUT_UDP)
		open_udp(where);
	else
		open_stdout();
	if (kind != OUT_PCAP)
		return;
	memcpy(self.buffer, wire_file, WIRE_FILE);
	self.used = WIRE_FILE;
}

bool
out_open_still(void)
{
	return !out.gone && out.status == EX_OK;
}

/* What the network does not take is lost, as it would be for a game; it is counted, and told once. */
static void
flush_udp(void)
{
	for (unsigned sent = 0; sent < self.waiting; ) {
		int n = sendmmsg(self.fd, self.messages + sent, self.waiting - sent, 0);

		for (int i = 0; i < n; i++)
			out.bytes += self.parts[sent + (unsigned)i].iov_len;
		if (n > 0) {
			sent += (unsigned)n;
			out.packets += (unsigned)n;
		} else if (errno != EINTR) {
			if (out.unsent++ == 0)
				warn("send");
			sent++;
		}
	}
}

/* Writing ends: of what waits `done` bytes are written. */
static void
give_up(size_t done, int status)
{
	size_t at = 0;

	if (self.kind == OUT_PCAP && out.bytes == 0)
		at = WIRE_FILE;
	for (; self.waiting > 0; self.waiting--) {
		const struct layout_packet *packet;

		if (self.kind == OUT_PCAP)
			at += WIRE_RECORD + le32(self.buffer + at + 8);
		else if (layout_look(self.buffer + at, self.used - at, &packet) == LOOK_PACKET)
			at += packet->size;
		if (at > done)
			break;
		out.packets++;
	}
	out.bytes += done;
	if (status == EX_OK)	/* the reader has had enough */
		out.gone = true;
	else {
		out.status = status;
		warnx("%u packets are not written", self.waiting);
	}
}

static void
flush_stdout(void)
{
	for (size_t done = 0; done < self.used; ) {
		ssize_t n = write(self.fd, self.buffer + done, self.used - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno == EAGAIN) {
			sig_wait(&(struct pollfd){ .fd = self.fd, .events = POLLOUT }, 1, 1000);
			count_poll();
			if (sig_overdue()) {
				warnx("stdout: its reader took nothing within %d seconds of the signal", SIG_GRACE);
				give_up(done, EX_TEMPFAIL);
				return;
			}
		} else if (errno == EPIPE) {
			give_up(done, EX_OK);
			return;
		} else if (errno != EINTR) {	/* asked to stop: a stream ends after a whole datagram all the same */
			warn("stdout");
			give_up(done, EX_IOERR);
			return;
		}
	}
	out.packets += self.waiting;
	out.bytes += self.used;
}

void
out_flush(void)
{
	if (self.used > 0 && out_open_still()) {
		if (self.kind == OUT_UDP)
			flush_udp();
		else
			flush_stdout();
	}
	self.used = 0;
	self.waiting = 0;
}

/* a datagram's heads in a pcap: its own, or made-up ones; returns their length */
static size_t
put_pcap_heads(uint8_t *p, int64_t time, const struct datagram *d)
{
	struct wire w = { .data = d->bytes, .n = d->packet->size, .kept = d->packet->size };

	if (d->ip) {
		size_t own = (size_t)(d->bytes - d->ip);

		wire_record(p, time, own + w.n, own + w.n);
		memcpy(p + WIRE_RECORD, d->ip, own);
		return WIRE_RECORD + own;
	}
	wire_map(&w.from, (struct in_addr){ htonl(EXAMPLE | 1) }, htons(PORT));
	wire_map(&w.to, (struct in_addr){ htonl(EXAMPLE | 2) }, htons(PORT));
	return wire_heads(p, time, &w);
}

void
out_datagram(const struct datagram *d, int64_t time)
{
	size_t n = d->packet->size, most = n + HEADS;

	if (self.used + most > BUFFER || (self.kind == OUT_UDP && self.waiting == GATHER))
		out_flush();
	if (self.kind == OUT_PCAP)
		self.used += put_pcap_heads(self.buffer + self.used, time, d);
	memcpy(self.buffer + self.used, d->bytes, n);
	if (self.kind == OUT_UDP)
		self.parts[self.waiting] = (struct iovec){ .iov_base = self.buffer + self.used, .iov_len = n };
	self.used += n;
	self.waiting++;
}
