/* packets: what the game sends of the race, and when
 * SPDX-License-Identifier: MIT
 */
#ifndef PACKETS_H
#define PACKETS_H

#include <stdint.h>

struct car;
struct moment;

/* Everything that does not change in the race. */
void packets_init(uint64_t session_uid);

/* From now on another session, of the race's kind; with the same link if it is the old one, loaded again. */
void packets_session(uint64_t session_uid, uint32_t link);

/* What the header says now. */
const struct moment *packets_moment(void);

/* By the kind of the race. */
int packets_session_type(void);

/* The name that the game gives to a car. */
const char *packets_name(const struct car *);

/* Is its setup blank? Those of others online are, whatever they allow. */
int packets_hides_setup(const struct car *);

/* One packet of the lobby before the session, if the year has it. */
void packets_lobby(void);

/* All packets of a frame of the game; the first one brings one of each kind. */
void packets_frame(uint32_t frame, uint32_t overall_frame);

/* After race.time was set back: the rates begin anew. */
void packets_rewind(void);

/* The event of a flashback to a frame, sent as long as the old time holds. */
void packets_flashback(uint32_t frame, double time);

/* What the menus send, of no session: a button, and a penalty with the time of the session before. */
void packets_menu(double stale_time);

/* The player has left the session before its end. */
void packets_leave(void);

/* The end of the session: event, classification, the histories once more. */
void packets_end(void);

/* The classification again, `later` seconds after the end. */
void packets_results(double later);

#endif
