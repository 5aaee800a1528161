/* udpdrop: takes datagrams and throws them away: what the kernel alone costs a listener; `make bench` runs it
 * SPDX-License-Identifier: MIT
 *
 * usage: udpdrop PORT
 *
 * At SIGTERM it prints on stderr how many bytes they had.
 */
#include <err.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sysexits.h>

enum { BATCH = 64, SIZE = 2048, BUFFER = 8 << 20 };

static volatile sig_atomic_t stop;

static void
stopped(int signal)
{
	stop = signal;
}

int
main(int argc, char *argv[])
{
	static char data[BATCH][SIZE];
	static struct iovec iov[BATCH];
	static struct mmsghdr msgs[BATCH];
	struct sigaction action = { .sa_handler = stopped };
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long long bytes = 0;
	int fd, buffer = BUFFER;

	if (argc != 2)
		errx(EX_USAGE, "usage: udpdrop PORT");
	here.sin_port = htons((in_port_t)atoi(argv[1]));
	if ((fd = socket(AF_INET, SOCK_DGRAM, 0)) == -1 || bind(fd, (struct sockaddr *)&here, sizeof here) == -1)
		err(EX_OSERR, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) == -1)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	for (int i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ .iov_base = data[i], .iov_len = SIZE };
		msgs[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	sigaction(SIGTERM, &action, NULL);
	while (!stop) {
		int n = recvmmsg(fd, msgs, BATCH, MSG_WAITFORONE, NULL);

		for (int i = 0; i < n; i++)
			bytes += msgs[i].msg_len;
	}
	fprintf(stderr, "%lld bytes thrown away\n", bytes);
	return 0;
}
