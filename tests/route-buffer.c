/* route-buffer: the buffer of f1-route against a list of frames that cannot go wrong
 * usage: route-buffer SEED SIZE SHARE    SHARE of 100 steps add a frame; the others write, or end the reader
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

/* the whole of it, so that its insides can be looked at */
#include "../f1-route/buffer.c"

enum { STEPS = 200000, SMALL = 600, LARGE = 60000 };

static uint32_t length[STEPS];		/* of each frame, by its number */
static unsigned queue[STEPS], from, to;	/* frames in the buffer */
static unsigned went[STEPS], went_n;	/* those written whole to this reader */
static size_t head;			/* bytes written of the first one in the buffer */
static size_t written;			/* bytes that this reader was given */
static unsigned frames, out, dropped;

#define HOLDS(what) do { if (!(what)) errx(1, "step %ld: %s", step, #what); } while (0)

static void
put(struct buffer *b, long step)
{
	static uint8_t frame[LARGE + SMALL];
	uint32_t n = RECORD_HEADER + 8 + (uint32_t)(random() % (random() % 10 ? SMALL : LARGE));

	if (buffer_room(b) < n) {
		unsigned gone = (unsigned)buffer_drop(b, n), oldest = from + (head > 0);

		memmove(queue + oldest, queue + oldest + gone, (to - oldest - gone) * sizeof queue[0]);
		to -= gone;
		dropped += gone;
	}
	HOLDS(buffer_room(b) >= n);
	put_be32(frame, n - RECORD_HEADER);
	memset(frame + RECORD_HEADER, (int)frames, n - RECORD_HEADER);
	put_be32(frame + RECORD_HEADER, frames);
	buffer_put(b, frame, n);
	length[frames] = n;
	queue[to++] = frames++;
}

static void
take(struct buffer *b, long step)
{
	size_t n = b->used ? 1 + (size_t)random() % (random() % 4 ? 2000 : b->used) : 0, at = 0;
	const uint8_t *p = buffer_bytes(b);
	unsigned whole = 0;

	if (n > b->used)
		n = b->used;
	while (at < n) {
		unsigned number = queue[from];
		size_t more = length[number] - head < n - at ? length[number] - head : n - at;

		if (head == 0 && more >= RECORD_HEADER + 4)
			HOLDS(be32(p + at) == length[number] - RECORD_HEADER && be32(p + at + RECORD_HEADER) == number);
		if (head >= RECORD_HEADER + 4)
			HOLDS(p[at] == (uint8_t)number);
		at += more;
		if ((head += more) == length[number]) {
			head = 0;
			went[went_n++] = number;
			from++;
			whole++;
		}
	}
	written += n;
	HOLDS(buffer_took(b, n) == whole);
	out += whole;
}

/* The reader ends, and has not read all that it was given. */
static void
end(struct buffer *b, long step)
{
	size_t unread = written ? (size_t)random() % (written < 1 << 20 ? written + 1 : 1 << 20) : 0, bytes = head;
	bool rest;
	unsigned back = (unsigned)buffer_back(b, unread, &rest);

	HOLDS(back <= went_n);
	for (unsigned i = 1; i <= back; i++)
		bytes += length[went[went_n - i]];
	if (back > 0 || (head > 0 && !rest))
		HOLDS(bytes <= unread);		/* nothing comes twice */
	if (rest) {
		HOLDS(head > 0 && back == 0);
		from++;
		dropped++;
	}
	for (unsigned i = 1; i <= back; i++)
		queue[--from] = went[went_n - i];
	out -= back;
	head = written = went_n = 0;
}

int
main(int argc, char *argv[])
{
	struct buffer b;
	int share;

	if (argc != 4)
		errx(64, "usage: route-buffer SEED SIZE SHARE");
	srandom((unsigned)atoi(argv[1]));
	if (buffer_open(&b, (size_t)atol(argv[2])) == -1)
		err(71, "buffer_open");
	share = atoi(argv[3]);
	b.keep = b.size / 4;
	for (long step = 0; step < STEPS; step++) {
		int what = (int)(random() % 100);

		if (what < share)
			put(&b, step);
		else if (what < 98)
			take(&b, step);
		else
			end(&b, step);
		HOLDS(b.past + b.used <= b.size);
		if (step % 1000 == 0)
			HOLDS(buffer_frames(&b) == to - from && frames == out + dropped + to - from);
	}
	printf("%u frames, %u out, %u dropped\n", frames, out, dropped);
	return 0;
}
