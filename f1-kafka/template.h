/* template: the names of topics and the keys of messages, made of what a record's head says
 * SPDX-License-Identifier: MIT
 *
 *	%p  name of the record     %f  packet_format     %s  session_uid, 16 hex digits     %c  car     %%  a percent sign
 *
 * A record without a car has nothing in place of %c and of the one character before it: "%s-%c" is "%s" then.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "head.h"
#include "shortest.h"

enum { TEMPLATE_MAX = 249 };	/* bytes of what it makes, at most: Kafka's limit for the name of a topic */
enum { TEMPLATE_ROOM = TEMPLATE_MAX + SHORTEST_MAX };	/* bytes that it may touch while it makes it */

struct template {
	struct {
		char what;	/* 'p' …, or 0 for a text */
		const char *text;
		size_t n;
	} parts[32];
	int n;
	bool record, format, session, car;	/* does it depend on these? */
};

/* What is wrong with the text as a template, or NULL and it is in the structure; the text must stay. */
const char *template_parse(struct template *, const char *text);

/* Writes it for the record of this head, whose kind is known, to `to`, which has room for TEMPLATE_ROOM bytes; the
 * length. */
size_t template_write(const struct template *, const struct head *, char *to);

#endif
