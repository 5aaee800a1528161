/* template: the names of topics and the keys of messages
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "template.h"

enum { RECORD_N = 32, FORMAT_N = 5, SESSION_N = 16, CAR_N = 5 };	/* bytes that a part may take */

static const char *
add(struct template *t, char what, const char *text, size_t n)
{
	if (n == 0)
		return NULL;
	if (t->n == (int)(sizeof t->parts / sizeof t->parts[0]))
		return "too many parts";
	t->parts[t->n].what = what;
	t->parts[t->n].text = text;
	t->parts[t->n++].n = n;
	return NULL;
}

const char *
template_parse(struct template *t, const char *text)
{
	size_t room = 0;

	memset(t, 0, sizeof *t);
	for (const char *p = text, *percent; *p; p = percent + 2) {
		const char *why;

		percent = p + strcspn(p, "%");
		room += (size_t)(percent - p);
		if ((why = add(t, 0, p, (size_t)(percent - p))) != NULL)
			return why;
		if (*percent == '\0')
			break;
		why = add(t, percent[1] == '%' ? 0 : percent[1], percent, 1);
		switch (percent[1]) {
		case '%':
			room++;
			break;
		case 'p':
			t->record = true;
			room += RECORD_N;
			break;
		case 'f':
			t->format = true;
			room += FORMAT_N;
			break;
		case 's':
			t->session = true;
			room += SESSION_N;
			break;
		case 'c':
			t->car = true;
			room += CAR_N;
			break;
		default:
			return "a % is followed by p, f, s, c or %";
		}
		if (why)
			return why;
	}
	return room <= TEMPLATE_MAX ? NULL : "it may become longer than 249 bytes";
}

static char *
put_hex(char *to, uint64_t n)
{
	for (int shift = 60; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[n >> shift & 15];
	return to;
}

size_t
template_write(const struct template *t, const struct head *h, char *to)
{
	char *p = to;
	size_t n;

	for (int i = 0; i < t->n; i++)
		switch (t->parts[i].what) {
		case 'p':
			n = strlen(h->kind->name);
			memcpy(p, h->kind->name, n);
			p += n;
			break;
		case 'f':
			p += shortest_integer(p, h->packet_format);
			break;
		case 's':
			p = put_hex(p, h->session_uid);
			break;
		case 'c':
			if (h->car != HEAD_NONE)
				p += shortest_integer(p, (unsigned)h->car);
			else if (p > to)
				p--;
			break;
		default:
			memcpy(p, t->parts[i].text, t->parts[i].n);
			p += t->parts[i].n;
		}
	return (size_t)(p - to);
}
