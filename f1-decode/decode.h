/* decode: one packet to records
 * SPDX-License-Identifier: MIT
 */
#ifndef DECODE_H
#define DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout.h"

#define DECODE_NO_TIME INT64_MIN	/* received_at is not known */

struct decoded {
	size_t n;		/* bytes */
	unsigned records;
	uint32_t missing;	/* as session_frame tells */
};

/* Puts the records of a whole packet as frames to `to`, which has form_room() bytes. `all` emits everything; received_at
 * is in microseconds since 1970 or DECODE_NO_TIME. */
struct decoded decode_packet(uint8_t *to, const struct layout_packet *, const uint8_t *datagram, int64_t received_at, bool all);

#endif
