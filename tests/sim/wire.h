/* wire: values by name into the datagrams of a year; names are looked up once, at the start
 * SPDX-License-Identifier: MIT
 */
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "fields.h"

/* packet ids */
enum {
	MOTION, SESSION, LAP_DATA, EVENT, PARTICIPANTS, CAR_SETUPS, CAR_TELEMETRY, CAR_STATUS, FINAL_CLASSIFICATION, LOBBY_INFO,
	CAR_DAMAGE, SESSION_HISTORY, TYRE_SETS, MOTION_EX, TIME_TRIAL, LAP_POSITIONS, CAR_TELEMETRY_2
};

/* what the packet header says of the moment */
struct moment {
	uint64_t session_uid;
	double session_time;
	uint32_t frame, overall_frame;
	int player, secondary_player;
};

/* Binds the names to the layouts of a year. Ends the program if a layout has a name that no list in fields.h has. */
void wire_init(unsigned year);

/* Does the year have this packet? */
int wire_has(unsigned id);

/* Cars in the longest array. */
int wire_cars(void);

/* Does the packet come with every frame? */
int wire_every_frame(unsigned id);

/* What the header says of the game, from the list of the session. */
void wire_game(const struct session_fields *);

/* One set of values for the record of a packet, at its index in the array (0 if there is none) and in the inner one. */
void wire_put(unsigned id, const char *record, int i, int j, const void *fields);

/* Values of the cars from 0 to n - 1. */
void wire_put_cars(unsigned id, const struct car_fields *, int n);

/* A text, cut with an ellipsis where it does not fit. */
void wire_text(unsigned id, const char *record, int i, const char *name, const char *text);

/* Sets all bytes of the packet but the header to 0. */
void wire_clear(unsigned id);

/* The finished datagram, good until the next call; *n are its bytes. */
const uint8_t *wire_datagram(unsigned id, const struct moment *, size_t *n);

/* The datagram of an event, or NULL if the year does not know it. */
const uint8_t *wire_event(const char *code, const struct event_fields *, const struct moment *, size_t *n);

#endif
