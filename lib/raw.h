/* raw: datagrams back to back
 * SPDX-License-Identifier: MIT
 */
#ifndef RAW_H
#define RAW_H

#include "datagram.h"
#include "input.h"

/* Reads a raw stream to its end, or until no more is wanted, and hands each packet on. Garbage is skipped to the next
 * header that looks like one. */
void raw_read(struct input *, struct taker *);

#endif
