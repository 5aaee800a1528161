/* target: where a rule's records go
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "clock.h"
#include "io.h"
#include "record.h"
#include "target.h"

enum { KEEP = 1 << 20 };	/* bytes that a pipe holds, and the next command gets if the one before has not read them */

extern char **environ;

/* A command by the shell, with a pipe to its stdin. */
static void
open_command(struct target *t)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char *)(uintptr_t)(t->name + 1), NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t pipes;
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC) == -1)
		err(EX_OSERR, "pipe");
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	io_pipe(ends[1]);
	sigemptyset(&pipes);
	sigaddset(&pipes, SIGPIPE);	/* which we ignore; the command shall not */
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigdefault(&attributes, &pipes);
	if ((error = posix_spawn(&t->child, "/bin/sh", &actions, &attributes, argv, environ)) != 0) {
		errno = error;
		err(EX_OSERR, "/bin/sh");
	}
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	close(ends[0]);
	t->fd = ends[1];
}

/* A pipe is opened once more, so that it does not block us and the description we share with others stays as it is. */
static void
open_descriptor(struct target *t, int fd)
{
	struct stat st;
	char path[64];

	if (fstat(fd, &st) == -1)
		err(EX_IOERR, "%s", t->name);
	t->socket = S_ISSOCK(st.st_mode);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (!S_ISFIFO(st.st_mode))
		t->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	else if ((t->fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) == -1) {
		t->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	}
	if (t->fd == -1)
		err(EX_IOERR, "%s", t->name);
	/* our copy is the last one then: its reader sees the end when the target ends */
	if (fd != STDOUT_FILENO)
		close(fd);
}

static void
open_file(struct target *t, bool append)
{
	t->fd = open(t->name, O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0666);
	if (t->fd == -1 && errno != ENXIO)	/* a FIFO that nobody reads yet */
		err(EX_IOERR, "%s", t->name);
}

/* The N of /dev/fd/N, 1 for -, or -1. */
static int
descriptor(const char *name)
{
	char *end;
	long n;

	if (strcmp(name, "-") == 0)
		return STDOUT_FILENO;
	if (strncmp(name, "/dev/fd/", 8) != 0 || name[8] < '0' || name[8] > '9')
		return -1;
	n = strtol(name + 8, &end, 10);
	return *end == '\0' && n <= 1 << 20 ? (int)n : -1;
}

void
target_open(struct target *t, size_t buffer, bool append)
{
	int fd = descriptor(t->name);

	t->fd = -1;
	if (buffer_open(&t->buffer, buffer) == -1)
		err(EX_OSERR, "a buffer of %zu bytes", buffer);
	if (t->name[0] == '|')
		open_command(t);
	else if (fd != -1)
		open_descriptor(t, fd);
	else
		open_file(t, append);
	if (t->fd != -1) {
		if (isatty(t->fd))
			errx(EX_USAGE, "%s: records are binary, and that is a terminal", t->name);
		io_pipe(t->fd);
		if (t->child && t->restart)
			t->buffer.keep = t->buffer.size / 4 < KEEP ? t->buffer.size / 4 : KEEP;
	}
	t->open = true;
}

bool
target_room(const struct target *t)
{
	return !t->waits || !t->open || buffer_room(&t->buffer) >= RECORD_HEADER + RECORD_MAX;
}

void
target_put(struct target *t, const uint8_t *frame, size_t n)
{
	++*t->in;
	if (!t->open) {
		++*t->dropped;
		return;
	}
	if (buffer_room(&t->buffer) < n) {
		*t->dropped += buffer_drop(&t->buffer, n);
		if (!t->told)
			warnx("%s: too slow: the buffer of %zu bytes is full, the oldest records make room", t->name, t->buffer.size);
		t->told = true;
	}
	buffer_put(&t->buffer, frame, n);
}

bool
target_busy(const struct target *t)
{
	return t->open && t->buffer.used > 0;
}

struct pollfd
target_poll(const struct target *t)
{
	return (struct pollfd){ .fd = t->open ? t->fd : -1, .events = target_busy(t) ? POLLOUT : 0 };
}

