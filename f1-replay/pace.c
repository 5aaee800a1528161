/* pace: when a datagram is due
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <time.h>

#include "bytes.h"
#include "pace.h"
#include "sig.h"

enum { SESSIONS = 8 };		/* rigs that may be mixed in a capture */
enum { SLICE = 100000000 };	/* nanoseconds of sleep until we look around */

/* seconds */
#define LATE 1.0	/* behind by more, we let it be */
#define BACK 0.5	/* what came out of order is late by less */
#define JUMP 60.0	/* session time that goes forward by more has jumped: the game sends at least twice a second */

/* a run of time: position = offset + time */
struct run {
	uint64_t uid;
	double offset;
	bool on;
};

static struct {
	double speed, max_gap, position;
	struct run arrival, sessions[SESSIONS];
	int64_t arrival_zero;		/* keeps the doubles small */
	unsigned next;			/* in sessions: the one to give up */
	bool started;
	int64_t start;			/* CLOCK_MONOTONIC of position 0 in nanoseconds */
} self;

static int64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void
pace_init(double speed, double max_gap)
{
	self.speed = speed;
	self.max_gap = max_gap;
	prctl(PR_SET_TIMERSLACK, 1);	/* the default lets us sleep 50 microseconds longer */
}

void
pace_cut(void)
{
	self.arrival.on = false;
	for (int i = 0; i < SESSIONS; i++)
		self.sessions[i].on = false;
}

static struct run *
session(uint64_t uid)
{
	for (int i = 0; i < SESSIONS; i++)
		if (self.sessions[i].on && self.sessions[i].uid == uid)
			return &self.sessions[i];
	self.next = (self.next + 1) % SESSIONS;
	self.sessions[self.next] = (struct run){ .uid = uid };
	return &self.sessions[self.next];
}

/* goes forward to `time` of a run, by `jump` at most */
static void
forward(struct run *run, double time, double jump)
{
	double step = run->offset + time - self.position;

	if (!run->on || step < -BACK || step > jump)
		step = 0;
	else if (step > self.max_gap)
		step = self.max_gap;
	else if (step <= 0)		/* late, or of the same frame */
		return;
	else {
		self.position += step;
		return;
	}
	self.position += step;
	run->offset = self.position - time;
	run->on = true;
}

double
pace_position(const struct datagram *d)
{
	const struct layout_header *h = layout_header(d->packet->format);
	uint64_t uid = le64(d->bytes + h->session_uid);
	double time = (double)float_of(le32(d->bytes + h->session_time));

	if (d->time != DATAGRAM_NO_TIME) {
		if (!self.arrival.on)
			self.arrival_zero = d->time;
		/* both are not negative, so that this cannot overflow */
		forward(&self.arrival, (double)(d->time - self.arrival_zero) / 1e9, INFINITY);
	} else if (uid != 0 && isfinite(time))	/* between sessions the time is stale */
		forward(session(uid), time, JUMP);
	return self.position;
}

bool
pace_wait(double position, void (*idle)(void))
{
	int64_t due, at;

	if (self.speed <= 0)
		return !sig_stop;
	at = now();
	if (!self.started) {
		self.started = true;
		self.start = at - (int64_t)fmin(position / self.speed * 1e9, 1e18);
	}
	due = self.start + (int64_t)fmin(position / self.speed * 1e9, 1e18);	/* 30 years are long enough */
	if (at - due > (int64_t)(LATE * 1e9)) {
		self.start += at - due;
		return !sig_stop;
	}
	while (!sig_stop && (at = now()) < due) {
		/* in slices, since a signal may come just before we sleep */
		int64_t until = due - at > SLICE ? at + SLICE : due;
		struct timespec ts = { (time_t)(until / 1000000000), (long)(until % 1000000000) };

		idle();
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	}
	return !sig_stop;
}
