/* send: a batch into the database, over one connection or several
 * SPDX-License-Identifier: MIT
 *
 * Rows of a sample that the database cannot have yet, because their frames come after all that it has of the session, go
 * straight into the table by COPY. Others are looked for first, and only what is missing goes in. States, and what is told
 * apart by its content, go through a table of their own in the same transaction: of a state the later one stays, by its
 * place in the session. So it does not matter how often, or in which order, something is loaded, nor who else loads the
 * same; and a batch whose transaction did not end can just be sent again.
 *
 * A lane is a connection. Each has tables of its own in a batch, and a transaction of its own for them; the next batch
 * begins when all lanes are done, so that each table gets its rows in their order. All statements of a transaction go to
 * the server in one piece: it need not wait for us between two tables. A lane holds a lock of each session of its last batch
 * (shared with other loaders), so that nobody drops what is being loaded (keep.h).
 *
 * What the server refuses is found by halves, in transactions that are rolled back, and left out.
 */
#ifndef SEND_H
#define SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"
#include "table.h"
#include "timeline.h"

enum { LANES = 8 };

/* a row, to leave it out if the database has it, or refuses it */
struct waiting {
	uint32_t at, n;		/* place and bytes among the rows; n is 0 when it is left out */
	uint32_t frame;		/* place of its record among the frames, if they are kept */
	int32_t overall;
	uint8_t timeline, key;
	bool closing;		/* with frame 0, as when the session has ended */
	bool made;		/* its overall frame is not the game's */
	bool rejected;
	uint8_t why;		/* enum row_reason */
};

/* what waits for one table */
struct queue {
	uint8_t *rows;
	size_t n, room;
	struct waiting *waiting;
	size_t waiting_n, waiting_room;
};

/* the frames of one session and one table in a batch */
struct span {
	int64_t from, to;	/* overall frames; from > to if there are none */
	bool again;		/* some came again, or out of order */
};

/* what became of a lane's part */
struct outcome {
	uint64_t tables;	/* bits: what it sends, by place in layout_records */
	bool sent;		/* it is in the database */
	bool dropped;		/* while a session was not locked somebody dropped it */
	unsigned long long written, known, retries;
};

struct batch {
	struct queue queues[TIMELINE_TABLES][VARIANTS];	/* by place in layout_records */
	size_t bytes, rows;
	uint64_t held;				/* bits: which timelines there are rows of */
	uint64_t uids[TIMELINES];		/* of their sessions */
	uint64_t made;				/* bits: of which the game does not tell the overall frame */
	int64_t received[TIMELINES];		/* when the first of its rows came, microseconds since 2000; 0 if not known */
	struct span spans[TIMELINES][TIMELINE_TABLES];
	uint8_t *frames;			/* all records as they came, if they are kept */
	size_t frames_n, frames_room;
	struct outcome outcomes[LANES];
};

struct lane;

/* Makes the statements; the schema's name must stay. Ends the program with status 71 when out of memory. */
void send_init(const char *schema);

/* A lane of that connection, which it has from now on. */
struct lane *send_lane(struct db *);
void send_end(struct lane *);

/* Before the lanes begin with a batch: notes which sessions it has. */
void send_begin(const struct batch *);

/* Sends a part of the batch; a lost connection is made anew, for at most `retry` seconds (-1: for ever). False if that
 * failed or the database did, which was said: then nothing of the part is there. */
bool send_part(struct lane *, struct batch *, struct outcome *, int retry);

/* Asks the database something, while the lane sends nothing. False as above. */
typedef enum db_done send_question(struct db *, void *);
bool send_ask(struct lane *, send_question *, void *, int retry);

#endif
