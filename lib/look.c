/* look: is a whole datagram one of the game's packets, and if not, why?
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "bytes.h"
#include "look.h"

enum look
look_datagram(const uint8_t *p, size_t kept, size_t n, const struct layout_packet **packet)
{
	enum look look = layout_look(p, kept, packet);

	if (look == LOOK_SHORT || (look == LOOK_PACKET && n != (*packet)->size))
		return LOOK_LENGTH;
	return look;
}

void
look_words(const uint8_t *p, size_t kept, size_t n, char words[LOOK_WORDS])
{
	const struct layout_packet *packet;
	unsigned format = kept < 2 ? 0 : le16(p);

	switch (layout_look(p, kept, &packet)) {
	case LOOK_SHORT:
		snprintf(words, LOOK_WORDS, "%zu bytes, shorter than the header of a packet", n);
		break;
	case LOOK_FORMAT:
		if (format > LAYOUT_YEAR_MAX && format < LAYOUT_YEAR_MAX + 10)
			snprintf(words, LOOK_WORDS, "format %u is newer than this program (%d to %d)", format, LAYOUT_YEAR_MIN,
			    LAYOUT_YEAR_MAX);
		else
			snprintf(words, LOOK_WORDS, "%zu bytes, no F1 packet (format %u)", n, format);
		break;
	case LOOK_ID:
		snprintf(words, LOOK_WORDS, "%zu bytes, format %u has no packet %u", n, format,
		    p[layout_header(format)->packet_id]);
		break;
	default:
		snprintf(words, LOOK_WORDS, "%u %s: %zu bytes, expected %u", format, packet->name, n, packet->size);
	}
}
