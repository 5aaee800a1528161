/* told: a record that tells the overall frame that was made for it
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "bytes.h"
#include "record.h"
#include "told.h"

size_t
told(uint8_t *to, const uint8_t *record, size_t n, int32_t overall)
{
	static const char key[] = "\xb8" "overall_frame_identifier\xce";
	size_t head = record[0] >> 4 == 0x8 ? 1 : 3, pairs = head == 1 ? record[0] & 0xf : be16(record + 1);
	uint8_t *at = to + 3;

	if ((head == 3 && record[0] != 0xde) || pairs == UINT16_MAX || n + 2 + sizeof key - 1 + 4 > RECORD_MAX)
		return 0;
	to[0] = 0xde;
	put_be16(to + 1, (uint16_t)(pairs + 1));
	memcpy(at, record + head, n - head);
	at += n - head;
	memcpy(at, key, sizeof key - 1);
	at += sizeof key - 1;
	put_be32(at, (uint32_t)overall);
	return (size_t)(at + 4 - to);
}
