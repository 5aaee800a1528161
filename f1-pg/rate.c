/* rate: fewer samples of a kind than the game sends
 * SPDX-License-Identifier: MIT
 */
#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "rate.h"
#include "selector.h"
#include "timeline.h"

static struct {
	bool any;
	struct thin *thins[TIMELINE_TABLES];	/* by place in layout_records */
	struct head head;
} self;

const char *
rate_rule(const char *rule)
{
	const char *equals = strchr(rule, '='), *name = rule;
	char *end;
	double rate;
	size_t n;

	if (equals == NULL)
		return "has no =HZ";
	rate = strtod(equals + 1, &end);
	if (end == equals + 1 || *end != '\0' || !isfinite(rate) || rate <= 0 || rate > 1000)
		return "is not a rate above 0, up to 1000";
	for (; name <= equals; name += n + 1) {
		const struct layout_record *record;
		struct thin **thin;

		n = strcspn(name, ",=");
		if ((record = layout_record(name, n)) == NULL)
			return "is of no record";
		if (record->kind == LAYOUT_STATE || record->distinct)
			return "is of a record without a rate: its last value holds, or each one counts";
		thin = &self.thins[record - layout_records];
		thin_free(*thin);
		if ((*thin = thin_new(rate)) == NULL)
			err(EX_OSERR, NULL);
	}
	self.any = true;
	return NULL;
}

bool
rate_pass(const uint8_t *record, size_t n)
{
	struct thin *thin;

	if (!self.any || !head_read(&self.head, record, n) || self.head.kind == NULL)
		return true;
	thin = self.thins[self.head.kind - layout_records];
	return thin == NULL || thin_pass(thin, &self.head);
}
