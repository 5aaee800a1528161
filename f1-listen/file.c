/* file: captures, one per session and sender
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <sysexits.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "opt.h"
#include "part.h"
#include "udp.h"

enum { FILES = 32 };			/* senders with an open file; beyond, the one that was silent longest closes */
enum { OVERTAKEN = 2 };			/* seconds in which datagrams of the last session may still come */
enum { SILENT = 10 };			/* seconds after which another port of the same address is the game, begun again */

struct file_total file_total;

static struct file {
	bool used;
	bool failed;			/* could not be opened or written: nothing more until the next file */
	struct sockaddr_in6 from;
	uint64_t before;		/* the session before this one */
	time_t begun, opened, last;	/* monotonic: the session, the file, the last datagram */
	struct part part;		/* where none is open the next datagram opens one */
} files[FILES];

static struct {
	struct file_want want;
	bool told;			/* what went wrong, until it goes well again */

	/* what the batch has for one file */
	struct file *to;
	struct iovec iov[2 * UDP_BATCH];
	int iov_n, datagrams;
	size_t bytes;
} self;

static void
trouble(const char *name)
{
	file_total.status = EX_IOERR;
	if (!self.told)
		warn("%s", name);
	self.told = true;
}

static void
open_file(struct file *f, time_t now)
{
	f->opened = now;
	if (part_open(&f->part, &self.want) == 0)
		file_total.files++;
	else {
		f->failed = true;
		trouble(f->part.name);
	}
}

static void flush(void);

static void
close_file(struct file *f)
{
	if (self.to == f)
		flush();
	part_close(&f->part, &self.want);
	f->failed = false;
}

/* What is lost is what is not whole in the file; that ends with a whole one. */
static void
flush_failed(struct file *f, size_t done)
{
	int saved = errno;
	uint64_t size = f->part.size;
	int whole = 0;

	for (int i = 0; i < self.iov_n && done > 0; i += 2) {
		size_t n = self.iov[i].iov_len + self.iov[i + 1].iov_len;

		if (done < n)
			break;
		done -= n;
		size += n;
		whole++;
	}
	if (ftruncate(f->part.fd, (off_t)size) == -1)
		warn("%s", f->part.part);
	f->part.datagrams += (uint64_t)whole;
	file_total.written += (uint64_t)whole;
	file_total.lost += (uint64_t)(self.datagrams - whole);
	errno = saved;
	trouble(f->part.part);
}

/* Less than all with errno: a file may take a part, and only the next try tells why not the rest. */
static size_t
write_all(int fd)
{
	size_t done = 0;

	while (done < self.bytes) {
		struct iovec rest[2 * UDP_BATCH];
		size_t skip = done;
		ssize_t some;
		int n = 0;

		for (int i = 0; i < self.iov_n; i++)
			if (skip >= self.iov[i].iov_len)
				skip -= self.iov[i].iov_len;
			else {
				rest[n++] = (struct iovec){ (uint8_t *)self.iov[i].iov_base + skip, self.iov[i].iov_len - skip };
				skip = 0;
			}
		some = writev(fd, rest, n);
		if (some == 0)
			errno = ENOSPC;
		if (some > 0)
			done += (size_t)some;
		else if (some == 0 || errno != EINTR)
			break;
	}
	return done;
}

static void
flush(void)
{
	struct file *f = self.to;
	size_t done;

	self.to = NULL;
	if (f == NULL || self.datagrams == 0)
		return;
	if ((done = write_all(f->part.fd)) == self.bytes) {
		f->part.size += self.bytes;
		f->part.datagrams += (uint64_t)self.datagrams;
		file_total.written += (uint64_t)self.datagrams;
		self.told = false;
		return;
	}
	flush_failed(f, done);
	close_file(f);
	f->failed = true;
}

static void
new_session(struct file *f, uint64_t uid, time_t now)
{
	f->before = f->part.facts.uid;
	f->part.facts = (struct name_facts){ .uid = uid };
	f->begun = now;
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
	place->part.fd = -1;
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
learn(struct name_facts *facts, const struct datagram *d)
{
	facts->format = d->packet->format;
	if (strcmp(d->packet->name, "session") != 0)
		return;
	facts->session_type = (uint8_t)layout_byte(d->packet, d->data, "session_type");
	facts->track = (int8_t)layout_byte(d->packet, d->data, "track_id");
	facts->known = true;
}

/* The file for a datagram, opened where it needs to be. */
static struct file *
file_for(const struct datagram *d, time_t now)
{
	struct file *f = find(d, now);
	struct name_facts *facts = &f->part.facts;
	size_t n = d->head_n + d->kept;

	if (d->uid != 0 && d->uid != facts->uid) {
		if (facts->uid == 0)
			facts->uid = d->uid;	/* what came before the first session is its beginning */
		else if (d->uid != f->before || now - f->begun > OVERTAKEN) {
			close_file(f);
			new_session(f, d->uid, now);
		}
	}
	if (self.want.seconds && now - f->opened >= (time_t)self.want.seconds)
		close_file(f);
	if (self.want.size && f->part.fd != -1) {
		uint64_t size = f->part.size + (self.to == f ? self.bytes : 0);

		if (size > self.want.preface_n && size + n > self.want.size)
			close_file(f);
	}
	if (d->packet && (d->uid == facts->uid || facts->format == 0))
		learn(facts, d);
	if (f->part.fd == -1 && !f->failed)
		open_file(f, now);
	f->last = now;
	return f;
}

void
file_keep(const struct datagram *d, int n)
{
	time_t now = clock_seconds();

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

void
file_open(const struct file_want *want)
{
	struct name_facts facts = { .begun = time(NULL) };
	const char *brace = strchr(want->pattern, '{');
	char name[NAME_SIZE], *folder;

	self.want = *want;
	signal(SIGXFSZ, SIG_IGN);	/* a limit is an error like a full disk */
	if (name_expand(want->pattern, &facts, name) == -1) {
		if (errno == EINVAL)
			opt_usage("--write: '%s': in braces may stand uid, track, session or format", want->pattern);
		opt_usage("--write: '%s' is too long, or empty", want->pattern);
	}
	if (name[strlen(name) - 1] == '/')
		opt_usage("--write: '%s' is a folder, not a file", want->pattern);
	/* the folder of today; a name that has a session in its folder is seen to when one comes */
	if (brace && strchr(brace, '/'))
		return;
	name_folders(name);
	folder = dirname(name);
	if (access(folder, W_OK | X_OK) == -1)
		err(EX_IOERR, "%s", folder);
}

bool
file_look(void)
{
	bool open = false;
	time_t now;

	if (self.want.pattern == NULL)
		return false;
	now = clock_seconds();
	for (struct file *f = files; f < files + FILES; f++) {
		if (f->part.fd == -1 || !f->used)
			continue;
		if (self.want.seconds && now - f->opened >= (time_t)self.want.seconds)
			close_file(f);
		else
			open = true;
	}
	return part_reap(&self.want, false) || (open && self.want.seconds);
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
	part_reap(&self.want, true);
}
