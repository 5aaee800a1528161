/* udpsend: packets of a game to a port of this machine, at a steady rate; `make bench` measures listeners with it
 * SPDX-License-Identifier: MIT
 *
 * usage: udpsend PORT RATE N [SEGMENTS]
 *
 * Sends N datagrams of 1352 bytes (car telemetry of 2025), RATE a second, 0 as fast as it goes, and prints what it
 * reached. With SEGMENTS the kernel gets so many of them as one and takes them apart just before the receiver's socket
 * (UDP_SEGMENT), so that the sender needs less than the receiver.
 */
#include <err.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>

#include "bytes.h"
#include "layout.h"

enum { SECOND = 1000000000, TOGETHER = 32, SEGMENTS_MAX = 40 };	/* datagrams between two looks at the clock; IP's limit */

static int64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * SECOND + ts.tv_nsec;
}

static void
sleep_until(int64_t when)
{
	struct timespec ts = { when / SECOND, when % SECOND };

	while (now() < when)
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

static void
fill(uint8_t *p, const struct layout_packet *packet)
{
	const struct layout_header *h = layout_header(packet->format);

	for (size_t i = 0; i < packet->size; i++)
		p[i] = (uint8_t)(i * 131);
	put_le16(p, packet->format);
	p[h->packet_id] = packet->id;
}

int
main(int argc, char *argv[])
{
	static uint8_t data[SEGMENTS_MAX * LAYOUT_PACKET_MAX];
	static struct mmsghdr msgs[TOGETHER];
	static struct iovec iov[TOGETHER];
	const struct layout_packet *packet = layout_find(2025, 6);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long n, sent = 0, segments = 1, batch;
	double rate;
	int fd, size;
	int64_t begin;

	if (argc != 4 && argc != 5)
		errx(EX_USAGE, "usage: udpsend PORT RATE N [SEGMENTS]");
	to.sin_port = htons((in_port_t)atoi(argv[1]));
	rate = atof(argv[2]);
	n = atol(argv[3]);
	if (argc == 5)
		segments = atol(argv[4]);
	if (segments < 1 || segments > SEGMENTS_MAX)
		errx(EX_USAGE, "1 to %d segments", SEGMENTS_MAX);
	batch = segments > TOGETHER ? 1 : TOGETHER / segments;
	n -= n % (batch * segments);

	if ((fd = socket(AF_INET, SOCK_DGRAM, 0)) == -1 || connect(fd, (struct sockaddr *)&to, sizeof to) == -1)
		err(EX_OSERR, "socket");
	size = packet->size;
	if (segments > 1 && setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size) == -1)
		err(EX_UNAVAILABLE, "UDP_SEGMENT");
	for (int i = 0; i < segments; i++)
		fill(data + i * size, packet);
	for (int i = 0; i < TOGETHER; i++) {
		iov[i] = (struct iovec){ .iov_base = data, .iov_len = (size_t)(segments * size) };
		msgs[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	prctl(PR_SET_TIMERSLACK, 1);

	begin = now();
	while (sent < n) {
		if (rate > 0)
			sleep_until(begin + (int64_t)((double)sent / rate * SECOND));
		/* a refusal tells of an earlier one, before anybody listened; then this one has not been tried */
		for (int done = 0, some; done < batch; done += some > 0 ? some : 0)
			some = sendmmsg(fd, msgs, (unsigned)(batch - done), 0);
		sent += batch * segments;
	}
	printf("%ld %.0f\n", sent, (double)sent * SECOND / (double)(now() - begin));
	return 0;
}
