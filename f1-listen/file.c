/* file: captures, one per sender and session
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

enum { FILES = 64 };			/* sessions with an open file; beyond, the one that was silent longest closes */
enum { OVERTAKEN = 2 };			/* seconds in which datagrams of the session before may still come */
enum { SILENT = 10 };			/* seconds after which another port of the same address is the game, begun again */

struct file_total file_total;

static struct file {
	bool used;
	bool failed;			/* could not be opened or written: nothing more until the next file */
	bool followed;			/* its sender has begun another session */
	struct sockaddr_in6 from;
	time_t opened, last;		/* monotonic: the file, the last datagram */
	uint64_t turn;			/* of the last datagram among all */
	struct part part;		/* where none is open the next datagram opens one */
} files[FILES];

static struct {
	struct file_want want;
	bool told;			/* what went wrong, until it goes well again */
	uint64_t turn;

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
end_session(struct file *f)
{
	close_file(f);
	f->used = false;
}

/* A place for a session that has none. */
static struct file *
take_place(const struct datagram *d, time_t now)
{
	struct file *place = NULL;

	for (struct file *f = files; f < files + FILES; f++) {
		if (f->used && udp_same(&f->from, d->from, true))
			f->followed = true;
		else if (f->used && now - f->last >= SILENT && udp_same(&f->from, d->from, false))
			end_session(f);
		if (place == NULL || (place->used && (!f->used || f->turn < place->turn)))
			place = f;
	}
	if (place->used)
		end_session(place);
	memset(place, 0, sizeof *place);
	place->used = true;
	place->part.fd = -1;
	place->part.facts.uid = d->uid;
	place->from = *d->from;
	return place;
}

/* What belongs to no session goes where the sender's last datagram went, and begins its first session. */
static struct file *
find(const struct datagram *d, time_t now)
{
	static struct file *last = files;
	struct file *sender = NULL;

	/* what no game sent goes where the last packet went */
	if (last->used && (d->packet == NULL ||
	    ((d->uid == 0 || d->uid == last->part.facts.uid) && udp_same(&last->from, d->from, true))))
		return last;
	for (struct file *f = files; f < files + FILES; f++) {
		if (!f->used || !udp_same(&f->from, d->from, true))
			continue;
		if (f->part.facts.uid == d->uid)
			return last = f;
		if (sender == NULL || f->turn > sender->turn)
			sender = f;
	}
	if (sender && (d->uid == 0 || sender->part.facts.uid == 0)) {
		if (d->uid != 0)
			sender->part.facts.uid = d->uid;
		return last = sender;
	}
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
	f->turn = ++self.turn;
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
	bool look = false;
	time_t now;

	if (self.want.pattern == NULL)
		return false;
	now = clock_seconds();
	for (struct file *f = files; f < files + FILES; f++) {
		if (!f->used)
			continue;
		if (f->followed && now - f->last > OVERTAKEN)
			end_session(f);
		else if (f->part.fd != -1 && self.want.seconds && now - f->opened >= (time_t)self.want.seconds)
			close_file(f);
		look |= f->used && (f->followed || (f->part.fd != -1 && self.want.seconds));
	}
	return part_reap(&self.want, false) || look;
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
