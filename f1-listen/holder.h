/* holder: which programs have a UDP port of this machine
 * SPDX-License-Identifier: MIT
 */
#ifndef HOLDER_H
#define HOLDER_H

#include <sys/types.h>

struct holder {
	unsigned long inode;		/* of the socket */
	uid_t uid;			/* whose it is */
	pid_t pid;			/* 0: not to be seen, because it is another user's */
	char name[17];			/* of the program; printable, without quotes and backslashes */
};

/* Fills the list; the number of sockets, at most `max`. */
int holder_find(unsigned port, struct holder *list, int max);

#endif
