/* count: what a program counts, for people and for Prometheus
 * SPDX-License-Identifier: MIT
 */
#include <ctype.h>
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "count.h"
#include "io.h"
#include "opt.h"
#include "sig.h"

enum { EVERY = 2 };	/* seconds between two metrics files */

static struct {
	struct count *counts;
	size_t n;
	time_t written;
	int failed;
} self;

void
count_init(struct count *counts, size_t n)
{
	self.counts = counts;
	self.n = n;
}

void
count_print(void)
{
	char *line;
	size_t size;
	FILE *f = open_memstream(&line, &size);

	if (f == NULL)
		return;
	for (size_t i = 0; i < self.n;) {
		const struct count *c = &self.counts[i];
		uint64_t sum = 0;
		size_t end;
		int listed = 0;

		for (end = i; end < self.n && strcmp(self.counts[end].name, c->name) == 0; end++)
			sum += self.counts[end].n;
		fprintf(f, "%s%" PRIu64 " %s", i ? ", " : "", sum, c->name);
		for (; i < end; i++)
			if (self.counts[i].label && self.counts[i].n)
				fprintf(f, "%s%" PRIu64 " %s", listed++ ? ", " : " (", self.counts[i].n, self.counts[i].value);
		if (listed)
			fputc(')', f);
	}
	if (fclose(f) == 0)
		fprintf(stderr, "%s: %s\n", opt_common.program, line);
	free(line);
}

/* A label's value as Prometheus wants it. */
static void
escape(FILE *f, const char *value)
{
	for (; *value; value++)
		if (*value == '\n')
			fputs("\\n", f);
		else
			fprintf(f, "%s%c", *value == '"' || *value == '\\' ? "\\" : "", *value);
}

char *
count_text(size_t *n)
{
	char *text, prefix[128];
	size_t length;
	FILE *f = open_memstream(&text, n);

	if (f == NULL)
		return NULL;
	for (size_t i = 0; i < self.n; i++) {
		const struct count *c = &self.counts[i];
		int gauge = c->label == NULL && c->value != NULL;

		length = (size_t)snprintf(prefix, sizeof prefix, "%s_%s%s", opt_common.program, c->name, gauge ? "" : "_total");
		for (size_t k = 0; k < length && k < sizeof prefix - 1; k++)
			if (!isalnum((unsigned char)prefix[k]))
				prefix[k] = '_';
		if (i == 0 || strcmp(c->name, c[-1].name) != 0)
			fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", prefix, c->help, prefix, gauge ? "gauge" : "counter");
		if (c->label) {
			fprintf(f, "%s{%s=\"", prefix, c->label);
			escape(f, c->value);
			fprintf(f, "\"} %" PRIu64 "\n", c->n);
		} else
			fprintf(f, "%s %" PRIu64 "\n", prefix, c->n);
	}
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

static void
metrics(void)
{
	size_t n;
	char *text = count_text(&n);

	if (text != NULL && io_replace(opt_common.metrics, text, n) == -1 && !self.failed) {
		warn("%s", opt_common.metrics);
		self.failed = 1;
	}
	free(text);
}

void
count_poll(void)
{
	struct timespec now;

	if (sig_report) {
		sig_report = 0;
		count_print();
	}
	if (opt_common.metrics == NULL)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec - self.written >= EVERY) {
		self.written = now.tv_sec;
		metrics();
	}
}

void
count_end(void)
{
	if (opt_common.verbose)
		count_print();
	if (opt_common.metrics)
		metrics();
}
