/* raw: datagrams back to back; the first byte says in pieces of what size they come
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <sys/socket.h>

#include "bytes.h"
#include "datagram.h"
#include "entry.h"
#include "input.h"
#include "raw.h"

static const uint8_t *whole;
static size_t whole_n, at, taken;

/* what is handed on lies in the input, in order and none of it twice */
static bool
take(const struct datagram *d)
{
	const struct layout_packet *packet = d->packet, *looked;
	const uint8_t *datagram = d->bytes;

	while (at + packet->size <= whole_n && memcmp(whole + at, datagram, packet->size) != 0)
		at++;
	MUST(at + packet->size <= whole_n);
	MUST(layout_look(datagram, packet->size, &looked) == LOOK_PACKET && looked == packet);
	at += packet->size;
	taken += packet->size;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t buffer[INPUT_SIZE];
	static struct count counts[TAKER_COUNTS];
	struct taker taker = { .take = take };
	struct input in = { .name = "fuzz", .buffer = buffer };
	int pair[2], size = 262144;
	size_t piece;

	if (n == 0 || n > 16384)
		return 0;
	piece = data[0] < 128 ? n : 1 + (size_t)(data[0] - 128) * 12;
	if (n / piece > 200)
		piece = n / 200 + 1;
	whole = data + 1;
	whole_n = n - 1;
	at = taken = 0;
	taker_init(&taker, counts);

	/* a message of this socket is what one read gets */
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) == 0);
	MUST(setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size) == 0);
	for (size_t i = 0; i < whole_n; i += piece) {
		size_t length = whole_n - i < piece ? whole_n - i : piece;

		MUST(write(pair[1], whole + i, length) == (ssize_t)length);
	}
	close(pair[1]);
	in.fd = pair[0];
	raw_read(&in, &taker);
	close(pair[0]);

	MUST(in.ended && !in.error);
	MUST(in.offset == whole_n);
	MUST(taken + counts[TAKER_SKIPPED].n == whole_n);
	return 0;
}
