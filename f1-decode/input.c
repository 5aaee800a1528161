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

/* waits for input; false when asked to stop and out of grace */
static bool
wait_for(const struct input *in)
{
	struct pollfd pfd = { .fd = in->fd, .events = POLLIN };

	for (;;) {
		int ready = sig_wait(&pfd, 1, sig_stop ? 100 : 1000);

		count_poll();
		if (ready > 0)
			return true;
		if (sig_overdue()) {
			warnx("%s: no end of input within %d seconds of the signal", in->name, SIG_GRACE);
			return false;
		}
	}
}

bool
input_more(struct input *in)
{
	struct pollfd pfd = { .fd = in->fd, .events = POLLIN };
	ssize_t got;

	if (in->ended)
		return false;
	memmove(in->buffer, in->buffer + in->begin, input_size(in));
	in->end -= in->begin;
	in->begin = 0;
	if (poll(&pfd, 1, 0) <= 0) {	/* nothing there: pass on what we have */
		output_flush();
		if (!wait_for(in)) {
			in->ended = true;
			return false;
		}
	} else
		count_poll();
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
