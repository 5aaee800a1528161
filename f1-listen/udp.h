/* udp: the socket that the game sends to
 * SPDX-License-Identifier: MIT
 */
#ifndef UDP_H
#define UDP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

enum {
	UDP_BATCH = 64,			/* datagrams taken at once */
	UDP_SIZE = 2048,		/* bytes kept of a datagram; no packet is as long */
	UDP_BUFFER = 8 << 20,		/* bytes asked of the kernel: some 7,000 datagrams, 20 s of a race */
	UDP_NAME = 80			/* bytes of "[address%interface]:port" */
};

struct udp_want {
	const char *address;		/* address or name; NULL for all addresses */
	unsigned port;			/* 0 picks one */
	const char *group;		/* multicast group, or NULL; then address names the interface */
	bool reuse_port;		/* share the port */
	void (*taken)(unsigned port);	/* called when others have the port, instead of the end; NULL for none */
	bool stamps;			/* tell in msgs when each datagram came and to which address */
};

struct udp {
	int fd;
	unsigned port;
	struct sockaddr_in6 bound;	/* an IPv4 address mapped */
	char name[UDP_NAME];		/* what it is bound to */
	bool shut;
	uint64_t dropped;		/* datagrams that found the buffer full, since the start */

	/* the last batch; a datagram longer than UDP_SIZE has its true length in msg_len and is cut */
	struct mmsghdr msgs[UDP_BATCH];
	uint8_t data[UDP_BATCH][UDP_SIZE];

	struct iovec iov[UDP_BATCH];
	struct sockaddr_in6 from[UDP_BATCH];
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(uint32_t)) + CMSG_SPACE(sizeof(struct timespec)) +
		    CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control[UDP_BATCH];
};

/* Binds to what is wanted. Ends the program with 69 if that cannot be, and warns if the kernel grants a smaller buffer. */
void udp_open(struct udp *, const struct udp_want *);

/* Takes what is there now, a batch at most: the number of datagrams, 0 for none, -1 with errno. */
int udp_receive(struct udp *);

/* Brings `dropped` up to date; udp_receive knows only of drops before its last datagram. */
void udp_drops(struct udp *);

/* From now on nothing more comes in; what is there can still be taken. */
void udp_shut(struct udp *);

/* "192.168.1.5:50000" or "[fe80::1%eth0]:50000"; an IPv4 address that came by IPv6 is written as one. */
void udp_name(const struct sockaddr *, socklen_t, char name[UDP_NAME]);

/* Are they the same address, and, if PORT, the same port? Of one family of sockets. */
bool udp_same(const struct sockaddr_in6 *, const struct sockaddr_in6 *, bool port);

/* What may be an IPv4 address (sockaddr_in) as an IPv6 one. */
void udp_six(struct sockaddr_in6 *, const struct sockaddr_in6 *);

#endif
