/* batch: rows on their way into the database, a transaction at a time
 * SPDX-License-Identifier: MIT
 *
 * Rows of a sample that the database cannot have yet, because their frames come after all that it has of the session, go
 * straight into the table by COPY. Others are looked for first, and only what is missing goes in. States, and what is told
 * apart by its content, go through a table of their own in the same transaction: of a state the later one stays, by its
 * place in the session, and one that says the same is not written. So it does not matter how often, or in which order,
 * something is loaded, nor who else loads the same; and a batch whose transaction did not end can just be sent again.
 */
#ifndef BATCH_H
#define BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ends the program with status 71 when out of memory. The schema's name must stay. */
void batch_init(const char *schema);

/* Adds the row of a record (RECORD_SLACK bytes behind it may be read). Sends the batch when it is full. False if the
 * database failed, as batch_send. */
bool batch_add(const uint8_t *record, size_t n);

/* Rows waiting. */
size_t batch_size(void);

/* Sends what waits. A lost connection is made anew, for at most `retry` seconds (-1: for ever). False if that failed or
 * the database refused; then the rows still wait. */
bool batch_send(void);

extern int batch_retry;

#endif
