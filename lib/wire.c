/* wire: what stands before a datagram's bytes in a network capture
 * SPDX-License-Identifier: MIT
 */
#include <stdbool.h>

#include "bytes.h"
#include "wire.h"

enum { UDP_PROTOCOL = 17, TTL = 64, SECOND = 1000000000 };

const uint8_t wire_file[WIRE_FILE] = {
	0x4d, 0x3c, 0xb2, 0xa1,		/* the magic number of nanoseconds */
	2, 0, 4, 0,			/* version 2.4 */
	0, 0, 0, 0, 0, 0, 0, 0,
	0xff, 0xff, 0, 0,		/* bytes of the longest record, as IP allows */
	101, 0, 0, 0,			/* LINKTYPE_RAW */
};

void
wire_map(struct sockaddr_in6 *to, struct in_addr address, in_port_t port)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (port)
		to->sin6_port = port;
	to->sin6_family = AF_INET6;
	memcpy(to->sin6_addr.s6_addr, mapped, sizeof mapped);
	memcpy(to->sin6_addr.s6_addr + sizeof mapped, &address, sizeof address);
}

void
wire_record(uint8_t head[WIRE_RECORD], int64_t time, size_t kept, size_t n)
{
	put_le32(head, (uint32_t)(time / SECOND));
	put_le32(head + 4, (uint32_t)(time % SECOND));
	put_le32(head + 8, (uint32_t)kept);
	put_le32(head + 12, (uint32_t)n);
}

/* the sum of RFC 1071 so far; n is even but for the last piece */
static uint32_t
sum(uint32_t so_far, const uint8_t *p, size_t n)
{
	for (; n > 1; p += 2, n -= 2)
		so_far += be16(p);
	return n ? so_far + (uint32_t)*p * 256 : so_far;
}

static uint16_t
checksum(uint32_t so_far)
{
	while (so_far >> 16)
		so_far = (so_far & 0xffff) + (so_far >> 16);
	return (uint16_t)~so_far;
}

static size_t
put_ip4(uint8_t *p, const struct wire *w, size_t udp_n)
{
	memset(p, 0, 20);
	p[0] = 0x45;
	put_be16(p + 2, (uint16_t)(20 + udp_n));
	p[8] = TTL;
	p[9] = UDP_PROTOCOL;
	memcpy(p + 12, w->from.sin6_addr.s6_addr + 12, 4);
	memcpy(p + 16, w->to.sin6_addr.s6_addr + 12, 4);
	put_be16(p + 10, checksum(sum(0, p, 20)));
	return 20;
}

static size_t
put_ip6(uint8_t *p, const struct wire *w, size_t udp_n)
{
	memset(p, 0, 8);
	p[0] = 0x60;
	put_be16(p + 4, (uint16_t)udp_n);
	p[6] = UDP_PROTOCOL;
	p[7] = TTL;
	memcpy(p + 8, &w->from.sin6_addr, 16);
	memcpy(p + 24, &w->to.sin6_addr, 16);
	return 40;
}

static void
put_udp(uint8_t *p, const struct wire *w, bool six)
{
	uint16_t check;

	put_be16(p, ntohs(w->from.sin6_port));
	put_be16(p + 2, ntohs(w->to.sin6_port));
	put_be16(p + 4, (uint16_t)(8 + w->n));
	put_be16(p + 6, 0);
	/* IPv4 can do without; IPv6 cannot, but what we have not whole cannot be summed */
	if (six && w->kept == w->n) {
		check = checksum(sum(sum(UDP_PROTOCOL + 8 + (uint32_t)w->n, p - 32, 32 + 8), w->data, w->n));
		put_be16(p + 6, check ? check : 0xffff);
	}
}

size_t
wire_heads(uint8_t heads[WIRE_HEADS], int64_t time, const struct wire *w)
{
	bool six = !IN6_IS_ADDR_V4MAPPED(&w->from.sin6_addr);
	uint8_t *p = heads + WIRE_RECORD;
	size_t ip = six ? put_ip6(p, w, 8 + w->n) : put_ip4(p, w, 8 + w->n);

	put_udp(p + ip, w, six);
	wire_record(heads, time, ip + 8 + w->kept, ip + 8 + w->n);
	return WIRE_RECORD + ip + 8;
}
