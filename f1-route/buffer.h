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

/* Drops the oldest frames until n bytes fit, n <= size - 65540; one that is begun stays. How many it dropped. */
size_t buffer_drop(struct buffer *, size_t n);

/* The bytes to write. */
static inline const uint8_t *
buffer_bytes(const struct buffer *b)
{
	return b->bytes + b->begin;
}

/* So many of them are written; the number of frames that are now written whole. */
size_t buffer_took(struct buffer *, size_t done);

/* Drops what is left of a frame that is begun: whoever comes next begins with a whole one. Was there any? */
bool buffer_rest(struct buffer *);

/* Frames in it, the one begun included. */
size_t buffer_frames(const struct buffer *);

#endif
