/* sig: signals as flags
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <stddef.h>
#include <time.h>

#include "sig.h"

enum { AGAIN = 500 };	/* milliseconds */

volatile sig_atomic_t sig_stop, sig_hangup, sig_report;

static volatile sig_atomic_t news;	/* a signal came that sig_wait has not told of */
static struct timespec stopped;		/* when sig_stop was set */
static sigset_t ours;
static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1 };

static long long
since_stopped(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - stopped.tv_sec) * 1000LL + (now.tv_nsec - stopped.tv_nsec) / 1000000;
}

static void
stop(int number)
{
	news = 1;
	if (!sig_stop) {
		clock_gettime(CLOCK_MONOTONIC, &stopped);
		sig_stop = number;
	} else if (since_stopped() >= AGAIN) {
		signal(number, SIG_DFL);
		raise(number);
	}
}

static void
catch(int number)
{
	news = 1;
	switch (number) {
	case SIGHUP:
		sig_hangup = 1;
		break;
	case SIGUSR1:
		sig_report = 1;
		break;
	default:
		stop(number);
	}
}

void
sig_init(void)
{
	struct sigaction action = { .sa_handler = catch, .sa_flags = SA_RESTART };

	sigemptyset(&ours);
	for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) {
		int number = caught[i];
		struct sigaction before;

		/* nohup says that a hangup is not for us */
		if (number == SIGHUP && sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN)
			continue;
		sigaddset(&ours, number);
		sigaction(number, &action, NULL);
	}
	action.sa_handler = SIG_IGN;
	action.sa_flags = 0;
	sigaction(SIGPIPE, &action, NULL);
}

void
sig_hangup_stops(void)
{
	struct sigaction action = { .sa_handler = stop, .sa_flags = SA_RESTART };

	if (sigismember(&ours, SIGHUP) == 1)
		sigaction(SIGHUP, &action, NULL);
}

int
sig_wait(struct pollfd *fds, nfds_t n, int timeout)
{
	struct timespec ts = { timeout / 1000, timeout % 1000 * 1000000L };
	sigset_t before;
	int ready = -1, error = EINTR;

	/* blocked between the look and the wait, so that no signal falls in between */
	sigprocmask(SIG_BLOCK, &ours, &before);
	if (!news) {
		ready = ppoll(fds, n, timeout < 0 ? NULL : &ts, &before);
		error = errno;
	}
	if (ready == -1)
		news = 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return ready;
}

bool
sig_overdue(void)
{
	return sig_stop && since_stopped() >= SIG_GRACE * 1000;
}
