/* batch: rows gathered for a transaction, while another one is on its way
 * SPDX-License-Identifier: MIT
 *
 * There are two batches. One is filled from the input, the other is sent (send.h) by threads of its own, one a
 * connection, so that the server and we work at the same time. When both are full the input waits.
 */
#ifndef BATCH_H
#define BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"

struct batch_options {
	const char *conninfo, *schema;
	int retry;		/* for how many seconds a lost connection is tried again, -1 for ever */
	int lanes;		/* connections */
	const char *dead;	/* file for what cannot be a row, or NULL */
};

/* Starts the sending threads, with that connection and as many more as are wanted. False, with the reason said, if they
 * cannot be had. `options` must stay. Ends the program when out of memory, or if the file cannot be written. */
bool batch_init(struct db *, const struct batch_options *);

/* Adds the row of a record (RECORD_SLACK bytes behind it may be read). Hands the batch on when it is full. False if the
 * database failed. */
bool batch_add(const uint8_t *record, size_t n);

/* Hands on what waits, if the other batch is gone; else it goes on waiting, and so do records whose place in the session is
 * still being looked for. False if the database failed. */
bool batch_offer(void);

/* Hands on what waits and waits until all is in the database. False if the database failed. */
bool batch_flush(void);

/* Rows that are not known to be in the database. */
size_t batch_size(void);

/* Rows that wait to be handed on. */
size_t batch_waiting(void);

/* Ends the threads. */
void batch_end(void);

#endif
