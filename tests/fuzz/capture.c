/* capture: pcap and pcapng
 * SPDX-License-Identifier: MIT
 */
#include "capture.h"
#include "datagram.h"
#include "entry.h"
#include "input.h"

static volatile unsigned sum;

static bool
take(const struct datagram *d)
{
	const struct layout_packet *looked;

	MUST(layout_look(d->bytes, d->packet->size, &looked) == LOOK_PACKET && looked == d->packet);
	MUST(d->ip < d->bytes);
	for (const uint8_t *p = d->ip; p < d->bytes + d->packet->size; p++)
		sum += *p;
	sum += (unsigned)d->time;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t buffer[INPUT_SIZE];
	static struct count counts[TAKER_COUNTS];
	struct taker taker = { .take = take };
	char why[CAPTURE_WHY];
	struct input in = { .name = "fuzz", .buffer = buffer };

	in.fd = file_of(data, n);
	taker_init(&taker, counts);
	while (input_size(&in) < 4 && input_more(&in))
		continue;
	if (capture_is(in.buffer, input_size(&in)))
		capture_read(&in, &taker, why);
	close(in.fd);
	return 0;
}
