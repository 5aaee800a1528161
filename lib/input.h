/* input: bytes of a file or of stdin through one buffer
 * SPDX-License-Identifier: MIT
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input {
	const char *name;
	int fd;
	bool (*wait)(const struct input *);	/* waits until fd can be read; false ends the input. NULL: read(2) waits */
	uint8_t *buffer;	/* INPUT_SIZE bytes; begin to end is read but not used yet */
	size_t begin, end;
	bool ended;		/* nothing more comes */
	int error;		/* errno, if that is because reading failed */
	uint64_t offset;	/* of begin in the input */
};

enum { INPUT_SIZE = 256 * 1024 };

/* Reads more behind `end`, moving the rest to the front first. False at the end, after an error (`error`), and when
 * `wait` says so. */
bool input_more(struct input *);

/* Bytes at begin. */
static inline size_t
input_size(const struct input *in)
{
	return in->end - in->begin;
}

static inline void
input_use(struct input *in, size_t n)
{
	in->begin += n;
	in->offset += n;
}

#endif
