/* f1pcap: the captures of Pits n' Giggles
 * SPDX-License-Identifier: MIT
 *
 * Its source (github.com/ashwin-nat/pits-n-giggles, versions 1.0 and 1.1 of the format) tells:
 *
 *	6	"F1UDP" and a NUL
 *	1	flags: bit 0 payloads are compressed, each by itself, by zlib; no others so far
 *	1	bit 7 the entries are little endian, else big; bits 4 to 6 major, 0 to 3 minor version
 *	4	number of packets, always little endian
 *
 * and then entries to the end of the file:
 *
 *	4	time, seconds since 1970 as a float32
 *	4	length
 *	n	payload, a datagram
 *
 * That float has a step of 128 seconds, so it is no use.
 */
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "bytes.h"
#include "capture.h"
#include "f1pcap.h"

enum { ENTRY = 8, STORED_MAX = 65536, COMPRESSED = 1 };

bool
f1pcap_is(const uint8_t *p, size_t n)
{
	return n >= 6 && memcmp(p, "F1UDP", 6) == 0;
}

/* are n bytes there? */
static bool
want(struct input *in, size_t n)
{
	while (input_size(in) < n)
		if (!input_more(in))
			return false;
	return true;
}

bool
f1pcap_read(struct input *in, struct taker *taker, char *why)
{
	static uint8_t plain[STORED_MAX];
	bool little, compressed;
	uintmax_t number = 0;
	uint32_t promised;

	if (!want(in, F1PCAP_HEADER)) {
		snprintf(why, CAPTURE_WHY, "an .f1pcap whose header is cut off");
		goto torn;
	}
	compressed = in->buffer[in->begin + 6] & COMPRESSED;
	little = in->buffer[in->begin + 7] & 0x80;
	promised = le32(in->buffer + in->begin + 8);
	if (in->buffer[in->begin + 6] & ~COMPRESSED || (in->buffer[in->begin + 7] >> 4 & 7) != 1) {
		snprintf(why, CAPTURE_WHY, "an .f1pcap of version %u with flags %#x, expected version 1 and flags 0 or 1",
		    in->buffer[in->begin + 7] >> 4 & 7, in->buffer[in->begin + 6]);
		return false;
	}
	input_use(in, F1PCAP_HEADER);
	while (want(in, ENTRY)) {
		const uint8_t *p = in->buffer + in->begin;
		uint32_t n = little ? le32(p + 4) : be32(p + 4);
		struct datagram d = { .time = DATAGRAM_NO_TIME };
		uLongf size = n;

		if (n > STORED_MAX) {
			snprintf(why, CAPTURE_WHY, "after %ju packets: one of %ju bytes", number, (uintmax_t)n);
			goto torn;
		}
		if (!want(in, ENTRY + n))
			break;
		d.bytes = in->buffer + in->begin + ENTRY;
		number++;
		if (compressed) {
			size = sizeof plain;
			if (uncompress(plain, &size, d.bytes, n) != Z_OK) {
				snprintf(why, CAPTURE_WHY, "packet %ju does not decompress", number);
				goto torn;
			}
			d.bytes = plain;
		}
		if ((d.packet = taker_look(taker, in->name, number, d.bytes, size)) != NULL && !taker->take(&d))
			return true;
		input_use(in, ENTRY + n);
	}
	if (input_size(in) == 0 && number >= promised)
		return true;
	snprintf(why, CAPTURE_WHY, "after %ju packets of %ju: cut off", number, (uintmax_t)promised);
torn:
	taker->counts[TAKER_TORN].n++;
	return false;
}
