/* describe: the fields of all records as a table (--layout)
 * SPDX-License-Identifier: MIT
 */
#include "describe.h"
#include "layout.h"

static void
describe_source(FILE *f, const struct layout_packet *packet, const struct layout_source *source)
{
	const struct layout_record *record = &layout_records[source->record];

	for (int i = 0; i < source->fields_n; i++) {
		const struct layout_field *field = &source->fields[i];

		fprintf(f, "%u\t%u\t%s\t%s\t%s\t%s\t", packet->format, packet->id, packet->name, record->name,
		    record->kind == LAYOUT_STATE ? "state" : "sample", source->code);
		for (int k = 0; k < source->keys_n; k++)
			fprintf(f, "%s%s", k ? "," : "", source->keys[k].name);
		fprintf(f, "\t%s\t%s\t%u\t%s\t%s\t%s\n", field->name, layout_type_name(field->type), field->count, field->unit,
		    field->enumeration, field->text);
	}
}

void
describe_layout(FILE *f)
{
	fputs("format\tpacket_id\tpacket\trecord\tkind\tcase\tkeys\tname\ttype\tcount\tunit\tenum\tdescription\n", f);
	for (size_t i = 0; i < layout_packets_n; i++)
		for (int k = 0; k < layout_packets[i].sources_n; k++)
			describe_source(f, &layout_packets[i], &layout_packets[i].sources[k]);
}
