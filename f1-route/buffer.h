/* buffer: frames on their way to a target, oldest first
 * SPDX-License-Identifier: MIT
 *
 * A ring whose memory is mapped twice, one behind the other, so that its bytes always lie in a row: one write takes them
 * all, and no frame is ever in two pieces.
 */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint8_t *bytes;
	size_t size, begin, used;
	size_t begun;		/* bytes at the beginning that are left of a frame of which some are written */
	size_t head;		/* those that are written of it */
	size_t keep;		/* bytes that stay when they are written, for buffer_back; set it once, 0 for none */
	size_t past;		/* bytes before the beginning that are still there: whole frames, and the head */
	bool blind;		/* the head was forgotten, and nothing is kept before the next frame */
};

/* A buffer of at least `size` bytes; memory is taken as it is used. 0, or -1 with errno. */
int buffer_open(struct buffer *, size_t size);
void buffer_close(struct buffer *);

/* Bytes that still fit. */
static inline size_t
buffer_room(const struct buffer *b)
{
	return b->size - b->used;
}

/* Adds a frame of n bytes, for which there is room. */
void buffer_put(struct buffer *, const uint8_t *frame, size_t n);

/* Drops the oldest frames until n bytes fit, n <= size - 65540; one that is begun stays. Returns how many it dropped. */
size_t buffer_drop(struct buffer *, size_t n);

/* The bytes to write. */
static inline const uint8_t *
buffer_bytes(const struct buffer *b)
{
	return b->bytes + b->begin;
}

/* So many of them are written; returns the number of frames that are now written whole. */
size_t buffer_took(struct buffer *, size_t done);

/* The reader is gone, and so many of the bytes written have not been read: as many whole frames of them as are still there
 * are put back, so that the next reader begins with a whole one. Returns how many frames that counted as written are put
 * back; *rest tells if a frame was begun that cannot be, whose rest is dropped. */
size_t buffer_back(struct buffer *, size_t unread, bool *rest);

/* Frames in it, including one that is written in part. */
size_t buffer_frames(const struct buffer *);

#endif
