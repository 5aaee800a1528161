/* probe: who sends what, and how well it comes
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "bytes.h"
#include "io.h"
#include "probe.h"
#include "sig.h"

static const int64_t second = 1000000000;

static struct {
	struct probe found;
	struct udp udp;
	bool json;
} self;

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * second + t.tv_nsec;
}

static struct probe_sender *
sender_of(const struct datagram *d)
{
	struct probe *p = &self.found;
	struct probe_sender *s;

	for (s = p->senders; s < p->senders + p->senders_n; s++)
		if (udp_same(&s->from, d->from, true))
			return s;
	if (p->senders_n == PROBE_SENDERS)
		return s - 1;
	p->senders_n++;
	s->from = *d->from;
	s->since = now();
	if (p->senders_n == PROBE_SENDERS)
		snprintf(s->name, sizeof s->name, "others");
	else
		udp_name((const struct sockaddr *)d->from, d->from_size, s->name);
	return s;
}

/* Has the same datagram come a short while ago? In a session no two are alike: each has its frame and its time. */
static bool
again(struct probe_sender *s, const struct datagram *d)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);	/* FNV-1a */

	if (d->uid == 0)
		return false;
	for (size_t i = 0; i < d->kept; i++)
		hash = (hash ^ d->data[i]) * UINT64_C(0x100000001b3);
	for (int i = 0; i < PROBE_TWICE; i++)
		if (s->hashes[i] == hash)
			return true;
	s->hashes[s->hashes_at++ % PROBE_TWICE] = hash;
	return false;
}

static const struct layout_field *
field(const struct layout_source *s, const char *name)
{
	for (const struct layout_field *f = s->fields; f < s->fields + s->fields_n; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static void
learn_session(struct probe_sender *s, const struct datagram *d)
{
	s->known = true;
	s->game_year = layout_byte(d->packet, d->data, "game_year");
	s->major = layout_byte(d->packet, d->data, "game_major_version");
	s->minor = layout_byte(d->packet, d->data, "game_minor_version");
	s->type = layout_byte(d->packet, d->data, "session_type");
	s->track = (int8_t)layout_byte(d->packet, d->data, "track_id");
	s->paused = layout_byte(d->packet, d->data, "game_paused");
}

static void
learn_participants(struct probe_sender *s, const struct datagram *d)
{
	const struct layout_source *all = d->packet->sources;
	const struct layout_field *shows = field(all, "your_telemetry"), *number = field(all, "race_number");

	for (unsigned i = 0; i < all->level[0].count && i < LAYOUT_CARS_MAX; i++) {
		const uint8_t *car = d->data + all->base + i * all->size;

		s->restricted[i] = shows && car[shows->offset] == 0;
		s->number[i] = number ? car[number->offset] : 0;
	}
}

static void
learn(struct probe_sender *s, const struct datagram *d)
{
	const struct layout_packet *p = d->packet;
	const struct layout_header *h = layout_header(p->format);

	if (p->format != s->format || (d->uid != s->uid && d->uid != 0)) {
		frames_cut(&s->frames);
		s->since = now();
		memset(s->kinds, 0, sizeof s->kinds);
		s->sessions += d->uid != 0;
		s->known = false;
		memset(s->restricted, 0, sizeof s->restricted);
		memset(s->status, 0, sizeof s->status);
	}
	s->format = p->format;
	if (d->uid != 0)
		s->uid = d->uid;
	s->player = d->data[h->player_car_index];
	if (strcmp(p->name, "session") == 0)
		learn_session(s, d);
	else if (strcmp(p->name, "participants") == 0)
		learn_participants(s, d);
	for (unsigned i = 0; p->status && i < p->sources->level[0].count; i++)
		s->status[i] = d->data[p->status + i * p->status_stride];
	if (p->every_frame)
		frames_packet(&s->frames, p->id, le32(d->data + h->frame_identifier), float_of(le32(d->data + h->session_time)));
}

static void
look_at(const struct datagram *d)
{
	struct probe_sender *s = sender_of(d);

	s->datagrams++;
	s->bytes += d->n;
	if (d->look != LOOK_PACKET) {
		if (s->rejected[d->look]++ == 0)
			look_words(d->data, d->kept, d->n, s->words[d->look]);
		return;
	}
	s->packets++;
	self.found.packets++;
	if (again(s, d))
		s->twice++;
	else {
		learn(s, d);
		s->kinds[d->packet->id]++;
	}
}

/* Datagrams for ports that no program has, since the system's start, of IPv4 and IPv6. */
static uint64_t
unclaimed(void)
{
	static const char *const tables[] = { "/proc/net/snmp", "/proc/net/snmp6" };
	char line[1024];
	uint64_t n, sum = 0;

	for (int i = 0; i < 2; i++) {
		FILE *f = fopen(tables[i], "re");

		while (f != NULL && fgets(line, sizeof line, f) != NULL)
			if (sscanf(line, "Udp: %*u %ju", &n) == 1 || sscanf(line, "Udp6NoPorts %ju", &n) == 1)
				sum += n;
		if (f != NULL)
			fclose(f);
	}
	return sum;
}

/* Looks at what is there now: the number of datagrams. */
static int
take(void)
{
	int n = udp_receive(&self.udp);

	if (n == -1)
		err(EX_OSERR, "recvmmsg");
	for (int i = 0; i < n; i++) {
		struct datagram d;

		packet_take(&d, &self.udp, i);
		look_at(&d);
	}
	return n;
}

static void
listen_until(int64_t end)
{
	int64_t left;

	while (!sig_stop && (left = end - now()) > 0) {
		struct pollfd fd = { .fd = self.udp.fd, .events = POLLIN };

		if (sig_wait(&fd, 1, (int)(left / 1000000 + 1)) > 0)
			take();
	}
	udp_shut(&self.udp);
	while (take() > 0)
		;
}

static _Noreturn void
finish(void)
{
	struct probe *p = &self.found;

	report(p, self.json);
	if (fflush(stdout) == EOF)
		err(EX_IOERR, "stdout");
	exit(p->packets > 0 ? EX_OK : EX_UNAVAILABLE);
}

/* Another program has the port: that is what we found. */
static void
taken(unsigned port)
{
	self.found.taken = port;
	finish();
}

void
probe(const struct udp_want *want, unsigned seconds, bool json)
{
	struct udp_want ours = *want;
	struct probe *p = &self.found;
	uint64_t before = unclaimed();
	int64_t begin;
	char port[8];

	self.json = json;
	p->udp = &self.udp;
	if ((p->senders = calloc(PROBE_SENDERS, sizeof *p->senders)) == NULL)
		err(EX_OSERR, "memory");
	ours.taken = taken;
	udp_open(&self.udp, &ours);
	snprintf(port, sizeof port, "%u", self.udp.port);
	io_ready(port);
	if (isatty(STDERR_FILENO))
		warnx("listening on %s for %u seconds", self.udp.name, seconds);

	begin = now();
	listen_until(begin + seconds * second);
	p->end = now();
	p->seconds = (double)(p->end - begin) / (double)second;
	p->unclaimed = unclaimed() - before;
	for (int i = 0; i < p->senders_n; i++)
		frames_end(&p->senders[i].frames);
	finish();
}
