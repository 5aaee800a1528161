/* udp: the socket that the game sends to
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "address.h"
#include "udp.h"
#include "wire.h"

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

static const struct sockaddr_in *
four(const struct sockaddr_in6 *a)
{
	return (const struct sockaddr_in *)(const void *)a;
}

bool
udp_same(const struct sockaddr_in6 *a, const struct sockaddr_in6 *b, bool port)
{
	if (a->sin6_family != b->sin6_family || (port && a->sin6_port != b->sin6_port))
		return false;
	if (a->sin6_family == AF_INET)
		return four(a)->sin_addr.s_addr == four(b)->sin_addr.s_addr;
	return memcmp(&a->sin6_addr, &b->sin6_addr, sizeof a->sin6_addr) == 0 && a->sin6_scope_id == b->sin6_scope_id;
}

void
udp_six(struct sockaddr_in6 *to, const struct sockaddr_in6 *from)
{
	if (from->sin6_family == AF_INET)
		wire_map(to, four(from)->sin_addr, four(from)->sin_port);
	else
		*to = *from;
}

static int
bind_one(const struct addrinfo *a, bool reuse_port)
{
	int fd, saved;

	if ((fd = socket(a->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return -1;
	/* an IPv6 socket takes IPv4 as well, whatever the system's default */
	if (a->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof(int));
	if (reuse_port) {
		/* the first is for others that say so, the second for those that know only the older way */
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){ 1 }, sizeof(int));
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	}
	if (bind(fd, a->ai_addr, a->ai_addrlen) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static _Noreturn void
refused(const char *name, const struct udp_want *want, int why)
{
	unsigned port = want->port;

	if (why == EADDRINUSE && want->taken)
		want->taken(port);
	errno = why;
	warn("bind %s", name);
	if (why == EADDRINUSE)
		errx(EX_UNAVAILABLE, "another program has port %u ('ss -ulpn' tells which): end it, choose another port here and "
		    "in the game, or let both use --reuse-port", port);
	if (why == EACCES && port < 1024)
		errx(EX_UNAVAILABLE, "ports below 1024 are for the superuser: choose another one here and in the game");
	exit(EX_UNAVAILABLE);
}

/* Tries what the name stands for, one after the other; the first refusal is the one to tell. */
static int
bind_any(const char *address, const struct udp_want *want)
{
	unsigned port = want->port;
	struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM }, *list;
	const struct addrinfo *a = NULL;
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
	while (fd == -1 && (a = address_next(list, a)) != NULL)
		if ((fd = bind_one(a, want->reuse_port)) == -1 && why == 0) {
			why = errno;
			udp_name(a->ai_addr, a->ai_addrlen, name);
		}
	freeaddrinfo(list);
	if (fd == -1 && address == NULL && (why == EAFNOSUPPORT || why == EADDRNOTAVAIL))
		return bind_any("0.0.0.0", want);
	if (fd == -1)
		refused(name, want, why);
	return fd;
}

/* The interface of that name or address, 0 for the one that the routes say; ends the program if there is none. */
static unsigned
interface_of(const char *wanted)
{
	struct ifaddrs *list, *a;
	unsigned index = 0;

	if (wanted == NULL)
		return 0;
	if ((index = if_nametoindex(wanted)) != 0)
		return index;
	if (getifaddrs(&list) == -1)
		err(EX_OSERR, "getifaddrs");
	for (a = list; a != NULL && index == 0; a = a->ifa_next) {
		char host[UDP_NAME];
		socklen_t size;

		if (a->ifa_addr == NULL || (a->ifa_addr->sa_family != AF_INET && a->ifa_addr->sa_family != AF_INET6))
			continue;
		size = a->ifa_addr->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
		if (getnameinfo(a->ifa_addr, size, host, sizeof host, NULL, 0, NI_NUMERICHOST) == 0 && strcmp(host, wanted) == 0)
			index = if_nametoindex(a->ifa_name);
	}
	freeifaddrs(list);
	if (index == 0)
		errx(EX_UNAVAILABLE, "%s: no interface of this machine has this name or address", wanted);
	return index;
}

/* All addresses of the group's family, and the group. */
static int
bind_group(const struct udp_want *want)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM }, *group;
	struct group_req join = { .gr_interface = interface_of(want->address) };
	int fd, reason = getaddrinfo(want->group, NULL, &hints, &group), level;

	if (reason != 0)
		errx(EX_USAGE, "--group: %s: %s", want->group, gai_strerror(reason));
	level = group->ai_family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
	fd = bind_any(level == IPPROTO_IP ? "0.0.0.0" : "::", want);
	memcpy(&join.gr_group, group->ai_addr, group->ai_addrlen);
	freeaddrinfo(group);
	if (setsockopt(fd, level, MCAST_JOIN_GROUP, &join, sizeof join) == -1)
		err(EX_UNAVAILABLE, "--group %s", want->group);
	/* not the groups that other programs have joined */
	setsockopt(fd, level, level == IPPROTO_IP ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL, &(int){ 0 }, sizeof(int));
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
udp_open(struct udp *u, const struct udp_want *want)
{
	struct sockaddr_in6 bound;
	socklen_t size = sizeof bound;

	u->fd = want->group ? bind_group(want) : bind_any(want->address, want);
	enlarge(u->fd);
	setsockopt(u->fd, SOL_SOCKET, SO_RXQ_OVFL, &(int){ 1 }, sizeof(int));
	if (getsockname(u->fd, (struct sockaddr *)&bound, &size) == -1)
		err(EX_OSERR, "getsockname");
	if (want->stamps) {
		setsockopt(u->fd, SOL_SOCKET, SO_TIMESTAMPNS, &(int){ 1 }, sizeof(int));
		if (bound.sin6_family == AF_INET6)
			setsockopt(u->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &(int){ 1 }, sizeof(int));
		else
			setsockopt(u->fd, IPPROTO_IP, IP_PKTINFO, &(int){ 1 }, sizeof(int));
	}
	u->port = ntohs(bound.sin6_port);	/* at the same place in both kinds of address */
	udp_six(&u->bound, &bound);
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

	/* after udp_shut the kernel counts what the filter takes as well */
	if (!u->shut && getsockopt(u->fd, SOL_SOCKET, SO_MEMINFO, info, &size) == 0 && size > SK_MEMINFO_DROPS * sizeof info[0])
		dropped(u, info[SK_MEMINFO_DROPS]);
}

void
udp_shut(struct udp *u)
{
	/* a filter that takes nothing; without it a fast sender would keep us from ever reaching the end */
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { .len = 1, .filter = &nothing };

	udp_drops(u);
	u->shut = true;
	setsockopt(u->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}
