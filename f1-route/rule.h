/* rule: SELECTOR[,SELECTOR]...=TARGET or ...~TARGET, parsed
 * SPDX-License-Identifier: MIT
 */
#ifndef RULE_H
#define RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "selector.h"

struct rule {
	const char *text;	/* as it was given */
	const char *target;	/* the part behind = or ~ */
	bool waits;		/* = rather than ~ */
	bool rest;		/* else: takes what no other rule took */
	size_t selectors_n;
	struct rule_selector {
		struct selector is;
		struct thin *thin;	/* NULL: no rate */
	} *selectors;
};

/* Parses a text, which must stay. False, with the reason in why[n], if it is no rule. Ends the program with status 71
 * when out of memory. */
bool rule_parse(struct rule *, const char *text, char *why, size_t n);

/* Frees what rule_parse allocated, whatever it said of the text. */
void rule_free(struct rule *);

/* Does the rule take the record of this head? Not for an else, which depends on the other rules. */
bool rule_takes(struct rule *, const struct head *);

#endif
