/* rows: f1-pg's way from records, two of each, to rows for COPY
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "bytes.h"
#include "entry.h"
#include "plan.h"
#include "record.h"

/* the fields of a row must add up to its bytes, as PostgreSQL will read them */
static void
walk(const uint8_t *p, const struct row *row)
{
	const uint8_t *end = p + row->n;
	unsigned n = be16(p), columns = row->table->kind != TABLE_SAMPLE;

	for (int i = 0; i < row->table->columns_n; i++)
		columns += table_has(row->table, i, row->variant);
	MUST(n == columns);
	for (p += 2; n > 0; n--) {
		uint32_t length;

		MUST(end - p >= 4);
		length = be32(p);
		p += 4;
		if (length == UINT32_MAX)
			continue;
		MUST((size_t)(end - p) >= length);
		p += length;
	}
	MUST(p == end);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t length;

	if (tables == NULL)
		table_init();
	for (; n >= RECORD_HEADER; data += length, n -= length) {
		uint8_t *record, *to;

		length = be32(data);
		data += RECORD_HEADER;
		n -= RECORD_HEADER;
		if (length == 0 || length > RECORD_MAX || length > n)
			break;
		/* of its own size, so that a step too far shows */
		MUST((record = malloc(length + RECORD_SLACK)) != NULL && (to = malloc(row_room(length))) != NULL);
		memset(record + length, 0x55, RECORD_SLACK);
		memcpy(record, data, length);
		for (int i = 0; i < 2; i++) {	/* the second time its shape may be known */
			enum row_reason why;
			struct row row;

			if (plan_row(record, length, to, &row, &why))
				walk(to, &row);
		}
		free(record);
		free(to);
	}
	return 0;
}
