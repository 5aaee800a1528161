/* block: memory for what is on its way to the broker
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "block.h"

static struct {
	size_t n, max;
	struct block *unused;
} self;

void
block_init(size_t max)
{
	self.max = max;
}

struct block *
block_new(void)
{
	struct block *b = self.unused;

	if (b)
		self.unused = b->next;
	else {
		/* zeros, so that what may be read behind a record (RECORD_SLACK) is always something */
		if (self.n == self.max || (b = calloc(1, sizeof *b)) == NULL)
			return NULL;
		self.n++;
	}
	b->users = 1;
	return b;
}

void
block_drop(struct block *b)
{
	if (--b->users == 0) {
		b->next = self.unused;
		self.unused = b;
	}
}
