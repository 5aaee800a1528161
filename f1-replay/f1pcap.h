/* f1pcap: the captures of Pits n' Giggles
 * SPDX-License-Identifier: MIT
 */
#ifndef F1PCAP_H
#define F1PCAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "datagram.h"
#include "input.h"

enum { F1PCAP_HEADER = 12 };	/* bytes that f1pcap_is wants */

bool f1pcap_is(const uint8_t *p, size_t n);

/* Reads it to its end, or until no more is wanted, and hands each packet on; they have no time, see f1pcap.c. False if it
 * is damaged: `why`, of CAPTURE_WHY bytes, says that. */
bool f1pcap_read(struct input *, struct taker *, char *why);

#endif
