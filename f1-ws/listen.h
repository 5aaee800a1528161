/* listen: the socket that clients connect to
 * SPDX-License-Identifier: MIT
 */
#ifndef LISTEN_H
#define LISTEN_H

/* Listens on ADDR:PORT, where ADDR may be [IPv6], or empty for all addresses; the socket does not block. Ends the program,
 * with a word, if it cannot. */
int listen_on(const char *name);

/* The port that a socket has. */
int listen_port(int fd);

#endif
