/* topic: a template for topics or keys, and behind the first newline a record for it
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "head.h"
#include "template.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *end = memchr(data, '\n', n);
	size_t text_n = end ? (size_t)(end - data) : n, record_n = end ? n - text_n - 1 : 0;
	/* behind the end of a copy of its own nothing may be read or written */
	char *text = malloc(text_n + 1), *name = malloc(TEMPLATE_ROOM);
	uint8_t *record = malloc(record_n ? record_n : 1);
	struct template template = { 0 };
	struct head head = { 0 };

	MUST(text && name && record);
	memcpy(text, data, text_n);
	text[text_n] = '\0';
	memcpy(record, data + (end ? text_n + 1 : 0), record_n);
	if (template_parse(&template, text) == NULL && head_read(&head, record, record_n) && head.kind)
		MUST(template_write(&template, &head, name) <= TEMPLATE_MAX);
	free(record);
	free(name);
	free(text);
	return 0;
}
