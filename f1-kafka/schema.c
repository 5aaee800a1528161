/* schema: what Kafka Connect's JsonConverter wants before a JSON value
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "schema.h"

/* the type that holds all values; what is unsigned takes the next larger one */
static const char *
type_of(int type)
{
	static const char *const types[] = {
		[LAYOUT_U8] = "int16", [LAYOUT_I8] = "int16", [LAYOUT_U16] = "int32", [LAYOUT_I16] = "int16", [LAYOUT_U32] = "int64",
		[LAYOUT_U64] = "int64", [LAYOUT_F32] = "float", [LAYOUT_F64] = "double", [LAYOUT_CHAR] = "string",
	};

	return types[type];
}

static void
put_field(FILE *f, const char *name, const char *type, bool array, bool optional)
{
	fprintf(f, "{\"field\":\"%s\",", name);
	if (array)
		fprintf(f, "\"type\":\"array\",\"items\":{\"type\":\"%s\",\"optional\":true},", type);
	else
		fprintf(f, "\"type\":\"%s\",", type);
	fprintf(f, "\"optional\":%s}", optional ? "true" : "false");
}

/* as f1-record(5) tells; session_uid and received_at are texts in JSON, and a NaN is a null */
static const struct {
	const char *name, *type;
	bool optional;
} head[] = {
	{ "packet", "string", false },
	{ "packet_id", "int16", false },
	{ "packet_format", "int32", false },
	{ "session_uid", "string", false },
	{ "session_time", "float", true },
	{ "frame_identifier", "int64", false },
	{ "overall_frame_identifier", "int64", true },
	{ "player_car_index", "int16", false },
	{ "received_at", "string", true },
};

static char *
make(const struct layout_record *record, size_t *n)
{
	char *text;
	FILE *f = open_memstream(&text, n);

	if (f == NULL)
		err(EX_OSERR, NULL);
	fprintf(f, "{\"schema\":{\"type\":\"struct\",\"name\":\"f1.%s\",\"optional\":false,\"fields\":[", record->name);
	for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
		put_field(f, head[i].name, head[i].type, false, head[i].optional);
		fputc(',', f);
	}
	for (int i = 0; i < record->keys_n; i++) {
		put_field(f, record->keys[i], "int32", false, record->distinct);
		fputc(i < record->keys_n - 1 || record->columns_n ? ',' : ']', f);
	}
	for (int i = 0; i < record->columns_n; i++) {
		const struct layout_column *c = &record->columns[i];

		put_field(f, c->name, type_of(c->type), c->type != LAYOUT_CHAR && c->count > 1, true);
		fputc(i < record->columns_n - 1 ? ',' : ']', f);
	}
	fputs("},\"payload\":", f);
	if (fclose(f) == EOF)
		err(EX_OSERR, NULL);
	return text;
}

const char *
schema_envelope(const struct layout_record *record, size_t *n)
{
	static struct {
		char *text;
		size_t n;
	} *made;
	size_t at = (size_t)(record - layout_records);

	if (made == NULL && (made = calloc(layout_records_n, sizeof *made)) == NULL)
		err(EX_OSERR, NULL);
	if (made[at].text == NULL)
		made[at].text = make(record, &made[at].n);
	*n = made[at].n;
	return made[at].text;
}
