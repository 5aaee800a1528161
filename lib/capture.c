/* capture: what is a capture
 * SPDX-License-Identifier: MIT
 */
#include "bytes.h"
#include "capture.h"

bool
capture_is(const uint8_t *p, size_t n)
{
	static const uint32_t magics[] = {
		0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1,	/* pcap with micro- and nanoseconds, either byte order */
		0x0a0d0d0a,					/* pcapng, the same in both */
	};

	for (size_t i = 0; n >= 4 && i < sizeof magics / sizeof magics[0]; i++)
		if (be32(p) == magics[i])
			return true;
	return false;
}
