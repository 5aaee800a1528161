/* progress: a line on the terminal that says where we are
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "bytes.h"
#include "progress.h"

enum { SESSION = 1 };		/* packet id */

static struct {
	bool on, drawn;
	double speed, position, time;
	uint64_t uid, packets;
	const char *track;
	struct timespec last;
} self = { .track = "" };

void
progress_init(double speed)
{
	self.on = isatty(STDERR_FILENO);
	self.speed = speed;
}

/* the name of the track in a session packet */
static const char *
track(const struct datagram *d)
{
	const char *name = layout_enum_name("track", d->packet->format, (int8_t)layout_byte(d->packet, d->bytes, "track_id"));

	return name ? name : "";
}

void
progress_datagram(const struct datagram *d, double position)
{
	const struct layout_header *h = layout_header(d->packet->format);
	uint64_t uid;

	if (!self.on)
		return;
	uid = le64(d->bytes + h->session_uid);
	if (uid != self.uid)
		self.track = "";
	self.uid = uid;
	self.time = (double)float_of(le32(d->bytes + h->session_time));
	self.position = position;
	self.packets++;
	if (d->packet->id == SESSION)
		self.track = track(d);
}

/* A line that is longer than the terminal's would leave a part of itself behind each time. */
static int
width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1 : 79;
}

void
progress_draw(void)
{
	struct timespec now;
	char line[160];
	unsigned at = self.position < 1e9 ? (unsigned)self.position : 0;

	if (!self.on)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec - self.last.tv_sec + (now.tv_nsec - self.last.tv_nsec) / 1e9 < 0.2)
		return;
	self.last = now;
	self.drawn = true;
	snprintf(line, sizeof line, "%u:%02u:%02u  x%g  session %016jx at %.1f s  %s  %ju packets", at / 3600, at / 60 % 60, at % 60,
	    self.speed, (uintmax_t)self.uid, isfinite(self.time) ? self.time : 0.0, self.track, (uintmax_t)self.packets);
	fprintf(stderr, "%.*s\033[K\r", width(), line);	/* what is said meanwhile is written over it */
}

void
progress_end(void)
{
	if (self.drawn)
		fputs("\033[K", stderr);
	self.drawn = false;
}
