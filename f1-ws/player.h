/* player: the player's car as one flat object, made of four records
 * SPDX-License-Identifier: MIT
 *
 * It has every field that car_telemetry, lap_data, car_status and car_damage have in any year, under the name and in the
 * unit of the newest one, so that its set of fields never changes: what a year or a game has not sent is 0. A value that
 * is no number leaves the one before.
 */
#ifndef PLAYER_H
#define PLAYER_H

#include <stdbool.h>

#include "head.h"

void player_init(void);

/* Takes what a record tells of the player's car. True if it told anything. */
bool player_take(const struct head *, const uint8_t *record, size_t n);

/* The object as a record, and its head; valid until the next call. */
size_t player_record(struct head *, const uint8_t **record);

#endif
