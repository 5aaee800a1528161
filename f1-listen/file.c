/* file: captures, one per session and sender
 * SPDX-License-Identifier: MIT
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "opt.h"
#include "udp.h"

enum { FILES = 32 };			/* senders with an open file; beyond, the one that was silent longest closes */
enum { OVERTAKEN = 2 };			/* seconds in which datagrams of the last session may still come */
enum { SILENT = 10 };			/* seconds after which another port of the same address is the game, begun again */
enum { NUMBERS = 100000 };		/* names tried before we give up */
enum { PART = sizeof ".part" - 1, NAME = PATH_MAX - PART };

struct file_total file_total;

static struct file {
	bool used;
	bool failed;			/* could not be opened or written: nothing more until the next file */
	int fd;				/* -1: the next datagram opens one */
	struct sockaddr_in6 from;
	uint64_t uid, before;		/* the session and the last one */
	time_t begun, opened, last;	/* monotonic: the session, the file, the last datagram */
	time_t clock;			/* when it was opened, for its name */
	uint64_t size, datagrams;	/* written */
	unsigned format;		/* 0 as long as it is not known; then session_type and track */
	int session_type, track;
	int number;			/* that the name was given, 0 for none */
	char name[NAME], part[PATH_MAX];
} files[FILES];

static struct {
	struct file_want want;
	int children;
	bool told;			/* what went wrong, until it goes well again */

	/* what the batch has for one file */
	struct file *to;
	struct iovec iov[2 * UDP_BATCH];
	int iov_n, datagrams;
	size_t bytes;
} self;

static time_t
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec;
}

/* --- names */

/* "Sakhir (Bahrain)" becomes "Sakhir-Bahrain" */
static void
value_name(const char *enumeration, unsigned format, int value, char *to, size_t size)
{
	const char *from = "unknown";
	char number[12];
	size_t n = 0;

	snprintf(number, sizeof number, "%d", value);
	for (size_t i = 0; format && i < layout_enums_n; i++) {
		const struct layout_enum *e = &layout_enums[i];

		if (strcmp(e->name, enumeration) != 0)
			continue;
		for (const struct layout_enum_value *v = e->values; v < e->values + e->values_n; v++)
			if (format >= v->from && format <= v->to && strcmp(v->value, number) == 0)
				from = v->name;
	}
	for (; *from && n + 2 < size; from++)
		if (isalnum((unsigned char)*from))
			to[n++] = *from;
		else if (n > 0 && to[n - 1] != '-')
			to[n++] = '-';
	while (n > 0 && to[n - 1] == '-')
		n--;
	to[n] = '\0';
}

/* the text for {NAME}; false if there is no such name */
static bool
placeholder(const struct file *f, const char *name, size_t n, char *to, size_t size)
{
	if (n == 3 && memcmp(name, "uid", n) == 0)
		snprintf(to, size, "%016jx", (uintmax_t)f->uid);
	else if (n == 6 && memcmp(name, "format", n) == 0)
		snprintf(to, size, f->format ? "%u" : "unknown", f->format);
	else if (n == 5 && memcmp(name, "track", n) == 0)
		value_name("track", f->track == INT_MAX ? 0 : f->format, f->track, to, size);
	else if (n == 7 && memcmp(name, "session", n) == 0)
		value_name("session_type", f->track == INT_MAX ? 0 : f->format, f->session_type, to, size);
	else
		return false;
	return true;
}

/* The name by what is known now. 0, or -1 with errno (EINVAL: an unknown placeholder). */
static int
expand(const struct file *f, char name[NAME])
{
	char timed[NAME], value[64];
	struct tm tm;
	size_t n = 0;

	localtime_r(&f->clock, &tm);
	if (strftime(timed, sizeof timed, self.want.pattern, &tm) == 0) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (const char *p = timed, *end; *p;) {
		size_t more = 1;
		const char *from = p;

		if (*p == '{') {
			if ((end = strchr(p, '}')) == NULL || !placeholder(f, p + 1, (size_t)(end - p - 1), value, sizeof value)) {
				errno = EINVAL;
				return -1;
			}
			from = value;
			more = strlen(value);
			p = end;
		}
		p++;
		if (n + more >= NAME) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(name + n, from, more);
		n += more;
	}
	name[n] = '\0';
	return 0;
}

