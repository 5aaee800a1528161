/* pcap: a datagram as a record of a network capture
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <time.h>

#include "pcap.h"

/* the time of arrival in nanoseconds, and the address to which it came */
static int64_t
look_at_control(struct msghdr *m, struct sockaddr_in6 *to)
{
	struct timespec when = { 0 };

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS)
			memcpy(&when, CMSG_DATA(c), sizeof when);
		else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof info);
			to->sin6_addr = info.ipi6_addr;
		} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof info);
			wire_map(to, info.ipi_addr, 0);
		}
	if (when.tv_sec == 0)
		clock_gettime(CLOCK_REALTIME, &when);
	return (int64_t)when.tv_sec * 1000000000 + when.tv_nsec;
}

void
pcap_head(struct datagram *d, const struct udp *u, struct msghdr *m, uint8_t head[WIRE_HEADS])
{
	struct wire w = { .to = u->bound, .data = d->data, .n = d->n, .kept = d->kept };
	int64_t time = look_at_control(m, &w.to);

	udp_six(&w.from, d->from);
	d->head = head;
	d->head_n = wire_heads(head, time, &w);
}
