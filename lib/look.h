/* look: is a whole datagram one of the game's packets, and if not, why?
 * SPDX-License-Identifier: MIT
 */
#ifndef LOOK_H
#define LOOK_H

#include "layout.h"

enum { LOOK_WORDS = 120 };

/* Looks at a datagram of n bytes, of which the first `kept` are at p, for LOOK_PACKET with *packet, or the first reason
 * against it: LOOK_FORMAT, LOOK_ID, or LOOK_LENGTH if it is not exactly as long as that packet. */
enum look look_datagram(const uint8_t *p, size_t kept, size_t n, const struct layout_packet **packet);

/* What was found and what was expected: "2023 lap_data: 1130 bytes, expected 1131". */
void look_words(const uint8_t *p, size_t kept, size_t n, char words[LOOK_WORDS]);

#endif
