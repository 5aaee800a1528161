/* watch: descriptors of ours in one epoll descriptor
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <stddef.h>
#include <sys/eventfd.h>

#include "watch.h"

enum { AT_ONCE = 4 };

static int epoll = -1;

int
watch_open(void)
{
	return epoll = epoll_create1(EPOLL_CLOEXEC);
}

int
watch_set(struct watch *w, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = w };
	int fd = w->stand_in ? w->stand_in : w->fd;

	if (events == w->events)
		return 0;
	if (w->stand_in)
		event.events = EPOLLIN;
	if (epoll_ctl(epoll, events == 0 ? EPOLL_CTL_DEL : w->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) == -1) {
		if (errno != EPERM || w->stand_in)
			return -1;
		if ((w->stand_in = eventfd(1, EFD_CLOEXEC)) == -1) {
			w->stand_in = 0;
			return -1;
		}
		return watch_set(w, events);
	}
	w->events = events;
	return 0;
}

void
watch_run(void)
{
	struct epoll_event events[AT_ONCE];
	int n = epoll_wait(epoll, events, AT_ONCE, 0);

	for (int i = 0; i < n; i++) {
		struct watch *w = events[i].data.ptr;

		if (w->events != 0)
			w->ready();
	}
}
