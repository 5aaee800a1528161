/* kafka-mock: a broker that is not yet the leader of a new topic for the first batch it gets, and is for the next one; or one
 * that is far away
 * usage: kafka-mock TOPIC [MS]   prints HOST:PORT, and goes on to the end of stdin; with MS each answer takes so long
 * SPDX-License-Identifier: MIT
 *
 * A real broker does the first for some milliseconds after it made a topic, but not when it is asked to, and is never far
 * from loopback.
 */
#include <err.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>

enum { PRODUCE = 0, LATER = 500 };	/* the key of a request in Kafka's protocol; ms, for further batches to be on their way */

int
main(int argc, char *argv[])
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[512];
	rd_kafka_t *rk;
	rd_kafka_mock_cluster_t *broker;

	if (argc < 2 || argc > 3)
		errx(64, "usage: kafka-mock TOPIC [MS]");
	rd_kafka_conf_set(conf, "log_level", "4", why, sizeof why);	/* it has no broker itself */
	if ((rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why)) == NULL)
		errx(70, "%s", why);
	if ((broker = rd_kafka_mock_cluster_new(rk, 1)) == NULL)
		errx(70, "no cluster");
	if (rd_kafka_mock_topic_create(broker, argv[1], 1, 1))
		errx(70, "no topic");
	if (argc == 3 ? rd_kafka_mock_broker_set_rtt(broker, 1, atoi(argv[2])) :
	    rd_kafka_mock_broker_push_request_error_rtts(broker, 1, PRODUCE, 1, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, LATER))
		errx(70, "this it cannot do");
	puts(rd_kafka_mock_cluster_bootstraps(broker));
	fflush(stdout);
	while (getchar() != EOF)
		;
	rd_kafka_mock_cluster_destroy(broker);
	rd_kafka_destroy(rk);
	return 0;
}
