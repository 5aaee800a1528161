/* probe: who sends what, and how well it comes; or why nothing comes
 * SPDX-License-Identifier: MIT
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>

#include "frames.h"
#include "packet.h"
#include "udp.h"

enum { PROBE_SENDERS = 32 };		/* the last one stands for all others */
enum { PROBE_TWICE = 512 };		/* datagrams among which one is looked for again */

struct probe_sender {
	struct sockaddr_in6 from;
	char name[UDP_NAME];
	int64_t since;			/* nanoseconds of the monotonic clock: its first datagram, or the session's */
	uint64_t datagrams, bytes;
	uint64_t rejected[LOOK_LENGTH + 1];
	char words[LOOK_LENGTH + 1][LOOK_WORDS];	/* the first of each kind */

	/* of its packets */
	uint64_t packets, twice;	/* all, and those that had come before */
	uint64_t kinds[LAYOUT_IDS];	/* of each id since then, but those that had come before */
	uint64_t hashes[PROBE_TWICE];
	unsigned hashes_at;
	unsigned format;		/* the last one, 0 for none */
	uint64_t uid;			/* the last session */
	unsigned sessions;
	bool known;			/* a session packet told these; -1 where its format has none */
	int game_year, major, minor, type, track, paused;
	int player;			/* the car's index, 255 for none */
	bool restricted[LAYOUT_CARS_MAX];
	uint8_t number[LAYOUT_CARS_MAX], status[LAYOUT_CARS_MAX];	/* race number; result_status, 0 if unknown */
	struct frames frames;
};

struct probe {
	const struct udp *udp;
	double seconds;			/* that it took */
	int64_t end;			/* when it ended, as probe_sender.since */
	struct probe_sender *senders;
	int senders_n;
	uint64_t packets;		/* of the game, from all */
	uint64_t unclaimed;		/* datagrams that came meanwhile to ports that no program has */
	unsigned taken;			/* the port that cannot be had because others have it, or 0 */
};

/* Listens for some seconds, or until we are asked to stop, reports, and ends the program: with 0 if a game was heard, else
 * with 69. */
_Noreturn void probe(const struct udp_want *, unsigned seconds, bool json);

/* What was found, on stdout. */
void report(const struct probe *, bool json);

#endif
