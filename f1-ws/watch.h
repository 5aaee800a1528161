/* watch: descriptors of ours in one epoll descriptor, which libwebsockets' loop watches as one
 * SPDX-License-Identifier: MIT
 *
 * So stdin, stdout and the listening socket stay as they are (libwebsockets would make them non-blocking, and take the
 * end of a pipe for the end of what is in it), and a regular file, which epoll refuses, is simply always ready.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdint.h>
#include <sys/epoll.h>

struct watch {
	int fd;
	void (*ready)(void);
	uint32_t events;	/* EPOLLIN or EPOLLOUT; 0: not watched */
	int stand_in;		/* always ready, in place of what epoll refuses; 0: none */
};

/* The epoll descriptor, or -1. */
int watch_open(void);

/* Watches for these events from now on; 0 for none. 0, or -1 with errno. */
int watch_set(struct watch *, uint32_t events);

/* Calls `ready` of all that are. */
void watch_run(void);

#endif
