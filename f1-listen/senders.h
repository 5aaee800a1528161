/* senders: who sends how much
 * SPDX-License-Identifier: MIT
 */
#ifndef SENDERS_H
#define SENDERS_H

#include "count.h"
#include "packet.h"

enum { SENDERS_MAX = 32, SENDERS_COUNTS = 2 * SENDERS_MAX };	/* the last one stands for all others */

/* Counts a datagram that packet_take has looked at. */
void senders_count(const struct datagram *);

/* The counters as they are now; how many of them. */
size_t senders_report(struct count counts[SENDERS_COUNTS]);

#endif
