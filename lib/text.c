/* text: untrusted bytes as UTF-8
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "text.h"

int
text_character(const uint8_t *p, const uint8_t *end)
{
	uint8_t low = 0x80, high = 0xbf;	/* what the second byte may be */
	int n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return -1;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	switch (p[0]) {		/* neither overlong, nor surrogates, nor beyond U+10FFFF */
	case 0xe0:
		low = 0xa0;
		break;
	case 0xed:
		high = 0x9f;
		break;
	case 0xf0:
		low = 0x90;
		break;
	case 0xf4:
		high = 0x8f;
		break;
	}
	for (int i = 1; i < n; i++) {
		if (p + i == end || p[i] < low || p[i] > high)
			return -i;
		low = 0x80;
		high = 0xbf;
	}
	return n;
}

size_t
text_clean(uint8_t *to, const uint8_t *from, size_t n)
{
	const uint8_t *end = from + n;
	uint8_t *begin = to;

	while (from < end) {
		int length = text_character(from, end);

		if (length > 0) {
			memcpy(to, from, (size_t)length);
			to += length;
			from += length;
		} else {
			memcpy(to, "\xef\xbf\xbd", 3);
			to += 3;
			from -= length;
		}
	}
	return (size_t)(to - begin);
}
