# shellcheck shell=sh
# kafka: an Apache Kafka of its own for a test; read after lib.sh
# SPDX-License-Identifier: MIT
#
#	kafka_start [NAME=VALUE]…  starts it, or skips the test; $F1_BROKERS names it; it goes with the test
#	kafka_kill                 as a crash; kafka_again [NAME=VALUE]… starts it on the same port
#	consume TOPIC [KCAT-OPTION]…   its messages from the first to the last, as $format says (or -f)
#	ends TOPIC…                how many messages each has, in PARTITIONS (3)

# shellcheck disable=SC2154

kafka_start() {
	need java mvn kcat setsid
	mkdir "$tmp/kafka"
	# what is missing of Kafka is fetched; that this fails is no reason to pass
	if ! F1_BROKERS=$("$top/scripts/kafka-local" start "$tmp/kafka" "$@" 2>"$tmp/.kafka"); then
		ok 'a broker' false
		note <"$tmp/.kafka"
		done_testing
	fi
	at_exit "'$top/scripts/kafka-local' stop '$tmp/kafka' kill 2>/dev/null"
	export F1_BROKERS
}

kafka_kill() {
	"$top/scripts/kafka-local" stop "$tmp/kafka" kill
}

kafka_again() {
	"$top/scripts/kafka-local" start "$tmp/kafka" "$@" >/dev/null
}

consume() {
	kafka_topic=$1
	shift
	timeout 120 kcat -b "$F1_BROKERS" -C -e -q -o beginning -t "$kafka_topic" "$@"
}

# everything that tests/messages.py reads
consume_all() {
	consume "$1" -f '%t %p %o %T %h %k %S\n%s'
}

ends() {
	kafka_list=
	for kafka_topic; do
		for kafka_partition in $(seq 0 $((${PARTITIONS:-3} - 1))); do
			kafka_list="$kafka_list -t $kafka_topic:$kafka_partition:-1"
		done
	done
	until_true kafka_offsets
	awk '{ n[$1] += $NF } END { for (t in n) print t, n[t] }' "$tmp/.offsets" | sort
}

# a partition that is new, or whose broker is, may have no answer yet
kafka_offsets() {
	# shellcheck disable=SC2086
	kcat -b "$F1_BROKERS" -Q $kafka_list >"$tmp/.offsets" 2>/dev/null && ! grep -qv ' offset [0-9]*$' "$tmp/.offsets"
}
