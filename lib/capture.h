/* capture: datagrams in a pcap or pcapng file, with the times of their arrival
 * SPDX-License-Identifier: MIT
 *
 * capture_read needs libpcap, so it is no part of libf1.a: the programs that read captures link lib/pcap.c beside the
 * library, or lib/nopcap.c, whose words say that there is none.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "datagram.h"
#include "input.h"

enum { CAPTURE_WHY = 512 };	/* bytes for the words of an error */

/* Do these first bytes say pcap or pcapng? At least 4 are looked at; false if there are fewer. */
bool capture_is(const uint8_t *p, size_t n);

/* Reads a capture to its end, or until no more is wanted, and hands each packet on with its time; what is no F1 packet
 * is rejected. False if it is damaged, or of a link type without IP: `why`, of CAPTURE_WHY bytes, says that. */
bool capture_read(struct input *, struct taker *, char *why);

#endif
