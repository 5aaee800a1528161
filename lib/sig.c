/* sig: signals as flags, taken only while waiting
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <time.h>

#include "sig.h"

volatile sig_atomic_t sig_stop, sig_hangup, sig_report;

static sigset_t outside;	/* the mask while waiting */

static void
catch(int number)
{
	switch (number) {
	case SIGHUP:
		sig_hangup = 1;
		break;
	case SIGUSR1:
		sig_report = 1;
		break;
	default:
		sig_stop = number;
	}
}

void
sig_init(void)
{
	static const struct {
		int number, flags;
	} caught[] = {
		{ SIGINT, SA_RESETHAND }, { SIGTERM, SA_RESETHAND }, { SIGHUP, 0 }, { SIGUSR1, 0 },
	};
	struct sigaction action = { .sa_handler = catch };
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) {
		struct sigaction before;

		/* what the parent ignores (nohup) stays ignored; a background job's SIGINT does not count as that */
		if (sigaction(caught[i].number, NULL, &before) == 0 && before.sa_handler == SIG_IGN && caught[i].number == SIGHUP)
			continue;
		sigaddset(&blocked, caught[i].number);
		action.sa_flags = caught[i].flags;
		sigaction(caught[i].number, &action, NULL);
	}
	action.sa_handler = SIG_IGN;
	action.sa_flags = 0;
	sigaction(SIGPIPE, &action, NULL);
	sigprocmask(SIG_BLOCK, &blocked, &outside);
	for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++)
		sigdelset(&outside, caught[i].number);
}

int
sig_wait(struct pollfd *fds, nfds_t n, int timeout)
{
	struct timespec ts = { timeout / 1000, timeout % 1000 * 1000000L };

	return ppoll(fds, n, timeout < 0 ? NULL : &ts, &outside);
}

void
sig_poll(void)
{
	sigset_t now;

	sigprocmask(SIG_SETMASK, &outside, &now);
	sigprocmask(SIG_SETMASK, &now, NULL);
}
