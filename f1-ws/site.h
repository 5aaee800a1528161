/* site: what is answered over plain HTTP: the page's files, /fields.json, /healthz and /metrics
 * SPDX-License-Identifier: MIT
 */
#ifndef SITE_H
#define SITE_H

#include <stddef.h>

struct answer {
	unsigned status;	/* of HTTP */
	const char *type;	/* MIME */
	const char *body;	/* n bytes */
	size_t n, sent;
	char *owned;		/* the body if answer_free is to free it, else NULL */
};

/* The folder of the page; NULL takes F1_WWW, or ../share/f1/www from the program's. */
void site_init(const char *folder);

/* The answer for a path without its query. Files of the folder only: no hidden ones, no symbolic links, no way out. */
void site_answer(struct answer *, const char *path);

/* An answer of one line, of which a copy is made. */
void site_say(struct answer *, unsigned status, const char *line);

void answer_free(struct answer *);

/* What /healthz and /metrics tell. */
extern struct site_state {
	unsigned clients;		/* connected now */
	long long last_record;		/* when, in ms of the monotonic clock; 0: none yet */
} site_state;

#endif