/* "race.bin" with 2 is "race.2.bin", so that *.bin finds it. false: too long. */
static bool
numbered(const char *name, int number, char *to, size_t size)
{
	const char *base = strrchr(name, '/'), *dot;
	int n;

	base = base ? base + 1 : name;
	dot = strrchr(base, '.');
	if (dot == NULL || dot == base)
		dot = base + strlen(base);
	if (number == 0)
		n = snprintf(to, size, "%s", name);
	else
		n = snprintf(to, size, "%.*s.%d%s", (int)(dot - name), name, number, dot);
	return n >= 0 && (size_t)n < size;
}

/* Makes the folders of a name, as far as they are missing. */
static void
make_folders(const char *name)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof folder, "%s", name);
	for (char *p = folder + 1; (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		mkdir(folder, 0777);	/* what fails here fails again where the file is opened, and is told there */
		*p = '/';
	}
}

/* --- opening, writing, closing */

static void
trouble(const char *name)
{
	file_total.status = EX_IOERR;
	if (!self.told)
		warn("%s", name);
	self.told = true;
}

/* Opens the first name that is neither taken nor being written. */
static int
open_part(struct file *f)
{
	if (expand(f, f->name) == -1)
		return -1;
	make_folders(f->name);
	for (f->number = 0; f->number < NUMBERS; f->number++) {
		char name[NAME];
		int fd;

		if (!numbered(f->name, f->number, name, sizeof name)) {
			errno = ENAMETOOLONG;
			return -1;
		}
		if (access(name, F_OK) == 0)
			continue;
		memcpy(f->part, name, strlen(name));
		strcpy(f->part + strlen(name), ".part");
		if ((fd = open(f->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) != -1 || errno != EEXIST)
			return fd;
	}
	return -1;
}

static void
open_file(struct file *f)
{
	f->opened = seconds();
	f->clock = time(NULL);
	f->size = f->datagrams = 0;
	f->fd = open_part(f);
	if (f->fd == -1) {
		f->failed = true;
		trouble(f->name);
		return;
	}
	file_total.files++;
	if (self.want.preface_n == 0)
		return;
	if (write(f->fd, self.want.preface, self.want.preface_n) != (ssize_t)self.want.preface_n) {
		trouble(f->part);
		unlink(f->part);
		close(f->fd);
		f->fd = -1;
		f->failed = true;
	}
	f->size = self.want.preface_n;
}

static int
rename_to(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
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
settle(const struct file *f, int fd, char name[NAME])
{
	char base[NAME], folder[NAME];
	int number = 0;

	if (fsync(fd) == -1 && errno != EINVAL && errno != EROFS) {
		warn("%s", f->part);
		return -1;
	}
	if (expand(f, base) == -1)
		strcpy(base, f->name);
	if (strcmp(base, f->name) == 0)
		number = f->number;
	else
		make_folders(base);
	for (;; number++) {
		if (!numbered(base, number, name, NAME))
			errno = ENAMETOOLONG;
		else if (rename_to(f->part, name) == 0)
			break;
		if (errno != EEXIST || number >= NUMBERS) {
			warn("%s", f->part);
			return -1;
		}
	}
	strcpy(folder, name);
	sync_folder(folder);
	if (opt_common.verbose)
		warnx("%s: %ju datagrams", name, (uintmax_t)f->datagrams);
	return 0;
}

/* In the child: the file at descriptor 0, and our words where the stream was, which is to end without us. */
static _Noreturn void
close_in_child(const struct file *f)
{
	static char name[NAME];
	char *command;

	dup2(f->fd, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	syscall(SYS_close_range, 3U, ~0U, 0U);
	if (settle(f, STDIN_FILENO, name) == -1)
		_exit(EX_IOERR);
	if (self.want.on_close == NULL)
		_exit(0);
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	if (asprintf(&command, "%s \"$@\"", self.want.on_close) != -1)
		execl("/bin/sh", "sh", "-c", command, "sh", name, (char *)NULL);
	warn("/bin/sh");
	_exit(EX_OSERR);
}

static void flush(void);

static void
close_file(struct file *f)
{
	static char name[NAME];

	if (self.to == f)
		flush();
	if (f->fd != -1) {
		switch (fork()) {
		case 0:
			close_in_child(f);
		case -1:		/* no memory for a child: then without, and without the command */
			warn("fork");
			file_total.status = EX_IOERR;
			settle(f, f->fd, name);
			break;
		default:
			self.children++;
		}
		close(f->fd);
	}
	f->fd = -1;
	f->failed = false;
}

/* What is lost is what is not whole in the file; that ends with a whole one. */
static void
flush_failed(struct file *f, ssize_t done)
{
	int saved = errno;
	uint64_t size = f->size;
	int whole = 0;

	for (int i = 0; i < self.iov_n && done > 0; i += 2) {
		size_t n = self.iov[i].iov_len + self.iov[i + 1].iov_len;

		if ((size_t)done < n)
			break;
		done -= (ssize_t)n;
		size += n;
		whole++;
	}
	if (ftruncate(f->fd, (off_t)size) == -1)
		warn("%s", f->part);
	f->datagrams += (uint64_t)whole;
	file_total.written += (uint64_t)whole;
	file_total.lost += (uint64_t)(self.datagrams - whole);
	errno = saved;
	trouble(f->part);
}

static void
flush(void)
{
	struct file *f = self.to;
	ssize_t done;

	self.to = NULL;
	if (f == NULL || self.datagrams == 0)
		return;
	while ((done = writev(f->fd, self.iov, self.iov_n)) == -1 && errno == EINTR)
		;
	if (done == (ssize_t)self.bytes) {
		f->size += self.bytes;
		f->datagrams += (uint64_t)self.datagrams;
		file_total.written += (uint64_t)self.datagrams;
		self.told = false;
		return;
	}
	/* it took a part; one byte more, which is cut off again, tells why not the rest */
	if (done >= 0 && write(f->fd, "", 1) == 1)
		errno = ENOSPC;
	flush_failed(f, done);
	close_file(f);
	f->failed = true;
}

/* --- which file */

static void
new_session(struct file *f, uint64_t uid, time_t now)
{
	f->before = f->uid;
	f->uid = uid;
	f->begun = now;
	f->format = 0;
	f->track = INT_MAX;
}

/* A place for a sender that has none. */
static struct file *
take_place(const struct datagram *d, time_t now)
{
	struct file *place = NULL;

	for (struct file *f = files; f < files + FILES; f++) {
		if (f->used && now - f->last >= SILENT && udp_same(&f->from, d->from, false)) {
			close_file(f);
			f->used = false;
		}
		if (place == NULL || !f->used || (place->used && f->last < place->last))
			if (place == NULL || place->used)
				place = f;
	}
	if (place->used)
		close_file(place);
	memset(place, 0, sizeof *place);
	place->used = true;
	place->fd = -1;
	place->from = *d->from;
	new_session(place, d->uid, now);
	return place;
}

static struct file *
find(const struct datagram *d, time_t now)
{
	static struct file *last = files;

	/* what no game sent goes where the last packet went */
	if (last->used && (d->packet == NULL || udp_same(&last->from, d->from, true)))
		return last;
	for (struct file *f = files; f < files + FILES; f++)
		if (f->used && udp_same(&f->from, d->from, true))
			return last = f;
	return last = take_place(d, now);
}

static void
learn(struct file *f, const struct datagram *d)
{
	const struct layout_source *s = d->packet->sources;

	f->format = d->packet->format;
	if (strcmp(d->packet->name, "session") != 0)
		return;
	for (const struct layout_field *field = s->fields; field < s->fields + s->fields_n; field++)
		if (strcmp(field->name, "session_type") == 0)
			f->session_type = d->data[s->base + field->offset];
		else if (strcmp(field->name, "track_id") == 0)
			f->track = (int8_t)d->data[s->base + field->offset];
}

/* The file for a datagram, opened where it needs to be. */
static struct file *
file_for(const struct datagram *d, time_t now)
{
	struct file *f = find(d, now);
	size_t n = d->head_n + d->kept;

	if (d->uid != 0 && d->uid != f->uid) {
		if (f->uid == 0)
			f->uid = d->uid;	/* what came before a session is its beginning */
		else if (d->uid != f->before || now - f->begun > OVERTAKEN) {
			close_file(f);
			new_session(f, d->uid, now);
		}
	}
	if (self.want.seconds && now - f->opened >= (time_t)self.want.seconds)
		close_file(f);
	if (self.want.size && f->fd != -1) {
		uint64_t size = f->size + (self.to == f ? self.bytes : 0);

		if (size > self.want.preface_n && size + n > self.want.size)
			close_file(f);
	}
	if (d->packet && (d->uid == f->uid || f->format == 0))
		learn(f, d);
	if (f->fd == -1 && !f->failed)
		open_file(f);
	f->last = now;
	return f;
}

void
file_keep(const struct datagram *d, int n)
{
	time_t now = seconds();

	for (const struct datagram *end = d + n; d < end; d++) {
		struct file *f;

		if (!d->wanted)
			continue;
		f = file_for(d, now);
		if (f->failed) {
			file_total.lost++;
			continue;
		}
		if (self.to != f) {
			flush();
			if (f->failed) {
				file_total.lost++;
				continue;
			}
			self.to = f;
			self.iov_n = self.datagrams = 0;
			self.bytes = 0;
		}
		self.iov[self.iov_n++] = (struct iovec){ .iov_base = (uint8_t *)(uintptr_t)d->head, .iov_len = d->head_n };
		self.iov[self.iov_n++] = (struct iovec){ .iov_base = (uint8_t *)(uintptr_t)d->data, .iov_len = d->kept };
		self.bytes += d->head_n + d->kept;
		self.datagrams++;
	}
	flush();
}

/* --- the rest */

void
file_open(const struct file_want *want)
{
	struct file probe = { .clock = time(NULL), .track = INT_MAX, .uid = 0 };
	char *folder;

	self.want = *want;
	signal(SIGXFSZ, SIG_IGN);	/* a limit is an error like a full disk */
	if (expand(&probe, probe.name) == -1) {
		if (errno == EINVAL)
			opt_usage("--write: '%s': in braces may stand uid, track, session or format", want->pattern);
		opt_usage("--write: '%s' is too long, or empty", want->pattern);
	}
	if (probe.name[strlen(probe.name) - 1] == '/')
		opt_usage("--write: '%s' is a folder, not a file", want->pattern);
	/* the folder of today; a name that has a session in its folder is seen to when one comes */
	if (strchr(want->pattern, '{') && strchr(strchr(want->pattern, '{'), '/'))
		return;
	make_folders(probe.name);
	folder = dirname(probe.name);
	if (access(folder, W_OK | X_OK) == -1)
		err(EX_IOERR, "%s", folder);
}

static void
reap(bool wait)
{
	int status;

	while (self.children > 0) {
		pid_t child = waitpid(-1, &status, wait ? 0 : WNOHANG);

		if (child == -1 && errno == EINTR)
			continue;
		if (child <= 0)
			return;
		self.children--;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			continue;
		file_total.status = EX_IOERR;
		if (self.want.on_close)
			warnx("--on-close: %s %d", WIFEXITED(status) ? "status" : "signal",
			    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	}
}

bool
file_look(void)
{
	bool open = false;
	time_t now;

	if (self.want.pattern == NULL)
		return false;
	now = seconds();
	for (struct file *f = files; f < files + FILES; f++) {
		if (f->fd == -1 || !f->used)
			continue;
		if (self.want.seconds && now - f->opened >= (time_t)self.want.seconds)
			close_file(f);
		else
			open = true;
	}
	reap(false);
	return (open && self.want.seconds) || self.children > 0;
}

void
file_close(void)
{
	for (struct file *f = files; f < files + FILES; f++)
		if (f->used)
			close_file(f);
}

void
file_end(void)
{
	reap(true);
}
