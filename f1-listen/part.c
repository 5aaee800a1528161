/* part: a capture file, from its beginning as NAME.part to its name
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "io.h"
#include "opt.h"
#include "part.h"

enum { NUMBERS = 100000 };		/* names tried before we give up */
enum { NOREPLACE = 1 };			/* of renameat2(2) */

static int children;

/* Opens the first name that is neither taken nor being written. */
static int
open_new(struct part *p, const struct file_want *want)
{
	if (name_expand(want->pattern, &p->facts, p->name) == -1)
		return -1;
	name_folders(p->name);
	for (p->number = 0; p->number < NUMBERS; p->number++) {
		char name[NAME_SIZE];
		int fd;

		if (!name_numbered(p->name, p->number, name, sizeof name)) {
			errno = ENAMETOOLONG;
			return -1;
		}
		if (access(name, F_OK) == 0)
			continue;
		memcpy(p->part, name, strlen(name));
		strcpy(p->part + strlen(name), ".part");
		fd = open(p->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd == -1 && errno == EEXIST)
			continue;
		/* a file being closed may have taken the name since we looked */
		if (fd == -1 || access(name, F_OK) == -1)
			return fd;
		unlink(p->part);
		close(fd);
	}
	return -1;
}

int
part_open(struct part *p, const struct file_want *want)
{
	p->facts.begun = time(NULL);
	p->datagrams = 0;
	p->size = want->preface_n;
	if ((p->fd = open_new(p, want)) == -1)
		return -1;
	if (io_write(p->fd, want->preface, want->preface_n) == 0)
		return 0;
	unlink(p->part);
	close(p->fd);
	p->fd = -1;
	return -1;
}

static int
rename_to(const char *from, const char *to)
{
	/* the call itself: not every C library has the function */
	if (syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* a file system that cannot: a second name never replaces one */
	if (link(from, to) == -1)
		return -1;
	return unlink(from);
}

static void
sync_folder(char *name)
{
	int fd = open(dirname(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return;
	fsync(fd);
	close(fd);
}

/* Brings the file to the disk and gives it its name, which is left in `name`. 0, or -1, told. */
static int
settle(const struct part *p, const struct file_want *want, int fd, char name[NAME_SIZE])
{
	char base[NAME_SIZE], folder[NAME_SIZE];
	int number = 0;

	if (fsync(fd) == -1 && errno != EINVAL && errno != EROFS) {
		warn("%s", p->part);
		return -1;
	}
	if (name_expand(want->pattern, &p->facts, base) == -1)
		strcpy(base, p->name);
	if (strcmp(base, p->name) == 0)
		number = p->number;
	else
		name_folders(base);
	for (;; number++) {
		if (!name_numbered(base, number, name, NAME_SIZE))
			errno = ENAMETOOLONG;
		else if (rename_to(p->part, name) == 0)
			break;
		if (errno != EEXIST || number >= NUMBERS) {
			warn("%s", p->part);
			return -1;
		}
	}
	strcpy(folder, name);
	sync_folder(folder);
	if (opt_common.verbose)
		warnx("%s: %ju datagrams", name, (uintmax_t)p->datagrams);
	return 0;
}

/* In the child: the file at descriptor 0, and our words where the stream was, which is to end without us. */
static _Noreturn void
close_in_child(const struct part *p, const struct file_want *want)
{
	static char name[NAME_SIZE];
	char *command;

	dup2(p->fd, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	syscall(SYS_close_range, 3U, ~0U, 0U);
	if (settle(p, want, STDIN_FILENO, name) == -1)
		_exit(EX_IOERR);
	if (want->on_close == NULL)
		_exit(0);
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	if (asprintf(&command, "%s \"$@\"", want->on_close) != -1)
		execl("/bin/sh", "sh", "-c", command, "sh", name, (char *)NULL);
	warn("/bin/sh");
	_exit(EX_OSERR);
}

void
part_close(struct part *p, const struct file_want *want)
{
	static char name[NAME_SIZE];

	if (p->fd == -1)
		return;
	switch (fork()) {
	case 0:
		close_in_child(p, want);
	case -1:		/* no memory for a child: then without, and without the command */
		warn("fork");
		file_total.status = EX_IOERR;
		settle(p, want, p->fd, name);
		break;
	default:
		children++;
	}
	close(p->fd);
	p->fd = -1;
}

bool
part_reap(const struct file_want *want, bool wait)
{
	int status;

	while (children > 0) {
		pid_t child = waitpid(-1, &status, wait ? 0 : WNOHANG);

		if (child == -1 && errno == EINTR)
			continue;
		if (child <= 0)
			break;
		children--;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			continue;
		file_total.status = EX_IOERR;
		if (want->on_close)
			warnx("--on-close: %s %d", WIFEXITED(status) ? "status" : "signal",
			    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	}
	return children > 0;
}
