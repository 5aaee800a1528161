/* record: frames of one msgpack map each, as DESIGN and f1-record(5) tell
 * SPDX-License-Identifier: MIT
 *
 * A frame is 4 bytes length, big endian, and that many bytes: one record. Streams of frames concatenate. Length
 * 0xFFFFFFFF is kcat's way to write a message without a value and stands for nothing.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stddef.h>
#include <stdint.h>

enum { RECORD_HEADER = 4, RECORD_MAX = 65536 };		/* bytes */
enum { RECORD_SLACK = 32 };	/* bytes behind a record that may be read, whatever they hold */

/* Reads frames with few system calls. A record stays valid until the next call. */
struct record_reader {
	int fd;
	uint8_t *buffer;
	size_t size, begin, end;
	int ended;			/* end of input seen */
};

/* 0, or -1 when out of memory. */
int record_open(struct record_reader *, int fd);

/* The next record: 1 with its bytes in *record and *n, 0 at the end, -1 with errno: EPROTO for a length of 0 or beyond
 * RECORD_MAX, ENODATA if the stream ends within a frame, EAGAIN if nothing came within `timeout` milliseconds (-1 waits
 * for ever), EINTR after a signal, anything else from read. */
int record_read(struct record_reader *, const uint8_t **record, size_t *n, int timeout);

/* Says on stderr what is wrong with stdin, by the errno of record_read; n records came before. Returns the exit status for
 * it, EX_DATAERR or EX_IOERR. */
int record_trouble(int error, uint64_t n);

/* Is a whole record in the buffer already? */
int record_pending(const struct record_reader *);

/* Goes on in `size` bytes at `buffer`, and RECORD_SLACK more, which stay the caller's: what was not read yet moves
 * there, and the records read so far stay valid in the old place. A reader that begins with fd, buffer and size need not
 * be opened or closed. */
void record_move(struct record_reader *, uint8_t *buffer, size_t size);

void record_close(struct record_reader *);

#endif
