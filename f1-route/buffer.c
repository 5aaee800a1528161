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

static size_t
frame_size(const uint8_t *frame)
{
	return RECORD_HEADER + (size_t)be32(frame);
}

static uint8_t *
past(const struct buffer *b)
{
	return b->bytes + (b->begin + b->size - b->past) % b->size;
}

/* Forgets the oldest frames written, until `most` bytes are kept. */
static void
forget(struct buffer *b, size_t most)
{
	while (b->past > most) {
		size_t n = frame_size(past(b));

		if (n > b->past - b->head) {	/* it is the one that is begun */
			b->past = 0;
			b->blind = true;
			return;
		}
		b->past -= n;
	}
}

void
buffer_put(struct buffer *b, const uint8_t *frame, size_t n)
{
	if (b->past > b->size - b->used - n)
		forget(b, b->size - b->used - n);
	memcpy(b->bytes + b->begin + b->used, frame, n);
	b->used += n;
}

/* The first n bytes are written, of which the first `lost` need not be kept. */
static void
skip(struct buffer *b, size_t n, size_t lost)
{
	b->used -= n;
	b->begin = (b->begin + n) % b->size;
	if (b->keep > 0) {
		b->past += n - lost;
		if (b->past > b->keep + RECORD_HEADER + RECORD_MAX)
			forget(b, b->keep + RECORD_HEADER + RECORD_MAX);
	}
	/* the same few pages again, while the reader keeps up */
	if (b->used == 0) {
		size_t at = (size_t)(past(b) - b->bytes);

		if (b->past == 0)
			b->begin = 0;
		else if (at > 4 * b->keep && at + b->past <= b->size) {
			memmove(b->bytes, past(b), b->past);
			b->begin = b->past;
		}
	}
}

size_t
buffer_drop(struct buffer *b, size_t n)
{
	uint8_t *begun = b->bytes + b->begin, *from;
	size_t gone = 0, frames = 0;

	/* what is kept is moved: then more is dropped at a time, and that less often */
	if (b->past > 0 && n + b->keep < b->size - RECORD_HEADER - RECORD_MAX)
		n += b->keep;
	for (; buffer_room(b) + gone < n && b->begun + gone < b->used; frames++)
		gone += frame_size(begun + b->begun + gone);
	if (gone > 0) {
		from = past(b);
		memmove(from + gone, from, b->past + b->begun);
		b->used -= gone;
		b->begin = (b->begin + gone) % b->size;
	}
	return frames;
}

size_t
buffer_took(struct buffer *b, size_t done)
{
	const uint8_t *bytes = buffer_bytes(b);
	size_t at = b->begun, frames = 0, n = 0, lost = 0;

	if (b->blind) {
		lost = done < at ? done : at;
		b->blind = done < at;
	}
	if (done < at) {
		b->begun -= done;
		b->head += done;
	} else {
		frames = at > 0;
		while (at < done) {
			n = frame_size(bytes + at);
			at += n;
			frames += at <= done;
		}
		b->begun = at - done;
		b->head = b->begun ? n - b->begun : 0;
	}
	skip(b, done, lost);
	return frames;
}

size_t
buffer_back(struct buffer *b, size_t unread, bool *rest)
{
	const uint8_t *from = past(b);
	size_t whole = b->past > b->head ? b->past - b->head : 0, at = 0, frames = 0;

	if (unread > b->past)
		unread = b->past;
	while (at < b->past - unread)
		at += frame_size(from + at);
	*rest = b->begun > 0 && (b->past < b->head || at > whole);
	if (*rest) {
		b->used -= b->begun;
		b->begin = (b->begin + b->begun) % b->size;
	} else {
		for (size_t i = at; i < whole; frames++)
			i += frame_size(from + i);
		b->used += b->past - at;
		b->begin = (size_t)(from - b->bytes + (ptrdiff_t)at) % b->size;
	}
	b->past = b->begun = b->head = 0;
	b->blind = false;
	return frames;
}

size_t
buffer_frames(const struct buffer *b)
{
	size_t frames = b->begun > 0;

	for (size_t at = b->begun; at < b->used; frames++)
		at += frame_size(buffer_bytes(b) + at);
	return frames;
}
