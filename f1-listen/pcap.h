/* pcap: a datagram as a record of a network capture, with its addresses, ports and time of arrival
 * SPDX-License-Identifier: MIT
 */
#ifndef PCAP_H
#define PCAP_H

#include "packet.h"
#include "udp.h"
#include "wire.h"

/* Writes what stands before a datagram of the last batch, and sets its head. */
void pcap_head(struct datagram *, const struct udp *, struct msghdr *, uint8_t head[WIRE_HEADS]);

#endif
