/* route: a rule, and behind the first newline a record for it
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "head.h"
#include "rule.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *end = memchr(data, '\n', n);
	size_t text_n = end ? (size_t)(end - data) : n, record_n = end ? n - text_n - 1 : 0;
	char *text = malloc(text_n + 1), why[64];
	/* behind the end of a copy of its own nothing may be read */
	uint8_t *record = malloc(record_n + 1);
	struct head head = { 0 };
	struct rule rule;

	memcpy(text, data, text_n);
	text[text_n] = '\0';
	memcpy(record, data + (end ? text_n + 1 : 0), record_n);
	record = realloc(record, record_n ? record_n : 1);
	if (rule_parse(&rule, text, why, sizeof why) && !rule.rest)
		for (int i = 0; i < 2; i++)	/* the second time it is known */
			if (head_read(&head, record, record_n))
				rule_takes(&rule, &head);
	rule_free(&rule);
	free(record);
	free(text);
	return 0;
}
