/* frames: the frame reader, and all that comes out of it as JSON
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>

#include "entry.h"
#include "json.h"
#include "record.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct record_reader reader;
	const uint8_t *record;
	size_t length, sum = 0;
	int fd = file_of(data, n), got;

	MUST(record_open(&reader, fd) == 0);
	while ((got = record_read(&reader, &record, &length, -1)) == 1) {
		char *line;

		MUST(length > 0 && length <= RECORD_MAX);
		sum += RECORD_HEADER + length;
		MUST((line = malloc(JSON_ROOM(length))) != NULL);
		MUST(json_record(line, record, length) <= JSON_ROOM(length));
		free(line);
	}
	MUST(sum <= n);
	MUST(got == 0 || errno == EPROTO || errno == ENODATA);
	record_close(&reader);
	close(fd);
	return 0;
}
