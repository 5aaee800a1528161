/* wire: what stands before a datagram's bytes in a network capture: the headers of its record, of IP and of UDP
 * SPDX-License-Identifier: MIT
 *
 * The capture is pcap with nanoseconds, little endian, and of LINKTYPE_RAW (101): IPv4 or IPv6 follows at once. What a
 * program is not told of the IP header is made up: no options, no fragments, a time to live of 64.
 */
#ifndef WIRE_H
#define WIRE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

enum { WIRE_FILE = 24, WIRE_RECORD = 16, WIRE_HEADS = WIRE_RECORD + 40 + 8 };	/* bytes; the last at most */

/* what a capture begins with */
extern const uint8_t wire_file[WIRE_FILE];

struct wire {
	struct sockaddr_in6 from, to;	/* IPv4 addresses mapped, see wire_map */
	const uint8_t *data;
	size_t n, kept;			/* the datagram's length, and the bytes of it that are there */
};

/* An IPv4 address as an IPv6 one, ::ffff:192.168.1.5; the port is in network order, 0 leaves it as it is. */
void wire_map(struct sockaddr_in6 *, struct in_addr, in_port_t port);

/* The header of a record of n bytes, IP and UDP included, of which `kept` follow; time is in nanoseconds since 1970. */
void wire_record(uint8_t head[WIRE_RECORD], int64_t time, size_t kept, size_t n);

/* All headers of a datagram; returns their length. */
size_t wire_heads(uint8_t heads[WIRE_HEADS], int64_t time, const struct wire *);

#endif
