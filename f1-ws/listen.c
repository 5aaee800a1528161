/* listen: the socket that clients connect to
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "address.h"
#include "listen.h"
#include "opt.h"

/* Can this machine speak IPv6? Then a socket for all addresses takes both kinds. */
static bool
has_ipv6(void)
{
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

int
listen_on(const char *name)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICSERV, .ai_socktype = SOCK_STREAM }, *list;
	struct address address;
	char all[300];
	int reason, why = 0, fd = -1;

	snprintf(all, sizeof all, "%s%s", name[0] != ':' ? "" : has_ipv6() ? "[::]" : "0.0.0.0", name);
	if (!address_parse(&address, all))
		opt_usage("--listen: '%s' is not ADDR:PORT", name);
	reason = getaddrinfo(address.host, address.port, &hints, &list);
	if (reason != 0)
		errx(EX_UNAVAILABLE, "--listen: %s: %s", name, reason == EAI_SYSTEM ? strerror(errno) : gai_strerror(reason));
	for (struct addrinfo *a = list; a != NULL && fd == -1; a = a->ai_next) {
		if ((fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) == -1) {
			why = errno;
			continue;
		}
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
		if (a->ai_family == AF_INET6)
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){ 0 }, sizeof(int));
		if (bind(fd, a->ai_addr, a->ai_addrlen) == -1 || listen(fd, SOMAXCONN) == -1) {
			why = errno;
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	if (fd == -1)
		errx(EX_UNAVAILABLE, "listen on %s: %s", name, strerror(why));
	return fd;
}

int
listen_port(int fd)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof a;

	if (getsockname(fd, (struct sockaddr *)&a, &n) == -1)
		err(EX_OSERR, "getsockname");
	return ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port : ((struct sockaddr_in *)&a)->sin_port);
}
