/* out: datagrams to stdout, raw or as pcap, or to a UDP socket
 * SPDX-License-Identifier: MIT
 */
#ifndef OUT_H
#define OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "datagram.h"

extern struct out {
	uint64_t packets, bytes;	/* written */
	uint64_t unsent;		/* datagrams that the network did not take */
	bool gone;			/* nobody reads stdout any more */
	int status;			/* of the program if writing failed, which was said */
} out;

enum out_kind { OUT_RAW, OUT_PCAP, OUT_UDP };

/* To stdout, or to HOST:PORT. Ends the program if that cannot be had. */
void out_open(enum out_kind, const char *where);

/* Takes a datagram, whose bytes are copied; `time`, in nanoseconds since 1970, is for pcap. */
void out_datagram(const struct datagram *, int64_t time);

/* Writes what has been taken. */
void out_flush(void);

/* Is there more to come? False when nobody reads any more or writing failed. */
bool out_open_still(void);

#endif
