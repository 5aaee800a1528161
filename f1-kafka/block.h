/* block: memory for what is on its way to the broker, which librdkafka is given instead of a copy
 * SPDX-License-Identifier: MIT
 *
 * Records and their JSON stand one behind the other in large blocks. A block counts who needs it: the one who fills it,
 * and each message that has something in it. When nobody does it is used again.
 */
#ifndef BLOCK_H
#define BLOCK_H

#include <stddef.h>
#include <stdint.h>

enum { BLOCK_SIZE = 1 << 20 };

struct block {
	unsigned users;
	struct block *next;	/* of the free ones */
	uint8_t bytes[BLOCK_SIZE];
};

/* At most so many blocks. */
void block_init(size_t max);

/* An empty block with one user, or NULL if all are in use or there is no memory. */
struct block *block_new(void);

/* Another user, and one less. */
static inline struct block *
block_use(struct block *b)
{
	b->users++;
	return b;
}

void block_drop(struct block *);

#endif
