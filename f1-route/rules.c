/* rules: all of them
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "opt.h"
#include "rules.h"

struct rules rules;

static bool
add(const char *text, char *why, size_t n)
{
	rules.rule = reallocarray(rules.rule, rules.n + 1, sizeof *rules.rule);
	if (rules.rule == NULL)
		err(EX_OSERR, NULL);
	if (!rule_parse(&rules.rule[rules.n], text, why, n)) {
		rule_free(&rules.rule[rules.n]);
		return false;
	}
	rules.n++;
	return true;
}

void
rules_add(const char *text)
{
	char why[256];

	if (!add(text, why, sizeof why))
		opt_usage("rule '%s': %s", text, why);
}

/* The rule in a line, a copy of its own, or NULL. */
static char *
trim(char *line)
{
	size_t n = strlen(line);

	while (n > 0 && strchr(" \t\r\n", line[n - 1]))
		line[--n] = '\0';
	line += strspn(line, " \t");
	if (*line == '\0' || *line == '#')
		return NULL;
	if ((line = strdup(line)) == NULL)
		err(EX_OSERR, NULL);
	return line;
}

int
rules_parse(FILE *f, const char *name)
{
	char *line = NULL, *text, why[256];
	int number = 0, wrong = 0;
	size_t size = 0;

	while (getline(&line, &size, f) != -1) {
		number++;
		if ((text = trim(line)) != NULL && !add(text, why, sizeof why)) {
			warnx("%s:%d: %s", name, number, why);
			free(text);
			wrong++;
		}
	}
	free(line);
	return wrong;
}

void
rules_read(const char *file)
{
	FILE *f = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
	int wrong;

	if (f == NULL)
		err(EX_IOERR, "%s", file);
	wrong = rules_parse(f, file);
	if (ferror(f))
		err(EX_IOERR, "%s", file);
	if (f != stdin)
		fclose(f);
	if (wrong)
		exit(EX_CONFIG);
}

void
rules_check(void)
{
	if (rules.n == 0)
		opt_usage("no rules");
	for (size_t i = 0; i < rules.n; i++)
		for (size_t k = 0; k < i; k++) {
			const struct rule *a = &rules.rule[k], *b = &rules.rule[i];

			if (a->rest && b->rest)
				opt_usage("two rules for else");
			if (a->target[0] != '|' && strcmp(a->target, b->target) == 0)
				opt_usage("two rules for the target %s: join their selectors with a comma", a->target);
		}
}
