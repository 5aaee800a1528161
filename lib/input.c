/* input: bytes of a file or of stdin through one buffer
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "input.h"

bool
input_more(struct input *in)
{
	ssize_t got;

	if (in->ended)
		return false;
	memmove(in->buffer, in->buffer + in->begin, input_size(in));
	in->end -= in->begin;
	in->begin = 0;
	do {
		if (in->wait && !in->wait(in)) {
			in->ended = true;
			return false;
		}
		got = read(in->fd, in->buffer + in->end, INPUT_SIZE - in->end);
	} while (got == -1 && (errno == EINTR || errno == EAGAIN));
	if (got == -1)
		in->error = errno;
	if (got <= 0) {
		in->ended = true;
		return false;
	}
	in->end += (size_t)got;
	return true;
}
