/* selector: the records on stdin that a selector takes, as JSON
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "json.h"
#include "record.h"
#include "selector.h"

int
main(int argc, char *argv[])
{
	static char line[JSON_ROOM(RECORD_MAX)];
	struct record_reader in;
	struct selector selector;
	struct head head = { 0 };
	struct thin *thin;
	const uint8_t *record;
	const char *why;
	size_t n;
	int got;

	if (argc != 2)
		errx(EX_USAGE, "usage: selector SELECTOR");
	if ((why = selector_parse(&selector, argv[1], strlen(argv[1]))) != NULL)
		errx(EX_USAGE, "%s: %s", argv[1], why);
	if (record_open(&in, STDIN_FILENO) == -1 || (thin = thin_new(selector.rate)) == NULL)
		err(EX_OSERR, NULL);
	while ((got = record_read(&in, &record, &n, -1)) == 1) {
		if (!head_read(&head, record, n))
			errx(EX_DATAERR, "a record without a head");
		if (selector_match(&selector, &head) && (selector.rate <= 0 || thin_pass(thin, &head)))
			printf("%.*s\n", (int)json_record(line, record, n), line);
	}
	if (got == -1)
		err(EX_DATAERR, "stdin");
	thin_free(thin);
	record_close(&in);
	return fclose(stdout) == EOF ? EX_IOERR : EX_OK;
}
