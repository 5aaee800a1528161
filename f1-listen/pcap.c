/* pcap: a datagram as a record of a network capture
 * SPDX-License-Identifier: MIT
 */
#include <time.h>

#include "bytes.h"
#include "pcap.h"

enum { UDP_PROTOCOL = 17, TTL = 64 };

const uint8_t pcap_file[PCAP_FILE] = {
	0x4d, 0x3c, 0xb2, 0xa1,		/* the magic number of nanoseconds */
	2, 0, 4, 0,			/* version 2.4 */
	0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 1, 0,			/* no record is longer than 65536 */
	101, 0, 0, 0,			/* LINKTYPE_RAW */
};

struct ends {
	struct sockaddr_in6 from, to;
	struct timespec when;
};

static void
look_at_control(struct ends *e, struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS)
			memcpy(&e->when, CMSG_DATA(c), sizeof e->when);
		else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof info);
			e->to.sin6_addr = info.ipi6_addr;
		} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof info);
			udp_map(&e->to, info.ipi_addr, 0);
		}
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
put_ip4(uint8_t *p, const struct ends *e, size_t udp_n)
{
	memset(p, 0, 20);
	p[0] = 0x45;
	put_be16(p + 2, (uint16_t)(20 + udp_n));
	p[8] = TTL;
	p[9] = UDP_PROTOCOL;
	memcpy(p + 12, e->from.sin6_addr.s6_addr + 12, 4);
	memcpy(p + 16, e->to.sin6_addr.s6_addr + 12, 4);
	put_be16(p + 10, checksum(sum(0, p, 20)));
	return 20;
}

static size_t
put_ip6(uint8_t *p, const struct ends *e, size_t udp_n)
{
	memset(p, 0, 8);
	p[0] = 0x60;
	put_be16(p + 4, (uint16_t)udp_n);
	p[6] = UDP_PROTOCOL;
	p[7] = TTL;
	memcpy(p + 8, &e->from.sin6_addr, 16);
	memcpy(p + 24, &e->to.sin6_addr, 16);
	return 40;
}

static void
put_udp(uint8_t *p, const struct ends *e, const struct datagram *d, bool six)
{
	uint16_t check;

	put_be16(p, ntohs(e->from.sin6_port));
	put_be16(p + 2, ntohs(e->to.sin6_port));
	put_be16(p + 4, (uint16_t)(8 + d->n));
	put_be16(p + 6, 0);
	/* IPv4 can do without; IPv6 cannot, but what we have not whole cannot be summed */
	if (six && d->kept == d->n) {
		check = checksum(sum(sum(UDP_PROTOCOL + 8 + (uint32_t)d->n, p - 32, 32 + 8), d->data, d->n));
		put_be16(p + 6, check ? check : 0xffff);
	}
}

void
pcap_head(struct datagram *d, const struct udp *u, struct msghdr *m, uint8_t head[PCAP_HEAD])
{
	struct ends e = { .to = u->bound };
	bool six;
	size_t ip;

	udp_six(&e.from, d->from);
	look_at_control(&e, m);
	if (e.when.tv_sec == 0)
		clock_gettime(CLOCK_REALTIME, &e.when);
	six = !IN6_IS_ADDR_V4MAPPED(&e.from.sin6_addr);
	ip = six ? put_ip6(head + 16, &e, 8 + d->n) : put_ip4(head + 16, &e, 8 + d->n);
	put_udp(head + 16 + ip, &e, d, six);
	put_le32(head, (uint32_t)e.when.tv_sec);
	put_le32(head + 4, (uint32_t)e.when.tv_nsec);
	put_le32(head + 8, (uint32_t)(ip + 8 + d->kept));
	put_le32(head + 12, (uint32_t)(ip + 8 + d->n));
	d->head = head;
	d->head_n = 16 + ip + 8;
}
