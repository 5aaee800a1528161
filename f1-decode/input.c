/* input: bytes of a file or of stdin through one buffer
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "count.h"
#include "input.h"
#include "output.h"
#include "sig.h"

/* Waits until there is input, after passing on what we have; false when asked to stop and out of grace. */
static bool
wait_for(const struct input *in)
{
	struct pollfd pfd = { .fd = in->fd, .events = POLLIN };
	int timeout = 0;

	for (;;) {
		int ready = sig_wait(&pfd, 1, timeout);

		count_poll();
		if (sig_overdue()) {
			warnx("%s: no end of input within %d seconds of the signal", in->name, SIG_GRACE);
			return false;
		}
		if (ready > 0)
			return true;
		if (timeout == 0)
			output_flush();
		timeout = sig_stop ? 100 : 1000;
	}
}

bool
input_more(struct input *in)
{
	ssize_t got;

	if (in->ended)
		return false;
	memmove(in->buffer, in->buffer + in->begin, input_size(in));
	in->end -= in->begin;
	in->begin = 0;
	if (!wait_for(in)) {
		in->ended = true;
		return false;
	}
	do
		got = read(in->fd, in->buffer + in->end, INPUT_SIZE - in->end);
	while (got == -1 && (errno == EINTR || errno == EAGAIN));
	if (got == -1) {
		warn("%s", in->name);
		in->failed = true;
	}
	if (got <= 0) {
		in->ended = true;
		return false;
	}
	in->end += (size_t)got;
	return true;
}
