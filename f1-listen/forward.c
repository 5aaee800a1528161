/* forward: the datagrams sent on to other programs
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>

#include "address.h"
#include "forward.h"
#include "opt.h"
#include "udp.h"

enum { TARGETS_MAX = 64 };

struct forward_total forward_total;

static struct target {
	int fd;
	uint32_t ids;			/* bit per packet id; 0 for everything */
	bool told;
	char name[UDP_NAME];
} targets[TARGETS_MAX];
static int targets_n;

static uint32_t
ids_of(const char *list, const char *target)
{
	uint32_t ids = 0;
	char *end;

	do {
		long id = strtol(list, &end, 10);

		if (end == list || id < 0 || id >= LAYOUT_IDS || (*end != ',' && *end != '\0'))
			opt_usage("--forward: '%s': packet ids are numbers from 0 to %d with commas between", target, LAYOUT_IDS - 1);
		ids |= UINT32_C(1) << id;
		list = end + 1;
	} while (*end == ',');
	return ids;
}

void
forward_add(const char *target)
{
	struct target *t = &targets[targets_n];
	struct address address;
	const char *list = strchr(target, '/'), *why;
	char text[512];
	size_t n = list ? (size_t)(list - target) : strlen(target);

	if (targets_n == TARGETS_MAX)
		opt_usage("--forward: more than %d targets", TARGETS_MAX);
	if (n >= sizeof text)
		opt_usage("--forward: '%s' is too long", target);
	memcpy(text, target, n);
	text[n] = '\0';
	if (!address_parse(&address, text))
		opt_usage("--forward: '%s' is not HOST:PORT or HOST:PORT/ID,ID...", target);
	t->ids = list ? ids_of(list + 1, target) : 0;
	if ((t->fd = address_udp(&address, &why)) == -1)
		errx(EX_UNAVAILABLE, "--forward: %s: %s", text, why);
	udp_name((const struct sockaddr *)&address.to, address.size, t->name);
	targets_n++;
}

bool
forward_any(void)
{
	return targets_n > 0;
}

static bool
anywhere(const struct sockaddr_in6 *six)
{
	static const struct in6_addr any4 = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	return IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr) || IN6_ARE_ADDR_EQUAL(&six->sin6_addr, &any4);
}

void
forward_check(const struct udp *u)
{
	for (struct target *t = targets; t < targets + targets_n; t++) {
		struct sockaddr_in6 from, to, six = { 0 };
		socklen_t from_size = sizeof from, to_size = sizeof to;

		if (getsockname(t->fd, (struct sockaddr *)&from, &from_size) == -1 ||
		    getpeername(t->fd, (struct sockaddr *)&to, &to_size) == -1)
			continue;
		udp_six(&six, &to);
		/* what a machine sends to itself it sends from the address that it sends to */
		if (ntohs(six.sin6_port) == u->port && udp_same(&from, &to, false) &&
		    (anywhere(&u->bound) || udp_same(&six, &u->bound, false)))
			errx(EX_USAGE, "--forward: %s is where f1-listen itself listens", t->name);
	}
}

static void
failed(struct target *t, uint64_t n)
{
	forward_total.failed += n;
	if (!t->told)
		warn("forward to %s", t->name);
	t->told = true;
}

static void
send_all(struct target *t, struct mmsghdr *msgs, int n)
{
	bool again = false;

	while (n > 0) {
		int sent = sendmmsg(t->fd, msgs, (unsigned)n, MSG_DONTWAIT);

		if (sent > 0) {
			forward_total.sent += (uint64_t)sent;
			msgs += sent;
			n -= sent;
			again = false;
		} else if (errno == ECONNREFUSED && !again) {
			again = true;	/* told of an earlier one; this one has not been tried yet */
			if (forward_total.sent > 0)
				forward_total.sent--;
			failed(t, 1);
		} else if (errno == EAGAIN) {
			failed(t, (uint64_t)n);
			return;
		} else if (errno != EINTR) {
			failed(t, 1);
			msgs++;
			n--;
			again = false;
		}
	}
}

void
forward_send(const struct datagram *d, int n)
{
	struct mmsghdr msgs[UDP_BATCH];
	struct iovec iov[UDP_BATCH];

	for (struct target *t = targets; t < targets + targets_n; t++) {
		int some = 0;

		for (int i = 0; i < n; i++) {
			if (t->ids && (d[i].packet == NULL || !(t->ids >> d[i].packet->id & 1)))
				continue;
			if (d[i].kept < d[i].n) {	/* what we have not whole */
				errno = EMSGSIZE;
				failed(t, 1);
				continue;
			}
			iov[some] = (struct iovec){ .iov_base = (uint8_t *)(uintptr_t)d[i].data, .iov_len = d[i].n };
			msgs[some] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &iov[some], .msg_iovlen = 1 } };
			some++;
		}
		send_all(t, msgs, some);
	}
}
