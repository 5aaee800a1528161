/* sig: signals as flags
 * SPDX-License-Identifier: MIT
 *
 * sig_init catches SIGINT, SIGTERM, SIGHUP and SIGUSR1, whose handlers only set a flag, and ignores SIGPIPE. System
 * calls are begun again (SA_RESTART); waiting is sig_wait, which tells of a signal even if it came just before. A second
 * SIGINT or SIGTERM kills, unless it comes with the first: timeout(1) and a shell that ends its group send two.
 */
#ifndef SIG_H
#define SIG_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>

enum { SIG_GRACE = 5 };		/* seconds in which a filter asked to stop reads on to the end of its input */

extern volatile sig_atomic_t sig_stop;		/* SIGINT or SIGTERM came: its number */
extern volatile sig_atomic_t sig_hangup;	/* SIGHUP came; set it back to 0 when done */
extern volatile sig_atomic_t sig_report;	/* SIGUSR1 came; set it back to 0 when done */

void sig_init(void);

/* poll(2); timeout in milliseconds, -1 for ever. -1 with EINTR if a signal came since the last call. */
int sig_wait(struct pollfd *fds, nfds_t n, int timeout);

/* Were we asked to stop more than SIG_GRACE seconds ago? */
bool sig_overdue(void);

/* SIGHUP asks to stop like SIGTERM, as it does everywhere but in a program that reopens its files. */
void sig_hangup_stops(void);

#endif
