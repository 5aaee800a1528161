/* head: the first keys of a record, which tell where it belongs; nothing behind them is read
 * SPDX-License-Identifier: MIT
 */
#ifndef HEAD_H
#define HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout.h"

enum { HEAD_NONE = -1 };

struct head {
	const struct layout_record *kind;	/* NULL if its name is none of layout_records */
	const char *name;			/* in the record, of name_n bytes */
	size_t name_n;
	unsigned packet_id, packet_format;
	uint64_t session_uid;
	float session_time;			/* seconds; whatever the game sent, even NaN */
	uint32_t frame_identifier;
	int64_t overall_frame_identifier;	/* HEAD_NONE before 2023 */
	int player_car_index;
	int64_t received_at;			/* microseconds since 1970, or HEAD_RECEIVED_NONE */
	int32_t key[2];				/* the index keys, as kind->keys names them, HEAD_NONE where there is none */
	int car;				/* the one of them that is "car", or HEAD_NONE */
};

#define HEAD_RECEIVED_NONE INT64_MIN

/* Reads the head of a record of n bytes. False if it does not begin with the keys that every record begins with, in
 * their order (f1-record(5)). What the structure holds from the record before makes this faster: zero it once, and
 * pass the same one each time. */
bool head_read(struct head *, const uint8_t *record, size_t n);

#endif
