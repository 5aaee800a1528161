/* address: HOST:PORT as people write it
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address.h"

bool
address_parse(struct address *a, const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t n;

	if (colon == NULL || (n = strspn(colon + 1, "0123456789")) == 0 || n > 5 || colon[1 + n] != '\0' || atoi(colon + 1) > 65535)
		return false;
	snprintf(a->port, sizeof a->port, "%s", colon + 1);
	n = (size_t)(colon - text);
	if (text[0] == '[') {
		if (n < 3 || colon[-1] != ']')
			return false;
		text++;
		n -= 2;
	} else if (memchr(text, ':', n))	/* of an IPv6 address: which of its colons? */
		return false;
	if (n == 0 || n >= sizeof a->host)
		return false;
	memcpy(a->host, text, n);
	a->host[n] = '\0';
	return true;
}

static const struct addrinfo *
find(const struct addrinfo *a, bool ipv4)
{
	while (a && (a->ai_family == AF_INET) != ipv4)
		a = a->ai_next;
	return a;
}

const struct addrinfo *
address_next(const struct addrinfo *list, const struct addrinfo *after)
{
	bool ipv4 = after == NULL || after->ai_family == AF_INET;
	const struct addrinfo *a = find(after ? after->ai_next : list, ipv4);

	return a == NULL && ipv4 ? find(list, false) : a;
}

static int
connect_to(const struct addrinfo *i)
{
	int fd, saved;

	if ((fd = socket(i->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){ 1 }, sizeof(int));
	if (connect(fd, i->ai_addr, i->ai_addrlen) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int
address_udp(struct address *a, const char **why)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM }, *list;
	int fd = -1, reason = getaddrinfo(a->host, a->port, &hints, &list);

	if (reason != 0) {
		*why = reason == EAI_SYSTEM ? strerror(errno) : gai_strerror(reason);
		return -1;
	}
	for (const struct addrinfo *i = NULL; fd == -1 && (i = address_next(list, i)) != NULL;) {
		fd = connect_to(i);
		memcpy(&a->to, i->ai_addr, i->ai_addrlen);
		a->size = i->ai_addrlen;
	}
	if (fd == -1)
		*why = strerror(errno);
	freeaddrinfo(list);
	return fd;
}
