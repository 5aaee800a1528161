/* place: where a stream goes on in a session of which the database has a part
 * SPDX-License-Identifier: MIT
 *
 * Up to 2022 the game does not tell the overall frame, and a stream that begins in mid-session does not know what
 * flashbacks took back before. The rows do. If its first records are among them, the stream is read again, and stands where
 * it stood; if they come after all rows, or just before, it goes on with what is there; and if other ones of the same
 * frame stand there, a flashback went back to it.
 *
 * A flashback passes the same frames a second time, and a car that stands still says the same in both: so if either may be,
 * some frames of all cars are looked at.
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "row.h"

enum { PLACES = 64 };	/* passes of one frame that are told apart */

/* a row of the database; its overall frame is -1 if there is none */
struct place_row {
	size_t table;
	int64_t frame, overall;
};

struct place {
	const char *schema;
	uint64_t session_uid;
	int64_t frame;			/* of the first sample, or else of the first record */
	size_t table;			/* of the first sample */
	struct place_row newest;	/* that the database has of the session */
	int64_t last;			/* frame of the last sample */
	int frames;			/* how many of them were looked for */
	bool begun;			/* the list below has all that are found */
	bool others;			/* rows stand in the place of samples which are not the same */
	struct place_pass {
		int64_t ahead;		/* how far the overall frame is ahead of the frame */
		bool found;		/* it has samples of the stream, and no other ones in their place */
	} passes[PLACES];		/* where the stream may be */
	int passes_n;
};

/* Begins with the first record of a stream. */
enum db_done place_begin(struct place *, struct db *, const char *schema, const struct row *);

/* Looks for a record of the stream, of whose row these are the bytes. */
enum db_done place_look(struct place *, struct db *, const struct row *, const uint8_t *bytes);

/* Is it certain by now? */
bool place_known(const struct place *);

/* How far the overall frames of the stream are ahead of its frame numbers; what is most likely, if it is not certain. */
enum db_done place_tell(const struct place *, struct db *, int64_t *ahead);

#endif
