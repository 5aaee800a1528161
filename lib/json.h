/* json: a record as one line of JSON
 * SPDX-License-Identifier: MIT
 *
 * The same map with the same keys in the same order. session_uid is 16 lower-case hex digits (JavaScript rounds large
 * integers), received_at an RFC 3339 time in UTC, a float32 the shortest text that reads back to it, NaN and infinities
 * are null, and what is no UTF-8 becomes U+FFFD.
 */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>
#include <stdint.h>

/* Room for the JSON of a record of n bytes, whatever it holds. */
#define JSON_ROOM(n) (8 * (size_t)(n) + 64)

/* Writes the record's JSON, without a newline or NUL, to `to`; its length, or 0 if the bytes are no map. */
size_t json_record(char *to, const uint8_t *record, size_t n);

#endif
