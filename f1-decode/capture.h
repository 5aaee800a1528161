/* capture: datagrams in a pcap or pcapng file, with the times of their arrival
 * SPDX-License-Identifier: MIT
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "input.h"
#include "layout.h"

/* Do these first bytes say pcap or pcapng? At least 4 are looked at; false if there are less. */
bool capture_is(const uint8_t *p, size_t n);

/* Reads a capture to its end and hands each packet on with its time in microseconds since 1970; what is no F1 packet is
 * counted. False if it is damaged, or of a link type without IP, which was said. */
bool capture_read(struct input *, void (*packet)(const struct layout_packet *, const uint8_t *datagram, int64_t received_at));

#endif
