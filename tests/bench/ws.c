/* ws: clients, a bare server and a sender, to measure f1-ws with
 * SPDX-License-Identifier: MIT
 *
 * ws feed RATE SIZE SECONDS            records of SIZE bytes on stdout, RATE a second
 * ws bare FD                           the least that a server can do: each record of stdin framed once, the same bytes
 *                                      sent to all; writes its port to FD
 * ws load PORT PATH PROTOCOL CLIENTS SECONDS PID
 *                                      clients that count, and what PID (a server) and they used
 * ws delay PORT PATH CLIENTS SECONDS UDPPORT FILE
 *                                      sends the packets of a raw capture at 60 frames a second to UDPPORT, and tells how
 *                                      long they take to the clients at PORT
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bytes.h"
#include "layout.h"
#include "record.h"

enum { CLIENTS_MAX = 1000, BUFFER = 1 << 20, FRAMES = 1 << 16, DELAYS = 1 << 24 };

static struct client {
	int fd;
	size_t n;
	uint8_t *buffer;
	uint64_t messages, bytes;
} clients[CLIENTS_MAX];
static int clients_n;

static int64_t sent[FRAMES][LAYOUT_IDS];	/* ns */
static uint32_t *delays;			/* us */
static size_t delays_n;
static bool measure;

static int64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void
sleep_until(int64_t when)
{
	struct timespec ts = { when / 1000000000, when % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		continue;
}

static void
write_all(int fd, const void *data, size_t n)
{
	for (const char *p = data; n > 0;) {
		ssize_t done = write(fd, p, n);

		if (done == -1 && errno == EPIPE)
			exit(0);
		if (done == -1)
			err(1, "write");
		p += done;
		n -= (size_t)done;
	}
}

/* a record of the given size: the keys that all have, and a text */
static int
feed(double rate, size_t size, double seconds)
{
	static uint8_t frame[RECORD_MAX + RECORD_HEADER];
	static const char head[] = "\xa6packet\xa5" "event\xa9packet_id\x03\xadpacket_format\xcd\x07\xe9\xabsession_uid\x01"
	    "\xacsession_time\xca\0\0\0\0\xb0" "frame_identifier\xce";
	static const char behind[] = "\xb8overall_frame_identifier\x01\xb0" "player_car_index\0\xa1x\xda";
	int64_t begin = now();
	uint8_t *p = frame;
	size_t rest;

	put_be32(p, (uint32_t)size);
	p += 4;
	*p++ = 0x89;
	memcpy(p, head, sizeof head - 1);
	p += sizeof head - 1;
	memset(p, 0, 4);
	memcpy(p + 4, behind, sizeof behind - 1);
	p += 4 + sizeof behind - 1;
	rest = size + 4 - (size_t)(p - frame) - 2;
	put_be16(p, (uint16_t)rest);
	memset(p + 2, 'x', rest);
	for (uint32_t i = 0; i < rate * seconds; i++) {
		sleep_until(begin + (int64_t)(i * 1e9 / rate));
		put_be32(frame + 4 + 1 + sizeof head - 1, i);
		write_all(STDOUT_FILENO, frame, size + 4);
	}
	return 0;
}

static int
bare(int ready)
{
	static uint8_t buffer[RECORD_MAX + 8];
	static struct pollfd fds[CLIENTS_MAX];
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t a_n = sizeof a;
	struct record_reader reader;
	const uint8_t *record;
	size_t n;
	int listener = socket(AF_INET, SOCK_STREAM, 0), peers = 0;

	if (bind(listener, (struct sockaddr *)&a, sizeof a) == -1 || listen(listener, 1000) == -1 ||
	    getsockname(listener, (struct sockaddr *)&a, &a_n) == -1 || record_open(&reader, STDIN_FILENO) == -1)
		err(1, "bare");
	dprintf(ready, "%d\n", ntohs(a.sin_port));
	close(ready);
	for (;;) {
		struct pollfd wait[2] = { { STDIN_FILENO, POLLIN, 0 }, { listener, POLLIN, 0 } };

		poll(wait, 2, -1);
		if (wait[1].revents) {
			/* to a client that asks, whatever it asks */
			static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
			    "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\nSec-WebSocket-Protocol: f1.msgpack\r\n\r\n";
			char request[4096];
			int fd = accept(listener, NULL, NULL);

			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
			if (read(fd, request, sizeof request) <= 0)
				continue;
			write_all(fd, answer, sizeof answer - 1);
			fcntl(fd, F_SETFL, O_NONBLOCK);
			fds[peers++].fd = fd;
		}
		if (!wait[0].revents)
			continue;
		do {
			size_t head = 4;

			if (record_read(&reader, &record, &n, 0) != 1)
				return 0;
			buffer[0] = 0x82;
			buffer[1] = 126;
			put_be16(buffer + 2, (uint16_t)n);
			memcpy(buffer + head, record, n);
			for (int i = 0; i < peers; i++)
				if (send(fds[i].fd, buffer, head + n, MSG_NOSIGNAL) == -1 && errno != EAGAIN)
					return 0;
		} while (record_pending(&reader));
	}
}

static void
connect_all(int port, const char *path, const char *protocol, int n)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port) };
	char request[1024], c;

	clients_n = n;
	for (struct client *p = clients; p < clients + n; p++) {
		int state = 0, r = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
		    "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n%s%s%s\r\n", path,
		    *protocol ? "Sec-WebSocket-Protocol: " : "", protocol, *protocol ? "\r\n" : "");

		p->fd = socket(AF_INET, SOCK_STREAM, 0);
		p->buffer = malloc(BUFFER);
		if (connect(p->fd, (struct sockaddr *)&a, sizeof a) == -1)
			err(1, "connect");
		write_all(p->fd, request, (size_t)r);
		while (state < 4) {
			if (read(p->fd, &c, 1) != 1)
				errx(1, "no answer to the request");
			state = c == "\r\n\r\n"[state] ? state + 1 : c == '\r';
		}
		fcntl(p->fd, F_SETFL, O_NONBLOCK);
	}
}

