/* pass: the copy of stdin on stdout
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "io.h"
#include "pass.h"
#include "watch.h"

static void ready(void);

static struct {
	bool open, failed;
	int flags;		/* of stdout as they were, -1 if untouched */
	struct watch watch;
	void (*again)(void);
	char *kept;
	size_t begin, end;
} self = { .flags = -1, .watch = { .fd = STDOUT_FILENO, .ready = ready } };

void
pass_open(void (*again)(void))
{
	struct stat st;

	self.open = true;
	self.again = again;
	io_pipe(STDOUT_FILENO);
	if (fstat(STDOUT_FILENO, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))) {
		self.flags = fcntl(STDOUT_FILENO, F_GETFL);
		fcntl(STDOUT_FILENO, F_SETFL, self.flags | O_NONBLOCK);
	}
}

static void
broken(void)
{
	if (errno == EPIPE)
		warnx("stdout: its reader has gone; clients are served on");
	else {
		warn("stdout: clients are served on");
		self.failed = true;
	}
	self.open = false;
	self.begin = self.end = 0;
}

/* Writes what stdout takes now; how much, or 0 after a failure, too. */
static size_t
write_some(const char *p, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t wrote = write(STDOUT_FILENO, p + done, n - done);

		if (wrote >= 0)
			done += (size_t)wrote;
		else if (errno == EAGAIN)
			break;
		else if (errno != EINTR) {
			broken();
			break;
		}
	}
	return done;
}

bool
pass_write(const void *data, size_t n)
{
	size_t done;

	if (!self.open)
		return true;
	done = write_some(data, n);
	if (!self.open || done == n)
		return true;
	n -= done;
	free(self.kept);
	if ((self.kept = malloc(n)) == NULL)
		err(EX_OSERR, NULL);
	memcpy(self.kept, (const char *)data + done, n);
	self.begin = 0;
	self.end = n;
	if (watch_set(&self.watch, EPOLLOUT) == -1)
		err(EX_OSERR, "stdout");
	return false;
}

static void
ready(void)
{
	self.begin += write_some(self.kept + self.begin, self.end - self.begin);
	if (self.open && self.begin < self.end)
		return;
	self.begin = self.end = 0;
	watch_set(&self.watch, 0);
	self.again();
}

bool
pass_waiting(void)
{
	return self.begin < self.end;
}

int
pass_close(void)
{
	if (self.flags != -1)
		fcntl(STDOUT_FILENO, F_SETFL, self.flags);
	if (pass_waiting())
		warnx("stdout: %zu bytes were read and not written", self.end - self.begin);
	if (self.open && close(STDOUT_FILENO) == -1)
		broken();
	free(self.kept);
	return self.failed ? EX_IOERR : pass_waiting() ? EX_TEMPFAIL : EX_OK;
}
