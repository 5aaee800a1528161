/* entry: what the fuzz entries share
 * SPDX-License-Identifier: MIT
 */
#ifndef ENTRY_H
#define ENTRY_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* unlike assert, not to be switched off */
#define MUST(x) ((x) ? (void)0 : abort())

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A file in memory that holds the n bytes, to be read from its beginning. */
static inline int
file_of(const uint8_t *data, size_t n)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	MUST(fd != -1);
	MUST(n == 0 || write(fd, data, n) == (ssize_t)n);
	MUST(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

#endif
