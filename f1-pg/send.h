/* send: a batch into the database, in one transaction
 * SPDX-License-Identifier: MIT
 *
 * Rows of a sample that the database cannot have yet, because their frames come after all that it has of the session, go
 * straight into the table by COPY. Others are looked for first, and only what is missing goes in. States, and what is told
 * apart by its content, go through a table of their own in the same transaction: of a state the later one stays, by its
 * place in the session, and one that says the same is not written. So it does not matter how often, or in which order,
 * something is loaded, nor who else loads the same; and a batch whose transaction did not end can just be sent again.
 */
#ifndef SEND_H
#define SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table.h"
#include "timeline.h"

/* a sample's row, to leave it out if the database has it */
struct waiting {
	uint32_t at, n;		/* place and bytes among the rows; n is 0 when it is left out */
	int32_t overall;
	uint8_t timeline, key;
};

/* what waits for one table */
struct queue {
	uint8_t *rows;
	size_t n, room;
	struct waiting *waiting;	/* TABLE_SAMPLE only */
	size_t waiting_n, waiting_room;
};

/* the frames of one session and one table in a batch */
struct span {
	int64_t from, to;	/* overall frames; from > to if there are none */
	bool again;		/* some came again, or out of order */
};

struct batch {
	struct queue queues[TIMELINE_TABLES];	/* by place in layout_records */
	size_t bytes, rows;
	uint64_t uids[TIMELINES];		/* of the sessions in spans */
	struct span spans[TIMELINES][TIMELINE_TABLES];
	/* what became of it */
	unsigned long long written, known, retries;
};

/* Makes the statements; the schema's name must stay. Ends the program with status 71 when out of memory. */
void send_init(const char *schema);

/* Sends the batch; a lost connection is made anew, for at most `retry` seconds (-1: for ever). False if that failed or
 * the database refused, which was said: then nothing of it is there. */
bool send_batch(struct batch *, int retry);

#endif
