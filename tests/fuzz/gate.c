/* gate: what a client tells f1-ws of itself, and what it selects: lines of Host, Origin, Authorization, Cookie, selection
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <unistd.h>

#include "entry.h"
#include "feed.h"
#include "gate.h"

static void
set_token(void)
{
	char name[] = "/tmp/f1-fuzz.XXXXXX";
	int fd = mkstemp(name);

	MUST(fd != -1 && write(fd, "sesame\n", 7) == 7);
	close(fd);
	gate_token_file(name);
	unlink(name);
	gate_host("f1.example");
	gate_origin("https://wall.example");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text, *line[5];

	if (!gate_has_token())
		set_token();
	MUST((text = malloc(n + 1)) != NULL);
	memcpy(text, data, n);
	text[n] = '\0';
	line[0] = text;
	for (int i = 1; i < 5; i++) {
		line[i] = line[i - 1] + strcspn(line[i - 1], "\n");
		if (*line[i] != '\0')
			*line[i]++ = '\0';
	}
	/* who lets in anybody but these? */
	if (gate_host_ok(line[0]))
		MUST(strcspn(line[0], "/@ ") == strlen(line[0]));
	if (gate_origin_ok(line[1], line[0]) && strcasecmp(line[1], "https://wall.example") != 0)
		MUST(strstr(line[1], line[0]) != NULL || strcasecmp(strstr(line[1], "://") + 3, line[0]) == 0);
	if (gate_authorization_ok(line[2]))
		MUST(strstr(line[2], "sesame") != NULL);
	if (gate_cookie_ok(line[3]))
		MUST(strstr(line[3], "f1-token=sesame") != NULL);
	feed_check(line[4]);
	free(text);
	return 0;
}
