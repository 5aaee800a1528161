/* produce: a bare librdkafka producer, to measure f1-kafka by: values from memory to one topic, nothing copied
 * SPDX-License-Identifier: MIT
 *
 * usage: produce frames|lines|frames+ FILE TOPIC NAME=VALUE...   frames+: with a key and three headers, as f1-kafka's
 */
#include <err.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <fcntl.h>

#include "bytes.h"

static size_t failed;

static void
on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
	(void)rk;
	(void)opaque;
	failed += m->err != 0;
}

int
main(int argc, char *argv[])
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_topic_t *topic;
	rd_kafka_t *rk;
	char why[512], *data, *p, *end;
	rd_kafka_headers_t *headers;
	struct stat st;
	unsigned messages = 0;
	int fd;

	if (argc < 4)
		errx(64, "usage: produce frames|lines FILE TOPIC NAME=VALUE...");
	for (int i = 4; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (value == NULL)
			errx(64, "%s", argv[i]);
		*value++ = '\0';
		if (rd_kafka_conf_set(conf, argv[i], value, why, sizeof why) != RD_KAFKA_CONF_OK)
			errx(64, "%s", why);
	}
	rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
	if ((rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why)) == NULL)
		errx(64, "%s", why);
	topic = rd_kafka_topic_new(rk, argv[3], NULL);
	if ((fd = open(argv[2], O_RDONLY)) == -1 || fstat(fd, &st) == -1)
		err(74, "%s", argv[2]);
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	end = data + st.st_size;
	headers = rd_kafka_headers_new(3);
	rd_kafka_header_add(headers, "packet_id", -1, "6", -1);
	rd_kafka_header_add(headers, "packet_format", -1, "2025", -1);
	rd_kafka_header_add(headers, "content-type", -1, "application/msgpack", -1);
	for (p = data; p < end; messages++) {
		char *value = p;
		size_t n;
		int full;

		if (argv[1][0] == 'f') {
			n = be32((uint8_t *)p);
			value = p + 4;
			p = value + n;
		} else {
			p = memchr(p, '\n', (size_t)(end - p));
			n = (size_t)(p++ - value);
		}
		do {
			if (strcmp(argv[1], "frames+") == 0) {
				char key[] = "0123456789abcdef-00";
				rd_kafka_headers_t *copy = rd_kafka_headers_copy(headers);
				rd_kafka_vu_t parts[] = {
					{ .vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = topic },
					{ .vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = { value, n } },
					{ .vtype = RD_KAFKA_VTYPE_KEY, .u.mem = { key, sizeof key - 1 } },
					{ .vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = copy },
				};
				rd_kafka_error_t *error;

				key[17] = (char)('0' + messages % 20 / 10);
				key[18] = (char)('0' + messages % 10);
				error = rd_kafka_produceva(rk, parts, sizeof parts / sizeof parts[0]);
				full = error && rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__QUEUE_FULL;
				if (error) {
					rd_kafka_headers_destroy(copy);
					rd_kafka_error_destroy(error);
				}
			} else
				full = rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, 0, value, n, NULL, 0, NULL) == -1 &&
				    rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL;
			if (full)
				rd_kafka_poll(rk, 100);
		} while (full);
		rd_kafka_poll(rk, 0);
	}
	while (rd_kafka_outq_len(rk) > 0)
		rd_kafka_poll(rk, 100);
	rd_kafka_headers_destroy(headers);
	rd_kafka_topic_destroy(topic);
	rd_kafka_destroy(rk);
	return failed ? 75 : 0;
}