static void
message(const uint8_t *p, size_t n, int64_t when)
{
	static const char key[] = "\"frame_identifier\":", id_key[] = "\"packet_id\":";
	const char *frame, *id;
	unsigned long f, i;

	if (!measure)
		return;
	frame = memmem(p, n, key, sizeof key - 1);
	id = memmem(p, n, id_key, sizeof id_key - 1);
	if (frame == NULL || id == NULL)
		return;
	f = strtoul(frame + sizeof key - 1, NULL, 10) % FRAMES;
	i = strtoul(id + sizeof id_key - 1, NULL, 10);
	if (i < LAYOUT_IDS && sent[f][i] && delays_n < DELAYS)
		delays[delays_n++] = (uint32_t)((when - sent[f][i]) / 1000);
}

static bool
receive(struct client *c)
{
	ssize_t got = read(c->fd, c->buffer + c->n, BUFFER - c->n - 1);
	int64_t when = now();
	size_t at = 0;

	if (got <= 0)
		return got == -1 && errno == EAGAIN;
	c->n += (size_t)got;
	c->bytes += (uint64_t)got;
	while (c->n - at >= 4) {
		const uint8_t *p = c->buffer + at;
		size_t head = p[1] < 126 ? 2 : 4, n = p[1] < 126 ? p[1] : be16(p + 2);

		if (c->n - at < head + n)
			break;
		if (p[0] == 0x81 || p[0] == 0x82) {
			c->messages++;
			message(p + head, n, when);
		}
		at += head + n;
	}
	memmove(c->buffer, c->buffer + at, c->n - at);
	c->n -= at;
	return true;
}

/* ns of CPU */
static uint64_t
used(const char *pid)
{
	char name[64];
	uint64_t ns = 0;
	FILE *f;

	snprintf(name, sizeof name, "/proc/%s/schedstat", pid);
	if ((f = fopen(name, "r")) == NULL || fscanf(f, "%" SCNu64, &ns) != 1)
		err(1, "%s", name);
	fclose(f);
	return ns;
}

