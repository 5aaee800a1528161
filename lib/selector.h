/* selector: which records, NAME[/CAR][/RATEhz], as f1-route's rules and f1-ws's URLs have it
 * SPDX-License-Identifier: MIT
 *
 * NAME is a record's name, a packet's id (all records of that packet) or "*"; CAR is an index or "player"; RATE thins
 * by session time, see thin_pass.
 */
#ifndef SELECTOR_H
#define SELECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "head.h"

enum { SELECTOR_ANY = -1, SELECTOR_PLAYER = -2 };

struct selector {
	const struct layout_record *kind;	/* NULL: whatever packet_id says */
	int packet_id;				/* SELECTOR_ANY: of all packets */
	int car;				/* index, SELECTOR_ANY or SELECTOR_PLAYER */
	double rate;				/* Hz; 0: all */
};

/* What is wrong with the n bytes of a text as a selector, or NULL and it is in the structure. */
const char *selector_parse(struct selector *, const char *text, size_t n);

/* Does the selector match the record of this head, the rate left aside? A record without a car matches no CAR. */
bool selector_match(const struct selector *, const struct head *);

/* Thins one selector's records to a rate. */
struct thin;

/* NULL when out of memory; to be freed by thin_free. */
struct thin *thin_new(double rate);
void thin_free(struct thin *);

/*
 * Does this record pass? Session time is cut into slots of 1 / rate seconds; of each kind of record and each car the
 * first frame of a slot passes, all its records with it. So all cars of a packet pass together, and where a packet tells
 * of one car only (session_history), each car has its turn. Time that goes back by more than a second (a flashback,
 * another lap of the same capture) counts from there. Each session, and each player in it, has a count of its own;
 * THIN_SESSIONS are remembered. When out of memory all pass.
 */
enum { THIN_SESSIONS = 32 };
bool thin_pass(struct thin *, const struct head *);

#endif
