/* form: the msgpack of each kind of record, packed once, and where in it the values go
 * SPDX-License-Identifier: MIT
 *
 * All numbers of a record have a fixed width, so a record without a text is always of one length: it is made by a copy
 * and patches. A text (a driver's name, the code of an event) cuts the form into segments, which are copied and patched
 * in turn with the text in between.
 */
#ifndef FORM_H
#define FORM_H

#include <stddef.h>
#include <stdint.h>

#include "layout.h"

enum { FORM_TEXTS_MAX = 2 };

/* bytes at `from` in the element, little endian, go to `to` in the segment, big endian */
struct patch {
	uint16_t to, from;
};

struct segment {
	uint16_t begin, length;		/* its bytes in the form */
	uint16_t patches_n[4];		/* of 1, 2, 4 and 8 bytes, in this order */
	struct patch *patches;
	uint16_t text, text_size;	/* the text behind it: offset in the element, and bytes; size 0 if there is none */
};

struct form {
	const struct layout_source *source;
	uint8_t *bytes;			/* with the frame's length in front */
	size_t room;			/* bytes that a record of this form can take at most */
	/* places in the first segment of what the packet's header gives, 0 for none */
	uint16_t session_uid, session_time, frame_identifier, overall_frame_identifier, player_car_index, received_at;
	uint16_t key[2];
	int segments_n;
	struct segment segments[FORM_TEXTS_MAX + 1];
};

/* The forms of a packet's sources, in their order, with or without received_at; made at first use and kept. Ends the
 * program with status 71 when out of memory. */
struct form *form_get(const struct layout_packet *, int with_time);

/* Bytes that the records of one packet can take at most. */
size_t form_room(const struct layout_packet *);

#endif
