/* udp: the socket that the game sends to
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "udp.h"

void
udp_name(const struct sockaddr *address, socklen_t size, char name[UDP_NAME])
{
	char host[UDP_NAME - 10], port[6];
	const char *h = host;

	if (getnameinfo(address, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV | NI_DGRAM) != 0) {
		snprintf(name, UDP_NAME, "unknown");
		return;
	}
	if (strncmp(h, "::ffff:", 7) == 0 && strchr(h, '.') != NULL)
		h += 7;
	snprintf(name, UDP_NAME, strchr(h, ':') ? "[%s]:%s" : "%s:%s", h, port);
}

static int
bind_one(const struct addrinfo *a)
{
	int fd, saved;

	if ((fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return -1;
	/* an IPv6 socket takes IPv4 as well, whatever the system's default */
	if (a->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof(int));
	if (bind(fd, a->ai_addr, a->ai_addrlen) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* Tries what the name stands for, one after the other; the first refusal is the one to tell. */
static int
bind_any(const char *address, unsigned port)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM }, *list, *a;
	char service[8], name[UDP_NAME] = "socket";
	int fd = -1, reason, why = 0;

	snprintf(service, sizeof service, "%u", port);
	/* all addresses: both kinds by one IPv6 socket; IPv4 alone where there is no IPv6 */
	hints.ai_family = address ? AF_UNSPEC : AF_INET6;
	reason = getaddrinfo(address, service, &hints, &list);
	if (reason == EAI_SYSTEM)
		err(EX_UNAVAILABLE, "%s", address ? address : "getaddrinfo");
	if (reason != 0)
		errx(EX_UNAVAILABLE, "%s: %s", address ? address : "getaddrinfo", gai_strerror(reason));
	for (a = list; a != NULL && fd == -1; a = a->ai_next)
		if ((fd = bind_one(a)) == -1 && why == 0) {
			why = errno;
			udp_name(a->ai_addr, a->ai_addrlen, name);
		}
	freeaddrinfo(list);
	if (fd == -1 && address == NULL && (why == EAFNOSUPPORT || why == EADDRNOTAVAIL))
		return bind_any("0.0.0.0", port);
	if (fd == -1) {
		errno = why;
		err(EX_UNAVAILABLE, "bind %s", name);
	}
	return fd;
}

static void
enlarge(int fd)
{
	int granted = UDP_BUFFER;
	socklen_t size = sizeof granted;

	/* with the rights of CAP_NET_ADMIN beyond the limit, else up to it */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &granted, sizeof granted) == -1)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, sizeof granted);
	/* the kernel doubles the number, for its own needs */
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, &size) == 0 && granted / 2 < UDP_BUFFER)
		warnx("socket buffer: %d bytes granted, %d wanted: sysctl net.core.rmem_max=%d allows it", granted / 2, UDP_BUFFER,
		    UDP_BUFFER);
}

void
udp_open(struct udp *u, const char *address, unsigned port)
{
	struct sockaddr_in6 bound;
	socklen_t size = sizeof bound;

	u->fd = bind_any(address, port);
	enlarge(u->fd);
	setsockopt(u->fd, SOL_SOCKET, SO_RXQ_OVFL, &(int){ 1 }, sizeof(int));
	if (getsockname(u->fd, (struct sockaddr *)&bound, &size) == -1)
		err(EX_OSERR, "getsockname");
	u->port = ntohs(bound.sin6_port);	/* at the same place in both kinds of address */
	udp_name((struct sockaddr *)&bound, size, u->name);
	for (int i = 0; i < UDP_BATCH; i++) {
		u->iov[i] = (struct iovec){ .iov_base = u->data[i], .iov_len = UDP_SIZE };
		u->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &u->from[i], .msg_iov = &u->iov[i], .msg_iovlen = 1, .msg_control = &u->control[i],
		};
	}
}

/* The kernel's counter has 32 bits and may pass its end. */
static void
dropped(struct udp *u, uint32_t counter)
{
	if ((int32_t)(counter - (uint32_t)u->dropped) > 0)
		u->dropped += counter - (uint32_t)u->dropped;
}

int
udp_receive(struct udp *u)
{
	struct msghdr *last;
	int n;

	for (int i = 0; i < UDP_BATCH; i++) {
		u->msgs[i].msg_hdr.msg_namelen = sizeof u->from[i];
		u->msgs[i].msg_hdr.msg_controllen = sizeof u->control[i];
	}
	if ((n = recvmmsg(u->fd, u->msgs, UDP_BATCH, MSG_DONTWAIT | MSG_TRUNC, NULL)) == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	last = &u->msgs[n - 1].msg_hdr;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(last); c != NULL; c = CMSG_NXTHDR(last, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
			uint32_t counter;

			memcpy(&counter, CMSG_DATA(c), sizeof counter);
			dropped(u, counter);
		}
	return n;
}

void
udp_drops(struct udp *u)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t size = sizeof info;

	if (getsockopt(u->fd, SOL_SOCKET, SO_MEMINFO, info, &size) == 0 && size > SK_MEMINFO_DROPS * sizeof info[0])
		dropped(u, info[SK_MEMINFO_DROPS]);
}

void
udp_shut(struct udp *u)
{
	/* a filter that takes nothing; without it a fast sender would keep us from ever reaching the end */
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { .len = 1, .filter = &nothing };

	udp_drops(u);	/* what the filter takes will count as well */
	setsockopt(u->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}
