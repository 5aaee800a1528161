/* record: frames of one msgpack map each
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "bytes.h"
#include "record.h"
#include "sig.h"

enum { BUFFER = 1 << 20 };

static const uint32_t null_value = 0xffffffff;	/* kcat's message without a value */

int
record_open(struct record_reader *r, int fd)
{
	*r = (struct record_reader){ .fd = fd, .size = BUFFER };
	r->buffer = calloc(1, r->size + RECORD_SLACK);
	return r->buffer ? 0 : -1;
}

/* 1 if a whole frame stands at begin, 0 if bytes are missing, -1 if it is none. Leaves kcat's nothing out. */
static int
frame(struct record_reader *r, uint32_t *n)
{
	while (r->end - r->begin >= RECORD_HEADER) {
		*n = be32(r->buffer + r->begin);
		if (*n == null_value) {
			r->begin += RECORD_HEADER;
			continue;
		}
		if (*n == 0 || *n > RECORD_MAX)
			return -1;
		return r->end - r->begin >= RECORD_HEADER + (size_t)*n;
	}
	return 0;
}

static int
fill(struct record_reader *r, int timeout)
{
	struct pollfd pfd = { .fd = r->fd, .events = POLLIN };
	ssize_t got;

	if (r->begin > 0) {
		memmove(r->buffer, r->buffer + r->begin, r->end - r->begin);
		r->end -= r->begin;
		r->begin = 0;
	}
	switch (sig_wait(&pfd, 1, timeout)) {
	case -1:
		return -1;
	case 0:
		errno = EAGAIN;
		return -1;
	}
	got = read(r->fd, r->buffer + r->end, r->size - r->end);
	if (got == -1)
		return -1;
	if (got == 0)
		r->ended = 1;
	r->end += (size_t)got;
	return 0;
}

int
record_read(struct record_reader *r, const uint8_t **record, size_t *n, int timeout)
{
	uint32_t length = 0;
	int whole;

	while ((whole = frame(r, &length)) == 0) {
		if (r->ended) {
			if (r->begin == r->end)
				return 0;
			errno = ENODATA;
			return -1;
		}
		if (fill(r, timeout) == -1)
			return -1;
	}
	if (whole == -1) {
		errno = EPROTO;
		return -1;
	}
	*record = r->buffer + r->begin + RECORD_HEADER;
	*n = length;
	r->begin += RECORD_HEADER + length;
	return 1;
}

int
record_trouble(int error, uint64_t n)
{
	switch (error) {
	case EPROTO:
		warnx("stdin: not a stream of records, or torn, after %" PRIu64 " records", n);
		return EX_DATAERR;
	case ENODATA:
		warnx("stdin: ends in the middle of a record, after %" PRIu64 " records", n);
		return EX_DATAERR;
	default:
		errno = error;
		warn("stdin");
		return EX_IOERR;
	}
}

int
record_pending(const struct record_reader *r)
{
	size_t at = r->begin;

	while (r->end - at >= RECORD_HEADER && be32(r->buffer + at) == null_value)
		at += RECORD_HEADER;
	return r->end - at >= RECORD_HEADER && r->end - at >= RECORD_HEADER + (size_t)be32(r->buffer + at);
}

void
record_move(struct record_reader *r, uint8_t *buffer, size_t size)
{
	memmove(buffer, r->buffer + r->begin, r->end - r->begin);
	r->buffer = buffer;
	r->size = size;
	r->end -= r->begin;
	r->begin = 0;
}

void
record_close(struct record_reader *r)
{
	free(r->buffer);
	r->buffer = NULL;
}
