/* packet: is a datagram one of the game's packets?
 * SPDX-License-Identifier: MIT
 */
#include <err.h>

#include "bytes.h"
#include "layout.h"
#include "packet.h"
#include "udp.h"

enum packet_reason
packet_check(const uint8_t *data, size_t n, size_t kept)
{
	const struct layout_header *header;
	const struct layout_packet *packet;

	if (kept < 2)
		return PACKET_LENGTH;
	if ((header = layout_header(le16(data))) == NULL)
		return PACKET_FORMAT;
	if (kept < header->size)
		return PACKET_LENGTH;
	if ((packet = layout_find(le16(data), data[header->packet_id])) == NULL)
		return PACKET_ID;
	return n == packet->size ? PACKET_GOOD : PACKET_LENGTH;
}

static void
complain_length(const char *name, const uint8_t *data, size_t n)
{
	const struct layout_header *header;
	const struct layout_packet *packet;

	if (n < 2 || n < (header = layout_header(le16(data)))->size)
		warnx("%s: %zu bytes, shorter than the header of a packet: left out", name, n);
	else {
		packet = layout_find(le16(data), data[header->packet_id]);
		warnx("%s: %u %s: %zu bytes, expected %u: left out", name, packet->format, packet->name, n, packet->size);
	}
}

void
packet_complain(enum packet_reason reason, const uint8_t *data, size_t n, const struct sockaddr *from, socklen_t size)
{
	char name[UDP_NAME];
	unsigned format;

	udp_name(from, size, name);
	switch (reason) {
	case PACKET_FORMAT:
		format = le16(data);
		if (format > LAYOUT_YEAR_MAX && format < LAYOUT_YEAR_MAX + 10)
			warnx("%s: format %u is newer than this program (%d to %d): left out", name, format, LAYOUT_YEAR_MIN,
			    LAYOUT_YEAR_MAX);
		else
			warnx("%s: %zu bytes, no F1 packet (format %u): left out", name, n, format);
		break;
	case PACKET_ID:
		format = le16(data);
		warnx("%s: %zu bytes, format %u has no packet %u: left out", name, n, format,
		    data[layout_header(format)->packet_id]);
		break;
	default:
		complain_length(name, data, n);
	}
}
