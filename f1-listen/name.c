/* name: what a capture file is called
 * SPDX-License-Identifier: MIT
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "layout.h"
#include "name.h"

/* "Sakhir (Bahrain)" becomes "Sakhir-Bahrain" */
static void
value_name(const char *enumeration, unsigned format, int value, char *to, size_t size)
{
	const char *from = format ? layout_enum_name(enumeration, format, value) : NULL;
	size_t n = 0;

	if (from == NULL)
		from = "unknown";
	for (; *from && n + 2 < size; from++)
		if (isalnum((unsigned char)*from))
			to[n++] = *from;
		else if (n > 0 && to[n - 1] != '-')
			to[n++] = '-';
	while (n > 0 && to[n - 1] == '-')
		n--;
	to[n] = '\0';
}

/* the text for {NAME}; false if there is no such name */
static bool
placeholder(const struct name_facts *f, const char *name, size_t n, char *to, size_t size)
{
	if (n == 3 && memcmp(name, "uid", n) == 0)
		snprintf(to, size, "%016jx", (uintmax_t)f->uid);
	else if (n == 6 && memcmp(name, "format", n) == 0)
		snprintf(to, size, f->format ? "%u" : "unknown", f->format);
	else if (n == 5 && memcmp(name, "track", n) == 0)
		value_name("track", f->known ? f->format : 0, f->track, to, size);
	else if (n == 7 && memcmp(name, "session", n) == 0)
		value_name("session_type", f->known ? f->format : 0, f->session_type, to, size);
	else
		return false;
	return true;
}

int
name_expand(const char *pattern, const struct name_facts *f, char name[NAME_SIZE])
{
	char timed[NAME_SIZE], value[64];
	struct tm tm;
	size_t n = 0;

	localtime_r(&f->begun, &tm);
	if (strftime(timed, sizeof timed, pattern, &tm) == 0) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (const char *p = timed, *end; *p;) {
		size_t more = 1;
		const char *from = p;

		if (*p == '{') {
			if ((end = strchr(p, '}')) == NULL || !placeholder(f, p + 1, (size_t)(end - p - 1), value, sizeof value)) {
				errno = EINVAL;
				return -1;
			}
			from = value;
			more = strlen(value);
			p = end;
		}
		p++;
		if (n + more >= NAME_SIZE) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(name + n, from, more);
		n += more;
	}
	name[n] = '\0';
	return 0;
}

bool
name_numbered(const char *name, int number, char *to, size_t size)
{
	const char *base = strrchr(name, '/'), *dot;
	int n;

	base = base ? base + 1 : name;
	dot = strrchr(base, '.');
	if (dot == NULL || dot == base)
		dot = base + strlen(base);
	if (number == 0)
		n = snprintf(to, size, "%s", name);
	else
		n = snprintf(to, size, "%.*s.%d%s", (int)(dot - name), name, number, dot);
	return n >= 0 && (size_t)n < size;
}

void
name_folders(const char *name)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof folder, "%s", name);
	for (char *p = folder + 1; (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		mkdir(folder, 0777);	/* what fails here fails again where the file is opened, and is told there */
		*p = '/';
	}
}