bool
target_is_late(const struct target *t)
{
	return t->open && t->fd == -1;
}

/* The reader has left, or a write failed. */
static void
break_off(struct target *t, int status)
{
	size_t left;

	if (t->child && t->restart && t->fd != -1) {	/* first we see how it ended */
		int unread = 0;
		bool rest;

		ioctl(t->fd, FIONREAD, &unread);
		*t->out -= buffer_back(&t->buffer, (size_t)unread, &rest);
		*t->dropped += rest;
		close(t->fd);
		t->fd = -1;
		return;
	}
	left = buffer_frames(&t->buffer);
	t->status = status;
	if (status == EX_TEMPFAIL)
		warnx("%s: its reader has ended; %zu records were waiting for it", t->name, left);
	target_close(t);
}

static ssize_t
write_some(struct target *t)
{
	const uint8_t *bytes = buffer_bytes(&t->buffer);
	size_t n = t->buffer.used;

	return t->socket ? send(t->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL) : write(t->fd, bytes, n);
}

/* Says how a command ended if not well. Does it help to start it again? */
static bool
told_end(struct target *t, int how)
{
	if (WIFEXITED(how) && WEXITSTATUS(how) == 0)
		return false;
	if (WIFEXITED(how))
		warnx("%s: ended with status %d", t->name, WEXITSTATUS(how));
	else
		warnx("%s: killed by signal %d (%s)", t->name, WTERMSIG(how), strsignal(WTERMSIG(how)));
	if (t->status == EX_OK)
		t->status = EX_TEMPFAIL;
	return !WIFEXITED(how) || (WEXITSTATUS(how) != EX_USAGE && WEXITSTATUS(how) != EX_CONFIG && WEXITSTATUS(how) != 127);
}

/* A command that does not read any more: waits for its end, then for its time to be started again. */
static void
revive(struct target *t)
{
	int how;

	if (t->child) {
		if (waitpid(t->child, &how, WNOHANG) != t->child)
			return;
		t->child = 0;
		if (!told_end(t, how)) {
			break_off(t, EX_TEMPFAIL);
			return;
		}
		t->again = clock_seconds() + t->restart;
	}
	if (clock_seconds() < t->again)
		return;
	open_command(t);
	io_pipe(t->fd);
	++*t->restarts;
}

void
target_write(struct target *t, short revents)
{
	ssize_t done;

	if (target_is_late(t) && t->name[0] == '|') {
		revive(t);
		revents = 0;
	} else if (target_is_late(t) && (t->fd = open(t->name, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) != -1)
		io_pipe(t->fd);
	if (!t->open || t->fd == -1)
		return;
	if (revents & POLLERR) {
		break_off(t, t->quiet ? EX_OK : EX_TEMPFAIL);
		return;
	}
	if (t->buffer.used == 0)
		return;
	if ((done = write_some(t)) >= 0)
		*t->out += buffer_took(&t->buffer, (size_t)done);
	else if (errno == EPIPE || errno == ECONNRESET)
		break_off(t, t->quiet ? EX_OK : EX_TEMPFAIL);
	else if (errno != EAGAIN && errno != EINTR) {
		warn("%s", t->name);
		break_off(t, EX_IOERR);
	}
}

void
target_close(struct target *t)
{
	if (!t->open)
		return;
	*t->dropped += buffer_frames(&t->buffer);
	t->open = false;
	buffer_close(&t->buffer);
	if (t->fd == -1)
		return;
	if (close(t->fd) == -1 && t->status == EX_OK) {
		warn("%s", t->name);
		t->status = EX_IOERR;
	}
	t->fd = -1;
	/* the reader sees the end when the last copy is closed */
	if (strcmp(t->name, "-") == 0)
		close(STDOUT_FILENO);
}

void
target_reap(struct target *t)
{
	int how;

	if (t->child == 0)
		return;
	while (waitpid(t->child, &how, 0) == -1)
		if (errno != EINTR)
			return;
	t->child = 0;
	told_end(t, how);
}
