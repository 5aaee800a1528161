/* buffer: frames on their way to a target
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "buffer.h"
#include "bytes.h"
#include "record.h"

static int
map_twice(struct buffer *b, int fd)
{
	uint8_t *p = mmap(NULL, 2 * b->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return -1;
	b->bytes = p;
	for (int i = 0; i < 2; i++, p += b->size)
		if (mmap(p, b->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
			return -1;
	return 0;
}

int
buffer_open(struct buffer *b, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd, error;

	*b = (struct buffer){ .size = (size + page - 1) / page * page };
	if ((fd = memfd_create("f1-route", MFD_CLOEXEC)) == -1)
		return -1;
	if (ftruncate(fd, (off_t)b->size) == 0 && map_twice(b, fd) == 0)
		return close(fd);
	error = errno;
	close(fd);
	buffer_close(b);
	errno = error;
	return -1;
}

void
buffer_close(struct buffer *b)
{
	if (b->bytes)
		munmap(b->bytes, 2 * b->size);
	*b = (struct buffer){ 0 };
}

void
buffer_put(struct buffer *b, const uint8_t *frame, size_t n)
{
	memcpy(b->bytes + b->begin + b->used, frame, n);
	b->used += n;
}

static size_t
frame_size(const uint8_t *frame)
{
	return RECORD_HEADER + (size_t)be32(frame);
}

static void
skip(struct buffer *b, size_t n)
{
	b->used -= n;
	b->begin = b->used ? (b->begin + n) % b->size : 0;	/* the same few pages again, while the reader keeps up */
}

size_t
buffer_drop(struct buffer *b, size_t n)
{
	uint8_t *begun = b->bytes + b->begin;
	size_t gone = 0, frames = 0;

	for (; buffer_room(b) + gone < n && b->begun + gone < b->used; frames++)
		gone += frame_size(begun + b->begun + gone);
	if (gone > 0) {
		memmove(begun + gone, begun, b->begun);
		skip(b, gone);
	}
	return frames;
}

size_t
buffer_took(struct buffer *b, size_t done)
{
	const uint8_t *bytes = buffer_bytes(b);
	size_t at = b->begun, frames = 0;

	if (done < at)
		b->begun -= done;
	else {
		frames = at > 0;
		while (at < done) {
			at += frame_size(bytes + at);
			frames += at <= done;
		}
		b->begun = at - done;
	}
	skip(b, done);
	return frames;
}

bool
buffer_rest(struct buffer *b)
{
	size_t rest = b->begun;

	b->begun = 0;
	skip(b, rest);
	return rest > 0;
}

size_t
buffer_frames(const struct buffer *b)
{
	size_t frames = b->begun > 0;

	for (size_t at = b->begun; at < b->used; frames++)
		at += frame_size(buffer_bytes(b) + at);
	return frames;
}