static int
open_epoll(void)
{
	int epoll = epoll_create1(0);

	for (int i = 0; i < clients_n; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data.ptr = &clients[i] };

		epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &e);
	}
	return epoll;
}

/* Serves clients until `end`; false if one has gone. */
static bool
serve(int epoll, int64_t end)
{
	struct epoll_event events[64];
	int64_t left;

	while ((left = end - now()) > 0) {
		struct timespec ts = { left / 1000000000, left % 1000000000 };
		int n = epoll_pwait2(epoll, events, 64, &ts, NULL);

		for (int i = 0; i < n; i++)
			if (!receive(events[i].data.ptr))
				return false;
	}
	return true;
}

static uint64_t
messages(void)
{
	uint64_t n = 0;

	for (int i = 0; i < clients_n; i++)
		n += clients[i].messages;
	return n;
}

static int
load(double seconds, const char *pid)
{
	int epoll = open_epoll();
	uint64_t cpu, n;

	serve(epoll, now() + 1000000000);
	n = messages();
	cpu = used(pid);
	serve(epoll, now() + (int64_t)(seconds * 1e9));
	cpu = used(pid) - cpu;
	n = messages() - n;
	printf("%" PRIu64 " %.3f %.2f\n", n, (double)cpu / 1e3 / (double)(n ? n : 1), (double)cpu / seconds / 1e7);
	return 0;
}

static int
by_delay(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
delay(double seconds, int port, const char *name)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port) };
	static uint8_t packets[64 << 20];
	int epoll = open_epoll(), udp = socket(AF_INET, SOCK_DGRAM, 0), fd = open(name, O_RDONLY);
	size_t n = 0, at = 0;
	int64_t begin, frames = -1;
	uint32_t frame = 0;
	ssize_t got;

	delays = malloc(DELAYS * sizeof *delays);
	while (n < sizeof packets && (got = read(fd, packets + n, sizeof packets - n)) > 0)
		n += (size_t)got;
	measure = true;
	begin = now() + 100000000;
	while (at < n) {
		const struct layout_packet *packet;
		const struct layout_header *header;
		uint32_t this;

		if (layout_look(packets + at, n - at, &packet) != LOOK_PACKET || n - at < packet->size)
			break;
		header = layout_header(packet->format);
		this = le32(packets + at + header->frame_identifier);
		if (this != frame || frames == -1) {
			frame = this;
			frames++;
			if ((double)frames / 60 > seconds)
				break;
			if (!serve(epoll, begin + frames * 1000000000 / 60))
				errx(1, "a client was closed");
		}
		sent[frame % FRAMES][packet->id] = now();
		sendto(udp, packets + at, packet->size, 0, (struct sockaddr *)&a, sizeof a);
		at += packet->size;
	}
	serve(epoll, now() + 300000000);
	qsort(delays, delays_n, sizeof *delays, by_delay);
	if (delays_n == 0)
		errx(1, "nothing came");
	printf("%zu %.2f %.2f %.2f\n", delays_n, delays[delays_n / 2] / 1e3, delays[delays_n / 100 * 99] / 1e3,
	    delays[delays_n - 1] / 1e3);
	return 0;
}

int
main(int argc, char *argv[])
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 5 && strcmp(argv[1], "feed") == 0)
		return feed(atof(argv[2]), (size_t)atol(argv[3]), atof(argv[4]));
	if (argc == 3 && strcmp(argv[1], "bare") == 0)
		return bare(atoi(argv[2]));
	if (argc == 8 && strcmp(argv[1], "load") == 0) {
		connect_all(atoi(argv[2]), argv[3], argv[4], atoi(argv[5]));
		return load(atof(argv[6]), argv[7]);
	}
	if (argc == 8 && strcmp(argv[1], "delay") == 0) {
		connect_all(atoi(argv[2]), argv[3], "", atoi(argv[4]));
		return delay(atof(argv[5]), atoi(argv[6]), argv[7]);
	}
	fputs("usage: ws feed|bare|load|delay ...\n", stderr);
	return 64;
}
