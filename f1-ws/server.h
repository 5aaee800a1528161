/* server: HTTP and WebSocket on one port, by libwebsockets
 * SPDX-License-Identifier: MIT
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>

struct server_options {
	const char *address;		/* to listen on: "127.0.0.1:3001", "[::1]:3001", ":3001" for all */
	const char *cert, *key;		/* files; NULL: no TLS */
	unsigned clients_max;
	unsigned timeout;		/* seconds after which a client that does not answer is given up */
};

/* Listens; returns the port. Ends the program, with a word, if it cannot. */
int server_open(const struct server_options *);

/* Waits for something to do, and does it. */
void server_serve(void);

/* Calls it in so many milliseconds (1 at least), in place of what was asked for before. */
void server_call(void (*function)(void), int ms);

/* Gives clients what is there for them; to be called whenever there is. */
void server_flush(void);

/* Lets nobody in any more, and says goodbye to all clients once they have got everything. */
void server_goodbye(void);

/* Are clients still there? */
bool server_busy(void);

void server_close(void);

#endif
