/* packets: what the game sends of the race, and when
 * SPDX-License-Identifier: MIT
 */
#ifndef PACKETS_H
#define PACKETS_H

#include <stdint.h>

/* Everything that does not change in the race. */
void packets_init(uint64_t session_uid);

/* One packet of the lobby before the session, if the year has it. */
void packets_lobby(void);

/* All packets of a frame of the game; the first one brings one of each kind. */
void packets_frame(uint32_t frame);

/* The end of the session: event, classification, the histories once more. */
void packets_end(void);

/* The classification again, `later` seconds after the end. */
void packets_results(double later);

#endif
