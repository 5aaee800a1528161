/* pcap: a datagram as a record of a network capture, with its addresses, ports and time of arrival
 * SPDX-License-Identifier: MIT
 *
 * The file is pcap with nanoseconds, little endian, and of LINKTYPE_RAW (101): IPv4 or IPv6 follows at once. What the
 * socket does not tell of the IP header is made up: no options, a time to live of 64.
 */
#ifndef PCAP_H
#define PCAP_H

#include "packet.h"
#include "udp.h"

enum { PCAP_FILE = 24, PCAP_HEAD = 16 + 40 + 8 };	/* bytes of the file's header; at most before a datagram */

extern const uint8_t pcap_file[PCAP_FILE];

/* Writes what stands before a datagram of the last batch, and sets its head. */
void pcap_head(struct datagram *, const struct udp *, struct msghdr *, uint8_t head[PCAP_HEAD]);

#endif
