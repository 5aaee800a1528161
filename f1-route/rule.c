/* rule: SELECTOR[,SELECTOR]...=TARGET or ...~TARGET
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "rule.h"

static bool
parse_selector(struct rule *r, const char *text, size_t n, char *why, size_t why_n)
{
	struct rule_selector *s = &r->selectors[r->selectors_n];
	const char *wrong = selector_parse(&s->is, text, n);

	if (wrong) {
		snprintf(why, why_n, "'%.*s': %s", n > 100 ? 100 : (int)n, text, wrong);
		return false;
	}
	s->thin = NULL;
	if (s->is.rate > 0 && (s->thin = thin_new(s->is.rate)) == NULL)
		err(EX_OSERR, NULL);
	r->selectors_n++;
	return true;
}

static bool
parse_target(const char *target, char *why, size_t n)
{
	if (target[0] == '\0' || (target[0] == '|' && target[strspn(target, "| \t")] == '\0'))
		snprintf(why, n, "no target");
	else if (target[0] == '>')
		snprintf(why, n, ">(COMMAND) is for the shell, unquoted; write |COMMAND here");
	else
		return true;
	return false;
}

bool
rule_parse(struct rule *r, const char *text, char *why, size_t n)
{
	size_t end = strcspn(text, "=~"), commas = 0;

	*r = (struct rule){ .text = text, .waits = text[end] == '=', .target = text + end + 1 };
	if (text[end] == '\0') {
		snprintf(why, n, "neither = nor ~ and a target");
		return false;
	}
	if (!parse_target(r->target, why, n))
		return false;
	if (end == 4 && memcmp(text, "else", 4) == 0) {
		r->rest = true;
		return true;
	}
	for (size_t i = 0; i < end; i++)
		commas += text[i] == ',';
	if ((r->selectors = calloc(commas + 1, sizeof *r->selectors)) == NULL)
		err(EX_OSERR, NULL);
	for (size_t at = 0, length; at <= end; at += length + 1) {
		length = strcspn(text + at, ",=~");
		if (!parse_selector(r, text + at, length, why, n))
			return false;
	}
	return true;
}

void
rule_free(struct rule *r)
{
	for (size_t i = 0; i < r->selectors_n; i++)
		thin_free(r->selectors[i].thin);
	free(r->selectors);
}

bool
rule_takes(struct rule *r, const struct head *head)
{
	for (size_t i = 0; i < r->selectors_n; i++) {
		struct rule_selector *s = &r->selectors[i];

		if (selector_match(&s->is, head) && (s->thin == NULL || thin_pass(s->thin, head)))
			return true;
	}
	return false;
}
