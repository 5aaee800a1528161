/* f1pcap: the captures of Pits n' Giggles
 * SPDX-License-Identifier: MIT
 */
#include "capture.h"
#include "datagram.h"
#include "entry.h"
#include "f1pcap.h"
#include "input.h"

static volatile unsigned sum;

static bool
take(const struct datagram *d)
{
	const struct layout_packet *looked;

	MUST(layout_look(d->bytes, d->packet->size, &looked) == LOOK_PACKET && looked == d->packet);
	MUST(d->time == DATAGRAM_NO_TIME && d->ip == NULL);
	for (size_t i = 0; i < d->packet->size; i++)
		sum += d->bytes[i];
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static uint8_t buffer[INPUT_SIZE];
	static struct count counts[TAKER_COUNTS];
	struct taker taker = { .take = take };
	char why[CAPTURE_WHY] = "";
	struct input in = { .name = "fuzz", .buffer = buffer };

	in.fd = file_of(data, n);
	taker_init(&taker, counts);
	while (input_size(&in) < F1PCAP_HEADER && input_more(&in))
		continue;
	if (f1pcap_is(in.buffer, input_size(&in))) {
		bool good = f1pcap_read(&in, &taker, why);

		/* read to its end, or told why not */
		MUST(good ? in.offset == n && counts[TAKER_TORN].n == 0 : why[0] != '\0' && counts[TAKER_TORN].n <= 1);
	}
	close(in.fd);
	return 0;
}
