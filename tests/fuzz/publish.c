/* publish: f1-ws's way from records to the messages of clients
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "bytes.h"
#include "entry.h"
#include "feed.h"
#include "player.h"
#include "record.h"

static struct place places[4];

/* whole frames of a server, and objects in those of text */
static void
walk(const uint8_t *p, size_t n, bool binary)
{
	const uint8_t *end = p + n;

	while (p < end) {
		uint64_t length;
		size_t head = 2;

		MUST(end - p >= 2 && p[0] == (binary ? 0x82 : 0x81) && p[1] <= 127);
		length = p[1];
		if (length == 126) {
			MUST(end - p >= 4);
			length = be16(p + 2);
			head = 4;
		} else if (length == 127) {
			MUST(end - p >= 10);
			length = be64(p + 2);
			head = 10;
		}
		p += head;
		MUST(length > 0 && (uint64_t)(end - p) >= length);
		MUST(binary || (p[0] == '{' && p[length - 1] == '}'));
		p += length;
	}
}

static void
take_all(bool slow)
{
	for (int i = 0; i < 4; i++) {
		const uint8_t *bytes;
		size_t n;

		while (!(slow && i == 3) && (n = feed_take(&places[i], &bytes)) > 0)
			walk(bytes, n, i == 1);
	}
	feed_sent();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct head head;
	size_t length;

	if (places[0].feed == NULL) {
		feed_init();
		player_init();
		MUST(feed_join(&places[0], "*", false) == NULL && feed_join(&places[1], "*/20hz", true) == NULL);
		MUST(feed_join(&places[2], "player,lap_data/player/5hz", false) == NULL && feed_join(&places[3], "*", false) == NULL);
	}
	for (; n >= RECORD_HEADER; data += length, n -= length) {
		const uint8_t *object;
		struct head merged;
		uint8_t *record;

		length = be32(data);
		data += RECORD_HEADER;
		n -= RECORD_HEADER;
		if (length == 0 || length > RECORD_MAX || length > n)
			break;
		/* of its own size, so that a step too far shows */
		MUST((record = malloc(length + RECORD_SLACK)) != NULL);
		memset(record + length, 0x55, RECORD_SLACK);
		memcpy(record, data, length);
		if (head_read(&head, record, length)) {
			feed_publish(&head, record, length, false);
			if (player_take(&head, record, length)) {
				size_t object_n = player_record(&merged, &object);

				feed_publish(&merged, object, object_n, true);
			}
		}
		memset(&head, 0, sizeof head);	/* it points into the record */
		free(record);
		take_all(length % 2);
	}
	take_all(false);
	for (int i = 0; i < 4; i++)
		MUST(feed_even(&places[i]));
	return 0;
}
