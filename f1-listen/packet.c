/* packet: is a datagram one of the game's packets?
 * SPDX-License-Identifier: MIT
 */
#include <err.h>

#include "bytes.h"
#include "packet.h"
#include "udp.h"

void
packet_check(struct datagram *d)
{
	const struct layout_header *header;
	const struct layout_packet *packet;

	d->packet = NULL;
	d->uid = 0;
	d->why = PACKET_LENGTH;
	if (d->kept < 2)
		return;
	if ((header = layout_header(le16(d->data))) == NULL) {
		d->why = PACKET_FORMAT;
		return;
	}
	if (d->kept < header->size)
		return;
	if ((packet = layout_find(le16(d->data), d->data[header->packet_id])) == NULL) {
		d->why = PACKET_ID;
		return;
	}
	if (d->n != packet->size)
		return;
	d->why = PACKET_GOOD;
	d->packet = packet;
	d->uid = le64(d->data + header->session_uid);
}

static void
complain_length(const char *name, const uint8_t *data, size_t n, const char *fate)
{
	const struct layout_header *header;
	const struct layout_packet *packet;

	if (n < 2 || n < (header = layout_header(le16(data)))->size)
		warnx("%s: %zu bytes, shorter than the header of a packet: %s", name, n, fate);
	else {
		packet = layout_find(le16(data), data[header->packet_id]);
		warnx("%s: %u %s: %zu bytes, expected %u: %s", name, packet->format, packet->name, n, packet->size, fate);
	}
}

void
packet_complain(const struct datagram *d, const char *fate)
{
	char name[UDP_NAME];
	unsigned format;

	udp_name((const struct sockaddr *)d->from, d->from_size, name);
	switch (d->why) {
	case PACKET_FORMAT:
		format = le16(d->data);
		if (format > LAYOUT_YEAR_MAX && format < LAYOUT_YEAR_MAX + 10)
			warnx("%s: format %u is newer than this program (%d to %d): %s", name, format, LAYOUT_YEAR_MIN,
			    LAYOUT_YEAR_MAX, fate);
		else
			warnx("%s: %zu bytes, no F1 packet (format %u): %s", name, d->n, format, fate);
		break;
	case PACKET_ID:
		format = le16(d->data);
		warnx("%s: %zu bytes, format %u has no packet %u: %s", name, d->n, format,
		    d->data[layout_header(format)->packet_id], fate);
		break;
	default:
		complain_length(name, d->data, d->n, fate);
	}
}
