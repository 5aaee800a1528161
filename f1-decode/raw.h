/* raw: datagrams back to back
 * SPDX-License-Identifier: MIT
 */
#ifndef RAW_H
#define RAW_H

#include <stdint.h>

#include "input.h"
#include "layout.h"

/* Reads a raw stream to its end and hands each packet on. Garbage is skipped to the next header that looks like one. */
void raw_read(struct input *, void (*packet)(const struct layout_packet *, const uint8_t *datagram));

#endif
