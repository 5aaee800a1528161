/* packet: is a datagram one of the game's packets?
 * SPDX-License-Identifier: MIT
 */
#ifndef PACKET_H
#define PACKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "look.h"
#include "udp.h"

/* a datagram on its way through the program; everything it points to holds until the next batch */
struct datagram {
	const uint8_t *data;
	size_t n, kept;			/* its length, and the bytes of it that we have */
	const struct sockaddr_in6 *from;	/* an IPv4 address if the family says so */
	socklen_t from_size;

	/* what look_datagram makes of it */
	enum look look;
	const struct layout_packet *packet;	/* NULL if it is none */
	uint64_t uid;			/* of the session; 0 outside one */

	/* pcap_head; nothing in a raw stream */
	const uint8_t *head;
	size_t head_n;
	bool wanted;			/* goes to stdout and into the files */
};

/* Number i of the batch that was taken last, looked at. */
void packet_take(struct datagram *, const struct udp *, int i);

/* A line on stderr that names the sender, what was found and what was expected, and the FATE, such as "left out". */
void packet_complain(const struct datagram *, const char *fate);

#endif
