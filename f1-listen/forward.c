/* forward: the datagrams sent on to other programs
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

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

static int
connect_to(const char *host, const char *port, char name[UDP_NAME])
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM }, *list, *a;
	int fd = -1, reason = getaddrinfo(host, port, &hints, &list), why = 0;

	if (reason != 0)
		errx(EX_UNAVAILABLE, "--forward: %s: %s", host, reason == EAI_SYSTEM ? strerror(errno) : gai_strerror(reason));
	for (a = list; a != NULL && fd == -1; a = a->ai_next) {
		if ((fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) == -1) {
			why = errno;
			continue;
		}
		setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){ 1 }, sizeof(int));
		udp_name(a->ai_addr, a->ai_addrlen, name);
		if (connect(fd, a->ai_addr, a->ai_addrlen) == -1) {
			why = errno;
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	if (fd == -1)
		errx(EX_UNAVAILABLE, "--forward: %s: %s", host, strerror(why));
	return fd;
}

void
forward_add(const char *target)
{
	char text[512], *host = text, *port, *list;
	struct target *t = &targets[targets_n];
	size_t n;

	if (targets_n == TARGETS_MAX)
		opt_usage("--forward: more than %d targets", TARGETS_MAX);
	if ((size_t)snprintf(text, sizeof text, "%s", target) >= sizeof text)
		opt_usage("--forward: '%s' is too long", target);
	if ((list = strchr(text, '/')) != NULL)
		*list++ = '\0';
	if ((port = strrchr(text, ':')) == NULL || port == text || port[1] == '\0')
		opt_usage("--forward: '%s' is not HOST:PORT or HOST:PORT/ID,ID...", target);
	*port++ = '\0';
	n = strlen(host);
	if (host[0] == '[' && host[n - 1] == ']') {
		host[n - 1] = '\0';
		host++;
	}
	t->ids = list ? ids_of(list, target) : 0;
	t->fd = connect_to(host, port, t->name);
	targets_n++;
}

bool
forward_any(void)
{
	return targets_n > 0;
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
