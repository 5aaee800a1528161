/* packet: is a datagram one of the game's packets?
 * SPDX-License-Identifier: MIT
 */
#ifndef PACKET_H
#define PACKET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* why not: the name, and what the counter's help says */
#define PACKET_REASONS(X) \
	X(FORMAT, "format") \
	X(ID, "id") \
	X(LENGTH, "length")

enum packet_reason {
	PACKET_GOOD,
#define X(reason, name) PACKET_##reason,
	PACKET_REASONS(X)
#undef X
	PACKET_ALL
};

/* PACKET_GOOD, or the first reason against it: the format (year) is none that we know, the format has no such packet
 * id, or the datagram is not exactly as long as that packet is. `n` is the true length, of which `kept` bytes are there. */
enum packet_reason packet_check(const uint8_t *data, size_t n, size_t kept);

/* A line on stderr that names the sender, what was found and what was expected. */
void packet_complain(enum packet_reason, const uint8_t *data, size_t n, const struct sockaddr *from, socklen_t size);

#endif
