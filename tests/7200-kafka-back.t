#!/bin/sh
# f1-kafka | kcat | f1-pg: what went through Kafka is in the database as if it had not
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/kafka.sh
. "$top/tests/kafka.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-kafka f1-decode f1-sim f1-pg psql
pg_start
kafka_start num.partitions=3

f1-sim -y 2025 -c 4 -l 2 -r 5 -S 7 >race.bin
f1-decode race.bin >race.f1
fresh
f1-pg <race.f1
contents >whole

# --- as the manual says it, a topic for each kind
f1-kafka -f msgpack --create-topics partitions=3 <race.f1
line=$(sed -n "/^kcat.*-f '%R%s'.*f1-pg\$/p" "$top/man/f1-kafka.1" | sed "s/localhost:9092/$F1_BROKERS/")
like 'the line of the manual' "$line" '^kcat .* -t f1.lap_history [|] f1-pg$'
fresh
eval "$line"
is 'the line of the manual: the laps are there' "$(contents | grep '^lap_history ')" "$(grep '^lap_history ' whole)"
for topic in session lap_data car_status participants tyre_sets; do
	consume f1.$topic -f '%R%s' | f1-pg
done
for topic in session lap_data car_status participants tyre_sets; do
	is "topic f1.$topic: all rows are as loaded directly" "$(contents | grep "^$topic ")" "$(grep "^$topic " whole)"
done
marks >before
consume f1.lap_data -f '%R%s' | f1-pg
marks >after
same 'a topic once more: nothing changes' after before

# --- all in one partition and so in order, read by a group, as a consumer that ends and comes again
fresh
f1-kafka -f msgpack -t all --create-topics partitions=1 <race.f1
{
	timeout 120 kcat -b "$F1_BROKERS" -G readers -q -X auto.offset.reset=earliest -c 5000 -f '%R%s' all
	timeout 120 kcat -b "$F1_BROKERS" -G readers -q -X auto.offset.reset=earliest -e -f '%R%s' all
} | f1-pg
contents >got
same 'one topic, by a consumer group in two runs: all rows are there' got whole
done_testing
