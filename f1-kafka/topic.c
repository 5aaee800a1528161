/* topic: the topics that records go to
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "create.h"
#include "stats.h"
#include "topic.h"

enum { PLACES = 1024 };		/* a power of 2 */

static struct {
	rd_kafka_t *rk;
	const struct template *names;
	bool create;	/* each when its first record comes */
	bool refused;
	struct topic *places[PLACES];	/* by kind, format and session, so that no name is compared */
} self;

const char *
topic_check(const struct template *t)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (t->car)
		return "a topic for each car is too many";
	if (t->n == 0 || (t->n == 1 && t->parts[0].what == 0 && t->parts[0].n <= 2 && strspn(t->parts[0].text, ".") >= t->parts[0].n))
		return "this is no name";
	for (int i = 0; i < t->n; i++)
		if (t->parts[i].what == 0)
			for (size_t k = 0; k < t->parts[i].n; k++)
				if (strchr(allowed, t->parts[i].text[k]) == NULL)
					return "names of topics have a-z, A-Z, 0-9, '.', '_' and '-' only";
	return NULL;
}

static void
create_all(void)
{
	char (*names)[TEMPLATE_ROOM] = calloc(layout_records_n, sizeof *names);
	const char **list = calloc(layout_records_n, sizeof *list);
	struct head h = { .car = HEAD_NONE };

	if (names == NULL || list == NULL)
		err(EX_OSERR, NULL);
	for (size_t i = 0; i < layout_records_n; i++) {
		h.kind = &layout_records[i];
		names[i][template_write(self.names, &h, names[i])] = '\0';
		list[i] = names[i];
	}
	switch (create_topics(self.rk, list, self.names->record ? layout_records_n : 1)) {
	case CREATED_ALL:
		break;
	case CREATED_NOT:
		exit(EX_UNAVAILABLE);
	case CREATED_AWAY:
		warnx("no broker: topics are made when their first record comes");
		self.create = true;
	}
	free(names);
	free(list);
}

void
topic_init(rd_kafka_t *rk, const struct template *names, bool create)
{
	self.rk = rk;
	self.names = names;
	self.create = create && (names->format || names->session);
	if (create && !self.create)
		create_all();
}

static struct topic *
new_topic(const struct head *h, const struct layout_record *kind, unsigned format, uint64_t uid)
{
	char name[TEMPLATE_ROOM];
	const char *list[] = { name };
	size_t n = template_write(self.names, h, name);
	struct topic *t = calloc(1, sizeof *t + n + 1);

	if (t == NULL)
		err(EX_OSERR, NULL);
	name[n] = '\0';
	memcpy(t->name, name, n);
	t->kind = kind;
	t->format = format;
	t->session_uid = uid;
	if (self.create)
		switch (create_topics(self.rk, list, 1)) {
		case CREATED_ALL:
			break;
		case CREATED_AWAY:
			warnx("create %s: no broker", t->name);
			/* FALLTHROUGH */
		case CREATED_NOT:
			self.refused = true;
		}
	if ((t->handle = rd_kafka_topic_new(self.rk, t->name, NULL)) == NULL)
		errx(EX_SOFTWARE, "%s: %s", t->name, rd_kafka_err2str(rd_kafka_last_error()));
	t->number = stats_topic(t->name);
	return t;
}

void
topic_create_no_more(void)
{
	self.create = false;
}

bool
topic_refused(void)
{
	return self.refused;
}

struct topic *
topic_of(const struct head *h, bool make)
{
	const struct layout_record *kind = self.names->record ? h->kind : NULL;
	unsigned format = self.names->format ? h->packet_format : 0;
	uint64_t uid = self.names->session ? h->session_uid : 0;
	uint64_t place = (kind ? (uint64_t)(kind - layout_records) : 0) + 64 * (format + (uid ^ uid >> 32));
	struct topic **at = &self.places[place & (PLACES - 1)], *t;

	for (t = *at; t; t = t->next)
		if (t->kind == kind && t->format == format && t->session_uid == uid)
			return t;
	if (!make)
		return NULL;
	t = new_topic(h, kind, format, uid);
	t->next = *at;
	return *at = t;
}

void
topic_end(void)
{
	for (int i = 0; i < PLACES; i++)
		while (self.places[i]) {
			struct topic *t = self.places[i];

			self.places[i] = t->next;
			rd_kafka_topic_destroy(t->handle);
			free(t);
		}
}
