/* output: records on their way to stdout
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "bytes.h"
#include "count.h"
#include "io.h"
#include "json.h"
#include "output.h"
#include "record.h"
#include "stats.h"

enum { GATHER = 256 * 1024 };	/* bytes in a write, when there is much to write */

static struct {
	int fd;
	bool json;
	uint8_t *frames;	/* gathered; with json those of one packet */
	char *lines;		/* gathered */
	size_t n;		/* bytes gathered */
	const uint8_t *next, *end;	/* with json frames that are no lines yet */
} self;

void
output_open(int fd, bool json, size_t room)
{
	self.fd = fd;
	self.json = json;
	self.frames = malloc(GATHER + room);
	if (json)
		self.lines = malloc(GATHER + JSON_ROOM(RECORD_MAX));
	if (self.frames == NULL || (json && self.lines == NULL))
		err(EX_OSERR, NULL);
}

uint8_t *
output_room(void)
{
	return self.json ? self.frames : self.frames + self.n;
}

static void
add_lines(const uint8_t *p, const uint8_t *end)
{
	self.end = end;
	while (p < end) {
		uint32_t length = be32(p);

		self.next = p + RECORD_HEADER + length;
		self.n += json_record(self.lines + self.n, p + RECORD_HEADER, length);
		self.lines[self.n++] = '\n';
		if (self.n >= GATHER)
			output_flush();
		p += RECORD_HEADER + length;
	}
}

/* How many records are not written, if `done` of the n bytes gathered are. */
static uint64_t
unwritten(size_t n, size_t done)
{
	uint64_t records = 0;

	for (size_t at = 0; at < n; records += at > done)
		at += self.json ? strcspn(self.lines + at, "\n") + 1 : RECORD_HEADER + (size_t)be32(self.frames + at);
	for (const uint8_t *p = self.next; self.json && p < self.end; records++)
		p += RECORD_HEADER + (size_t)be32(p);
	return records;
}

void
output_add(size_t n)
{
	if (self.json) {
		add_lines(self.frames, self.frames + n);
		return;
	}
	self.n += n;
	if (self.n >= GATHER)
		output_flush();
}

void
output_flush(void)
{
	size_t n = self.n, done = io_write_most(self.fd, self.json ? (void *)self.lines : (void *)self.frames, n);
	int status = EX_OK;
	uint64_t left;

	self.n = 0;
	if (done == n)
		return;
	left = unwritten(n, done);
	if (errno != EPIPE) {	/* else the reader has had enough */
		warn("stdout");
		warnx("%ju records are not written", (uintmax_t)left);
		status = EX_IOERR;
	}
	stats[STATS_RECORDS].n -= left;
	count_end();
	exit(status);
}
