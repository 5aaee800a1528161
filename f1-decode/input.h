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
	uint8_t *buffer;	/* begin to end is read and not used */
	size_t begin, end;
	bool ended;		/* nothing more comes */
	bool failed;		/* because reading failed, which was said */
	uint64_t offset;	/* of begin in the input */
};

enum { INPUT_SIZE = 256 * 1024 };

/* Reads more behind `end`, moving the rest to the front first; what is gathered for output leaves before it waits. False
 * at the end, after an error (said, `failed`), and when asked to stop and out of grace. */
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
