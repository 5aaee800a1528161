/* capture: pcap and pcapng
 * SPDX-License-Identifier: MIT
 */
#include "capture.h"
#include "decode.h"
#include "entry.h"
#include "input.h"
#include "stats.h"

static volatile unsigned sum;

static void
take(const struct layout_packet *packet, const uint8_t *datagram, int64_t received_at)
{
	const struct layout_packet *looked;

	MUST(decode_look(datagram, packet->size, &looked) == LOOK_PACKET && looked == packet);
	for (unsigned i = 0; i < packet->size; i++)
		sum += datagram[i];
	sum += (unsigned)received_at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t buffer[INPUT_SIZE];
	struct input in = { .name = "fuzz", .buffer = buffer };

	in.fd = file_of(data, n);
	stats_input();
	while (input_size(&in) < 4 && input_more(&in))
		continue;
	if (capture_is(in.buffer, input_size(&in)))
		capture_read(&in, take);
	close(in.fd);
	return 0;
}
