/* rules: a file of them
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "rules.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	FILE *f = fdopen(file_of(data, n), "r");
	int wrong;

	MUST(f != NULL);
	wrong = rules_parse(f, "fuzz");
	MUST(rules.n + (size_t)wrong <= n);
	fclose(f);
	while (rules.n > 0) {
		struct rule *r = &rules.rule[--rules.n];

		MUST(strchr(r->text, '\n') == NULL);
		MUST(r->target > r->text && r->target[0] != '\0' && (r->rest || r->selectors_n > 0));
		rule_free(r);
		free((char *)r->text);
	}
	return 0;
}
