/* output: records on their way to stdout
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <sysexits.h>

#include "bytes.h"
#include "count.h"
#include "io.h"
#include "json.h"
#include "output.h"
#include "record.h"

enum { GATHER = 256 * 1024 };	/* bytes in a write, when there is much to write */

static struct {
	int fd;
	bool json;
	uint8_t *frames;	/* gathered; with json those of one packet */
	char *lines;		/* gathered */
	size_t n;		/* bytes gathered */
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
	while (p < end) {
		uint32_t length = be32(p);

		self.n += json_record(self.lines + self.n, p + RECORD_HEADER, length);
		self.lines[self.n++] = '\n';
		if (self.n >= GATHER)
			output_flush();
		p += RECORD_HEADER + length;
	}
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
	size_t n = self.n;

	self.n = 0;
	if (n == 0 || io_write(self.fd, self.json ? (void *)self.lines : (void *)self.frames, n) == 0)
		return;
	if (errno != EPIPE)
		err(EX_IOERR, "stdout");
	count_end();	/* the reader has had enough */
	exit(EX_OK);
}
