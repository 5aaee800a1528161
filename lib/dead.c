/* dead: a file for the records that could not go where they should
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <fcntl.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "bytes.h"
#include "dead.h"
#include "record.h"

static struct {
	const char *file;
	int fd;
	bool lost;
} self = { .fd = -1 };

void
dead_open(const char *file)
{
	self.file = file;
	self.fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (self.fd == -1)
		err(EX_IOERR, "%s", file);
}

void
dead_keep(const uint8_t *record, size_t n)
{
	static uint8_t frame[RECORD_HEADER + RECORD_MAX];
	off_t end;
	ssize_t done;

	if (self.fd == -1)
		return;
	memcpy(frame + RECORD_HEADER, record, n);
	put_be32(frame, (uint32_t)n);
	/* in one piece, so that two programs may share the file; half of a frame would make the rest unreadable */
	done = write(self.fd, frame, RECORD_HEADER + n);
	if (done == (ssize_t)(RECORD_HEADER + n))
		return;
	if (!self.lost)
		done == -1 ? warn("%s", self.file) : warnx("%s: the disk is full", self.file);
	self.lost = true;
	if (done > 0 && (end = lseek(self.fd, 0, SEEK_END)) != -1 && ftruncate(self.fd, end - done) == -1)
		warn("%s", self.file);
}

bool
dead_lost(void)
{
	return self.lost;
}
