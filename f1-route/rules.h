/* rules: all of them, from the command line and from files
 * SPDX-License-Identifier: MIT
 */
#ifndef RULES_H
#define RULES_H

#include <stddef.h>
#include <stdio.h>

#include "rule.h"

extern struct rules {
	struct rule *rule;
	size_t n;
} rules;

/* Adds a rule of the command line. Ends the program with status 64 if it is none. */
void rules_add(const char *text);

/* Adds those in the lines of a file, and says what is wrong with the others, by that name: how many they are. */
int rules_parse(FILE *, const char *name);

/* Adds those of a file (- is stdin): one a line; blank lines and lines that begin with # are nothing. Ends the program
 * with status 74 if it cannot be read and with 78, after all of them, if lines do not parse. */
void rules_read(const char *file);

/* Looks at all together: one else, and each target once. Ends the program with status 64. */
void rules_check(void);

#endif
