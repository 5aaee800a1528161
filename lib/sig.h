/* sig: signals as flags, taken only while waiting
 * SPDX-License-Identifier: MIT
 *
 * sig_init blocks SIGINT, SIGTERM, SIGHUP and SIGUSR1 and ignores SIGPIPE; they are delivered only inside sig_wait, so
 * none is lost between a check and a wait. A second SIGINT or SIGTERM kills. A program that reads without waiting
 * (a filter at full speed) calls sig_poll now and then.
 */
#ifndef SIG_H
#define SIG_H

#include <poll.h>
#include <signal.h>

extern volatile sig_atomic_t sig_stop;		/* SIGINT or SIGTERM came: its number */
extern volatile sig_atomic_t sig_hangup;	/* SIGHUP came; set it back to 0 when done */
extern volatile sig_atomic_t sig_report;	/* SIGUSR1 came; set it back to 0 when done */

void sig_init(void);

/* poll(2) with signals let in; timeout in milliseconds, -1 for ever. -1 with EINTR if a signal came. */
int sig_wait(struct pollfd *fds, nfds_t n, int timeout);

/* Lets pending signals in without waiting. */
void sig_poll(void);

#endif
