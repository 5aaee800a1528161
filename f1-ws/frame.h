/* frame: a WebSocket message of a server in one frame (RFC 6455, section 5.2): the same bytes for every client
 * SPDX-License-Identifier: MIT
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

enum { FRAME_HEAD = 10 };	/* bytes, at most */

/* Writes the head of a message of n bytes; its length. */
static inline size_t
frame_head(uint8_t *to, size_t n, bool binary)
{
	to[0] = binary ? 0x82 : 0x81;
	if (n < 126) {
		to[1] = (uint8_t)n;
		return 2;
	}
	if (n <= UINT16_MAX) {
		to[1] = 126;
		put_be16(to + 2, (uint16_t)n);
		return 4;
	}
	to[1] = 127;
	put_be64(to + 2, n);
	return 10;
}

#endif
