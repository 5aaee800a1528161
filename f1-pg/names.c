/* names: what the league calls its drivers
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "names.h"

enum { ROOM = 1 << 20 };	/* a league of some ten thousand drivers */

static const char *const columns[] = { "name", "team", "race_number", "network_id", "game_name" };
enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* Reads the file; what is not its text, such as the mark that Excel puts in front, is left out. NULL if it cannot. */
static char *
read_file(const char *file, size_t *n)
{
	FILE *f = strcmp(file, "-") == 0 ? stdin : fopen(file, "r");
	char *text = malloc(ROOM + 1);

	if (text == NULL)
		err(EX_OSERR, NULL);
	if (f == NULL || (*n = fread(text, 1, ROOM, f), ferror(f))) {
		warn("%s", file);
		free(text);
		return NULL;
	}
	if (*n == ROOM) {
		warnx("%s: larger than %d bytes", file, ROOM);
		free(text);
		return NULL;
	}
	if (f != stdin)
		fclose(f);
	while (*n > 0 && (text[*n - 1] == '\n' || text[*n - 1] == '\r'))	/* empty lines at the end are no rows */
		--*n;
	text[*n] = '\0';
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		memmove(text, text + 3, (*n -= 3) + 1);
	return text;
}

/* The columns that the first line names, for COPY, at `to`. False, and said, if it names others, or one twice, or no
 * name. */
static bool
read_header(const char *file, const char *text, char delimiter, char *to)
{
	size_t n = strcspn(text, "\r\n"), from = 0;
	unsigned seen = 0;

	*to = '\0';
	for (size_t at = 0; at <= n; at++) {
		const char *word = text + from;
		size_t length = at - from, i = 0;

		if (at < n && text[at] != delimiter)
			continue;
		for (; length > 0 && (*word == ' ' || *word == '"'); word++)
			length--;
		for (; length > 0 && (word[length - 1] == ' ' || word[length - 1] == '"'); length--)
			continue;
		while (i < COLUMNS && (strlen(columns[i]) != length || strncmp(columns[i], word, length) != 0))
			i++;
		if (i == COLUMNS) {
			warnx("%s: line 1: '%.*s' is none of name, team, race_number, network_id, game_name", file,
			    (int)(length < 40 ? length : 40), word);
			return false;
		}
		if (seen & 1u << i) {
			warnx("%s: line 1: %s comes twice", file, columns[i]);
			return false;
		}
		seen |= 1u << i;
		if (*to)
			strcat(to, ", ");
		strcat(to, columns[i]);
		from = at + 1;
	}
	if (!(seen & 1)) {
		warnx("%s: line 1: no column name", file);
		return false;
	}
	return true;
}

int
names_load(struct db *db, const char *schema, const char *file)
{
	char sql[512], named[128];
	size_t n = 0;
	char *text = read_file(file, &n), delimiter;
	int status = EX_DATAERR;
	enum db_done done;

	if (text == NULL)
		return EX_IOERR;
	/* the comma of some spreadsheets is a semicolon */
	delimiter = memchr(text, ';', strcspn(text, "\r\n")) ? ';' : ',';
	if (strlen(text) < n)
		warnx("%s: has a byte of 0: no text", file);
	else if (read_header(file, text, delimiter, named)) {
		/* all of it or nothing; readers are not in the way */
		snprintf(sql, sizeof sql, "BEGIN; DELETE FROM %s.league_drivers", schema);
		if ((done = db_exec(db, sql, NULL)) == DB_OK) {
			snprintf(sql, sizeof sql, "COPY %s.league_drivers (%s) FROM STDIN (FORMAT csv, HEADER, DELIMITER '%c')", schema, named,
			    delimiter);
			done = db_copy_text(db, sql, text, n);
			if (done == DB_OK)
				done = db_exec(db, "COMMIT", NULL);
		}
		if (done == DB_REFUSED)
			warnx("%s: %s", file, db_reason(db));
		else
			db_tell(db, done);
		status = done == DB_OK ? EX_OK : done == DB_REFUSED ? EX_DATAERR : EX_UNAVAILABLE;
	}
	free(text);
	return status;
}
