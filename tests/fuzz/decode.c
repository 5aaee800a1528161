/* decode: the walker of the layouts, packet by packet: two bytes choose it, one how, then come its fields
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "bytes.h"
#include "decode.h"
#include "entry.h"
#include "form.h"
#include "json.h"
#include "layout.h"
#include "record.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	while (n >= 3) {
		const struct layout_packet *packet = &layout_packets[le16(data) % layout_packets_n], *looked;
		int64_t received_at = data[2] & 2 ? INT64_MAX : DECODE_NO_TIME;
		bool all = data[2] & 1;
		size_t take = n - 3 < packet->size ? n - 3 : packet->size, room = form_room(packet);
		struct decoded done;
		unsigned counted = 0;
		uint8_t *datagram = calloc(1, packet->size), *frames = malloc(room), *p;

		MUST(datagram && frames);
		memcpy(datagram, data + 3, take);
		put_le16(datagram, packet->format);
		datagram[layout_header(packet->format)->packet_id] = packet->id;
		MUST(layout_look(datagram, packet->size, &looked) == LOOK_PACKET && looked == packet);
		done = decode_packet(frames, packet, datagram, received_at, all);
		MUST(done.n <= room);
		for (p = frames; p < frames + done.n; counted++) {
			uint32_t length;
			char *line;

			MUST(frames + done.n - p > RECORD_HEADER);
			length = be32(p);
			p += RECORD_HEADER;
			MUST(length > 0 && length <= RECORD_MAX && length <= (size_t)(frames + done.n - p));
			MUST((line = malloc(JSON_ROOM(length))) != NULL);
			MUST(json_record(line, p, length) > 0);
			free(line);
			p += length;
		}
		MUST(counted == done.records);
		free(frames);
		free(datagram);
		data += 3 + take;
		n -= 3 + take;
	}
	return 0;
}
