/* batch: rows gathered for a transaction, while another one is on its way
 * SPDX-License-Identifier: MIT
 *
 * There are two batches. One is filled from the input, the other is sent (send.h) by a thread of its own, so that the
 * server and we work at the same time. When both are full the input waits.
 */
#ifndef BATCH_H
#define BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts the sending thread, which has the connection from now on. Ends the program with status 71 if it cannot. `retry`
 * is for how many seconds a lost connection is tried again, -1 for ever. */
void batch_init(const char *schema, int retry);

/* Adds the row of a record (RECORD_SLACK bytes behind it may be read). Hands the batch on when it is full. False if the
 * database failed. */
bool batch_add(const uint8_t *record, size_t n);

/* Hands on what waits, if the other batch is gone; else it goes on waiting. False if the database failed. */
bool batch_offer(void);

/* Hands on what waits and waits until all is in the database. False if the database failed. */
bool batch_flush(void);

/* Rows that are not known to be in the database. */
size_t batch_size(void);

/* Rows that wait to be handed on. */
size_t batch_waiting(void);

/* Ends the thread. */
void batch_end(void);

#endif
