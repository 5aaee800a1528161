/* address: HOST:PORT as people write it
 * SPDX-License-Identifier: MIT
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <netdb.h>
#include <stdbool.h>
#include <sys/socket.h>

struct address {
	char host[256];			/* a name or an address, without brackets */
	char port[6];			/* a number, 0 to 65535 */

	/* address_udp */
	struct sockaddr_storage to;	/* the one of its addresses that was taken */
	socklen_t size;
};

/* Cuts HOST:PORT; an IPv6 address stands in brackets. False if it is not written so. */
bool address_parse(struct address *, const char *text);

/* The address of the list to try next, after NULL the first, or NULL. Those of IPv4 come first: the games, and most programs
 * for them, know no other, and a name such as localhost often has both. */
const struct addrinfo *address_next(const struct addrinfo *list, const struct addrinfo *after);

/* A socket that is connected there, for datagrams, broadcasts as well. -1 if there is none: `why` has the words. */
int address_udp(struct address *, const char **why);

#endif
