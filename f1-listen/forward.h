/* forward: the datagrams sent on to other programs
 * SPDX-License-Identifier: MIT
 */
#ifndef FORWARD_H
#define FORWARD_H

#include "packet.h"

extern struct forward_total {
	uint64_t sent, failed;		/* a datagram to three receivers counts three times */
} forward_total;

/* Adds HOST:PORT[/ID,ID...]; with ids only these packets go there, else all that comes. Ends the program with status 64
 * if it is not written so, 69 if the host cannot be found. */
void forward_add(const char *target);

bool forward_any(void);

/* Ends the program with status 64 if a target is this socket: each datagram would come again, for ever. */
void forward_check(const struct udp *);

/* Sends them without ever waiting. */
void forward_send(const struct datagram *, int n);

#endif
