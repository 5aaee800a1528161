/* frames: which frames of each session came, a bit each
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "frames.h"

enum { CHUNK = 1024 };

/* frames of the batch, as session << 32 | frame */
struct frames {
	uint64_t *list;
	size_t n, room;
	bool sorted;
};

static void
add(struct frames *f, uint64_t frame)
{
	if (f->n > 0 && f->list[f->n - 1] == frame)
		return;		/* another car in it */
	if (f->n == f->room) {
		f->room = 2 * f->room + 1024;
		if ((f->list = realloc(f->list, f->room * sizeof *f->list)) == NULL)
			err(EX_OSERR, NULL);
	}
	f->sorted = f->sorted && (f->n == 0 || f->list[f->n - 1] < frame);
	f->list[f->n++] = frame;
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Is the record all that its packet is, and not a part that comes along? */
static bool
is_packet(const struct layout_record *record)
{
	for (unsigned year = LAYOUT_YEAR_MIN; year <= LAYOUT_YEAR_MAX; year++) {
		const struct layout_packet *packet = layout_find(year, record->packet_id);

		if (packet && strcmp(packet->name, record->name) == 0)
			return true;
	}
	return false;
}

static void
gather(struct frames *f, const struct batch *b, size_t table)
{
	f->n = 0;
	f->sorted = true;
	for (size_t v = 0; v < VARIANTS; v++) {
		const struct queue *q = &b->queues[table][v];

		for (const struct waiting *w = q->waiting, *end = w + q->waiting_n; w < end; w++)
			if (w->n > 0 && !w->closing && w->overall >= 0)
				add(f, (uint64_t)w->timeline << 32 | (uint32_t)w->overall);
	}
	if (!f->sorted)
		qsort(f->list, f->n, sizeof *f->list, compare);
}

/* Writes a row for the frames of one chunk, of which `list` has the first; returns where the next chunk begins. */
static const uint64_t *
put_chunk(FILE *f, const uint64_t *list, const uint64_t *end, const struct batch *b, const char *packet)
{
	uint64_t chunk = *list / CHUNK;
	unsigned char seen[CHUNK / 8] = { 0 };

	for (; list < end && *list / CHUNK == chunk; list++)
		seen[*list % CHUNK / 8] |= (unsigned char)(0x80 >> *list % 8);
	fprintf(f, "(%" PRId64 ", '%s', %u, X'", (int64_t)b->uids[chunk * CHUNK >> 32], packet,
	    (unsigned)(chunk * CHUNK & UINT32_MAX) / CHUNK);
	for (size_t i = 0; i < sizeof seen; i++)
		fprintf(f, "%02X", seen[i]);
	fputs("')", f);
	return list;
}

bool
frames_put(FILE *f, const struct batch *b, uint64_t these, const char *schema)
{
	struct frames frames = { 0 };
	const char *comma = "";

	for (size_t i = 0; i < layout_records_n; i++) {
		if (!(these & UINT64_C(1) << i) || tables[i].kind != TABLE_SAMPLE || !is_packet(&layout_records[i]))
			continue;
		gather(&frames, b, i);
		for (const uint64_t *at = frames.list, *end = at + frames.n; at < end; comma = ",\n") {
			if (*comma == '\0')
				fprintf(f, "INSERT INTO %s.frames AS t SELECT * FROM (VALUES ", schema);
			fputs(comma, f);
			at = put_chunk(f, at, end, b, layout_records[i].name);
		}
	}
	free(frames.list);
	/* in one order for all who write, so that no two wait for each other */
	if (*comma)
		fputs(") v ORDER BY 1, 2, 3 ON CONFLICT (session_uid, packet, chunk) DO UPDATE SET seen = t.seen | EXCLUDED.seen"
		    " WHERE EXCLUDED.seen <> t.seen & EXCLUDED.seen", f);
	return *comma;
}
