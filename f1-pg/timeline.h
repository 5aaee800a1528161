/* timeline: where a record stands in its session, whatever flashbacks did to the frame numbers
 * SPDX-License-Identifier: MIT
 *
 * From 2023 on the game has an overall frame that never goes back. For the years before it is made here: the frame
 * number plus what flashbacks took back so far. What they took back before this stream of the session began, the database
 * knows (place.h). A frame number that goes back to where the stream began, or before, may be a flashback, or a capture that
 * is read again: that the database knows as well.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

enum { TIMELINE_TABLES = 40 };
enum { TIMELINE_TOLD = 2023 };	/* from this format on the game tells the overall frame */
enum { TIMELINE_BACK = 30 };	/* frames: datagrams overtake one another by less, flashbacks go back by more */

/* what was seen last of one session for one table */
struct cursor {
	int64_t last;		/* the largest overall frame, -1 for none */
	uint64_t keys;		/* bits: the index keys seen in it */
};

struct timeline {
	uint64_t uid;
	uint64_t serial;	/* another one each time that a session gets a place */
	uint64_t used;		/* for giving up the oldest */
	unsigned held;		/* bits: the batches that hold rows of it, so that its place must stay */
	bool begun;
	int64_t first, frame;	/* frame numbers: where the stream began, and now */
	int64_t offset;		/* overall frame less frame number, up to 2022 */
	int64_t last;		/* largest overall frame since it began */
	struct cursor cursors[TIMELINE_TABLES];
};

enum { TIMELINES = 64 };
extern struct timeline timelines[TIMELINES];
extern int timelines_n;

/* Has that session a timeline? */
bool timeline_has(uint64_t uid);

/* The timeline of a session; NULL if it is new and all places are taken by sessions that the batch holds rows of: then
 * the batches must go first. */
struct timeline *timeline_get(uint64_t uid);

/* Does a record that tells no overall frame go back to where the stream began, or before? */
bool timeline_before(const struct timeline *, int64_t frame, bool closing);

/* The stream begins here, or anew, with overall frames that are so far ahead of the frame numbers. */
void timeline_begin(struct timeline *, int64_t frame, int64_t ahead);

/* The overall frame of a record; one beyond FRAME_MAX is none. `overall` is the game's, -1 if it has none; `closing` says that
 * its packet comes with frame 0 when the session ends. */
int64_t timeline_place(struct timeline *, int64_t frame, int64_t overall, bool closing);

/* That batch is gone. */
void timeline_release(int batch);

#endif
