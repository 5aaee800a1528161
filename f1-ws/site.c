/* site: what is answered over plain HTTP
 * SPDX-License-Identifier: MIT
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "count.h"
#include "fields.h"
#include "site.h"

enum { FILE_MAX = 8 << 20 };	/* bytes */

struct site_state site_state;

static const char *folder;

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".mjs", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".json", "application/json" },
	{ ".webmanifest", "application/manifest+json" },
	{ ".woff2", "font/woff2" },
	{ ".png", "image/png" },
	{ ".ico", "image/x-icon" },
	{ ".txt", "text/plain; charset=utf-8" },
};

void
site_init(const char *name)
{
	static char own[PATH_MAX];
	char program[PATH_MAX / 2] = "";

	if (name == NULL && (name = getenv("F1_WWW")) == NULL) {
		if (readlink("/proc/self/exe", program, sizeof program - 1) > 0)
			*strrchr(program, '/') = '\0';
		snprintf(own, sizeof own, "%s/../share/f1/www", program);
		name = own;
	}
	folder = name;
}

void
answer_free(struct answer *a)
{
	free(a->owned);
	*a = (struct answer){ 0 };
}

static void
set(struct answer *a, unsigned status, const char *type, const char *body, size_t n, char *owned)
{
	*a = (struct answer){ status, type, body, n, 0, owned };
}

void
site_say(struct answer *a, unsigned status, const char *line)
{
	char *text;
	int n = asprintf(&text, "%s\n", line);

	if (n == -1)
		set(a, status, "text/plain; charset=utf-8", "", 0, NULL);
	else
		set(a, status, "text/plain; charset=utf-8", text, (size_t)n, text);
}

static const char *
type_of(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		size_t m = strlen(types[i].ending);

		if (n > m && strcmp(name + n - m, types[i].ending) == 0)
			return types[i].type;
	}
	return NULL;
}

/* Opens a file in the folder, step by step so that no link leads elsewhere. A name has letters, digits and -_. and does
 * not begin with a point. -1 if there is none. */
static int
open_file(const char *path)
{
	int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[256];

	while (at != -1 && *path == '/') {
		size_t n = strcspn(++path, "/");
		bool last = path[n] == '\0', good = n > 0 && n < sizeof name && path[0] != '.';
		int next = -1;

		for (size_t i = 0; i < n && good; i++)
			good = isalnum((unsigned char)path[i]) || strchr("-_.", path[i]) != NULL;
		if (good) {
			memcpy(name, path, n);
			name[n] = '\0';
			next = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (last ? 0 : O_DIRECTORY));
		}
		close(at);
		at = next;
		path += n;
	}
	return at;
}

static void
answer_file(struct answer *a, const char *path)
{
	const char *type = type_of(path);
	struct stat st;
	char *text = NULL;
	size_t size = 0, n = 0;
	int fd = type ? open_file(path) : -1;

	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		if (fd != -1)
			close(fd);
		if (strcmp(path, "/index.html") == 0)
			site_say(a, 404, "There is no page here: --www names its folder. Records are served all the same, "
			    "see /fields.json.");
		else
			site_say(a, 404, "There is no such file.");
		return;
	}
	size = (size_t)st.st_size;
	if ((text = malloc(size + 1)) != NULL)
		while (n < size) {
			ssize_t got = read(fd, text + n, size - n);

			if (got == -1 && errno == EINTR)
				continue;
			if (got <= 0)
				break;
			n += (size_t)got;
		}
	close(fd);
	if (text == NULL || n < size) {
		free(text);
		site_say(a, 500, "The file cannot be read.");
		return;
	}
	set(a, 200, type, text, n, text);
}

static double
record_age(void)
{
	return (double)(clock_milliseconds() - site_state.last_record) / 1000;
}

static void
answer_health(struct answer *a)
{
	char line[128];

	if (site_state.last_record == 0)
		snprintf(line, sizeof line, "ok, %u clients, no record yet", site_state.clients);
	else
		snprintf(line, sizeof line, "ok, %u clients, last record %.1f s ago", site_state.clients, record_age());
	site_say(a, 200, line);
}

static void
answer_metrics(struct answer *a)
{
	size_t n;
	char *counters = count_text(&n), *text = NULL;
	int size = -1;

	if (counters)
		size = asprintf(&text, "%s# HELP f1_ws_connected WebSocket clients connected now\n# TYPE f1_ws_connected gauge\n"
		    "f1_ws_connected %u\n# HELP f1_ws_last_record_age_seconds since the last record, -1 before the first\n"
		    "# TYPE f1_ws_last_record_age_seconds gauge\nf1_ws_last_record_age_seconds %.3f\n",
		    counters, site_state.clients, site_state.last_record ? record_age() : -1);
	free(counters);
	if (size == -1)
		site_say(a, 500, "Out of memory.");
	else
		set(a, 200, "text/plain; version=0.0.4; charset=utf-8", text, (size_t)size, text);
}

static void
answer_fields(struct answer *a)
{
	size_t n;
	const char *text = fields_json(&n);

	if (text == NULL)
		site_say(a, 500, "Out of memory.");
	else
		set(a, 200, "application/json", text, n, NULL);
}

void
site_answer(struct answer *a, const char *path)
{
	if (strcmp(path, "/healthz") == 0)
		answer_health(a);
	else if (strcmp(path, "/metrics") == 0)
		answer_metrics(a);
	else if (strcmp(path, "/fields.json") == 0)
		answer_fields(a);
	else
		answer_file(a, strcmp(path, "/") == 0 ? "/index.html" : path);
}
