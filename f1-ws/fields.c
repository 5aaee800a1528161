/* fields: all records, fields and enumerations as JSON
 * SPDX-License-Identifier: MIT
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fields.h"
#include "layout.h"

/* texts of our own layouts, which are UTF-8 */
static void
put_string(FILE *f, const char *text)
{
	putc('"', f);
	for (; *text; text++)
		if (*text == '"' || *text == '\\')
			fprintf(f, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			fprintf(f, "\\u%04x", (unsigned)*text);
		else
			putc(*text, f);
	putc('"', f);
}

static void
put_member(FILE *f, const char *before, const char *name, const char *text)
{
	fprintf(f, "%s\"%s\":", before, name);
	put_string(f, text);
}

static void
put_column(FILE *f, const struct layout_column *c)
{
	fprintf(f, "\"%s\":{", c->name);
	put_member(f, "", "type", layout_type_name(c->type));
	fprintf(f, ",\"count\":%u", c->count);
	put_member(f, ",", "unit", c->unit);
	put_member(f, ",", "enum", c->enumeration);
	put_member(f, ",", "text", c->text);
	putc('}', f);
}

static void
put_record(FILE *f, const struct layout_record *r)
{
	fprintf(f, "\"%s\":{\"packet_id\":%u,\"kind\":\"%s\"", r->name, r->packet_id, r->kind == LAYOUT_STATE ? "state" : "sample");
	put_member(f, ",", "text", r->text);
	fputs(",\"keys\":[", f);
	for (int i = 0; i < r->keys_n; i++)
		fprintf(f, "%s\"%s\"", i ? "," : "", r->keys[i]);
	fputs("],\"fields\":{", f);
	for (int i = 0; i < r->columns_n; i++) {
		fputs(i ? "," : "", f);
		put_column(f, &r->columns[i]);
	}
	fputs("}}", f);
}

static void
put_enum(FILE *f, const struct layout_enum *e)
{
	fprintf(f, "\"%s\":{\"flags\":%s,\"values\":[", e->name, e->flags ? "true" : "false");
	for (int i = 0; i < e->values_n; i++) {
		const struct layout_enum_value *v = &e->values[i];

		fprintf(f, "%s{\"from\":%u,\"to\":%u", i ? "," : "", v->from, v->to);
		put_member(f, ",", "value", v->value);
		put_member(f, ",", "name", v->name);
		putc('}', f);
	}
	fputs("]}", f);
}

const char *
fields_json(size_t *n)
{
	static char *text;
	static size_t size;
	FILE *f;

	if (text == NULL) {
		if ((f = open_memstream(&text, &size)) == NULL)
			return NULL;
		fputs("{\"version\":\"" VERSION "\",\"records\":{", f);
		for (size_t i = 0; i < layout_records_n; i++) {
			fputs(i ? ",\n" : "\n", f);
			put_record(f, &layout_records[i]);
		}
		fputs("},\"enums\":{", f);
		for (size_t i = 0; i < layout_enums_n; i++) {
			fputs(i ? ",\n" : "\n", f);
			put_enum(f, &layout_enums[i]);
		}
		fputs("}}\n", f);
		if (fclose(f) == EOF)
			return NULL;
	}
	*n = size;
	return text;
}
