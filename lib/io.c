/* io: whole writes, large pipes
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "opt.h"
#include "sig.h"

void
io_pipe(int fd)
{
	fcntl(fd, F_SETPIPE_SZ, 1 << 20);
}

bool
io_unblock(int fd)
{
	char name[32];
	struct stat st;
	int own;

	if (fstat(fd, &st) == -1 || !S_ISFIFO(st.st_mode))
		return true;
	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	if ((own = open(name, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) == -1)
		return false;
	dup2(own, fd);
	close(own);
	return true;
}

size_t
io_write_most(int fd, const void *data, size_t n)
{
	const char *p = data;
	size_t done = 0;

	while (done < n) {
		ssize_t some = write(fd, p + done, n - done);

		if (some >= 0)
			done += (size_t)some;
		else if (errno == EAGAIN) {
			struct pollfd pfd = { .fd = fd, .events = POLLOUT };

			poll(&pfd, 1, -1);
		} else if (errno != EINTR)
			break;
	}
	return done;
}

int
io_write(int fd, const void *data, size_t n)
{
	return io_write_most(fd, data, n) == n ? 0 : -1;
}

ssize_t
io_read(int fd, void *data, size_t n)
{
	for (;;) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		ssize_t got;

		if (sig_wait(&pfd, 1, -1) == -1)
			return -1;
		got = read(fd, data, n);
		if (got >= 0 || (errno != EAGAIN && errno != EINTR))
			return got;
	}
}

bool
io_readable(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, 0) > 0;
}

void
io_ready(const char *text)
{
	char line[256];
	int n;

	if (opt_common.ready_fd == -1)
		return;
	n = snprintf(line, sizeof line, "%s\n", text);
	io_write(opt_common.ready_fd, line, (size_t)n);
	if (opt_common.ready_fd > STDERR_FILENO)
		close(opt_common.ready_fd);
	opt_common.ready_fd = -1;
}

int
io_replace(const char *file, const void *data, size_t n)
{
	char temporary[PATH_MAX];
	int fd, saved;

	if (snprintf(temporary, sizeof temporary, "%s.%ld", file, (long)getpid()) >= (int)sizeof temporary) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if ((fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) == -1)
		return -1;
	if (io_write(fd, data, n) == 0 && close(fd) == 0) {
		if (rename(temporary, file) == 0)
			return 0;
	} else
		close(fd);
	saved = errno;
	unlink(temporary);
	errno = saved;
	return -1;
}
