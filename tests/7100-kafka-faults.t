#!/bin/sh
# f1-kafka: the broker dies, is away or refuses, the queue is full: nothing is lost, nothing is twice, and what cannot be
# delivered can be sent again
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/kafka.sh
. "$top/tests/kafka.sh"
need f1-kafka f1-decode f1-route f1-sim python3 jq
kafka_start num.partitions=3

f1-sim -y 2025 -c 4 -l 1 -r 4 >race.bin
f1-decode race.bin >race.f1
f1-decode --json race.bin >race.json
records=$(wc -l <race.json)
size=$(wc -c <race.f1)

# begin [OPTION]…: f1-kafka reads from descriptor 3
begin() {
	rm -f fifo
	mkfifo fifo
	exec 4<>fifo	# opening an end waits for the other
	background f1-kafka -v -f msgpack "$@" <fifo 2>err
	exec 3>fifo 4<&-
}

# part FROM TO: those percents of the race
part() {
	tail -c +$((size * $1 / 100 + 1)) race.f1 | head -c $((size * $2 / 100 - size * $1 / 100)) >&3
}

end() {
	exec 3>&-
	finish "$pid"
}

# some TOPIC [N]: are there messages in it, N at least?
some() {
	[ "$(kcat -b "$F1_BROKERS" -Q -t "$1:0:-1" -t "$1:1:-1" -t "$1:2:-1" 2>/dev/null |
		awk '/ offset [0-9]*$/ { n += $NF } END { print n + 0 }')" -ge "${2-1}" ]
}

# told_once: is it said once each time that the brokers go away?
told_once() {
	awk '/trying again$/ { if (away++) exit 1 } /delivering again$/ { away = 0 }' err
}

# whole NAME TOPIC: each record once, in order
whole() {
	consume_all "$2" >messages
	ok "$1" python3 "$top/tests/messages.py" msgpack 3 race.json race.f1 <messages
}

# --- killed three times in mid-race
begin -t killed
part 0 20
until_true some killed
for from in 20 45 70; do
	part $from $((from + 10))
	kafka_kill
	part $((from + 10)) $((from + 25))
	kafka_again
done
part 95 100
end
is 'the broker is killed three times: status' "$status" 0
whole 'the broker is killed three times: each record once, in order by key' killed
like 'the broker is killed: words' "$(cat err)" 'trying again$'
like 'the broker is back: words' "$(cat err)" '^f1-kafka: delivering again$'
ok 'and not a word for each try' told_once

# killed while as much as can be is on its way
begin -t storm -X queue.buffering.max.kbytes=4096 -X linger.ms=0
part 0 60 &
feeder=$!
until_true some storm 100
kafka_kill
kafka_again
wait $feeder
part 60 100
end
is 'killed with a full queue: status' "$status" 0
whole 'killed with a full queue: each record once, in order by key' storm

# --- absent at the start, with a queue that the race does not fit into
kafka_kill
# and for longer than librdkafka waits for a topic that the broker does not have
begin -t late -X queue.buffering.max.messages=1000 -X topic.metadata.propagation.max.ms=10000
part 0 100 &
feeder=$!
ok 'no broker at the start: said' until_true grep -q 'trying again' err
kcat -b "$F1_BROKERS" -L -m 12 >none 2>&1
kafka_again
wait $feeder
end
is 'no broker at the start: status' "$status" 0
ok 'no broker at the start: said once' told_once
whole 'no broker at the start: each record once, in order by key' late

# away for as long when kinds of records come that had no topic yet, such as the classification
all_delivered() {
	awk '/^f1_kafka_records_total/ { n = $2 } /^f1_kafka_delivered_total/ { n -= $2; any = 1 } END { exit !any || n }' metrics
}
rm -f metrics
begin -t 'new.%p' -X topic.metadata.propagation.max.ms=10000 --metrics metrics
part 0 50
until_true all_delivered
kafka_kill
part 50 100
kcat -b "$F1_BROKERS" -L -m 12 >none 2>&1
kafka_again
end
is 'new topics while there is no broker: status' "$status" 0
# shellcheck disable=SC2046
ends $(jq -r '"new." + .packet' race.json | sort -u) >got
jq -r '"new." + .packet' race.json | sort | uniq -c | awk '{ print $2, $1 }' >expected
same 'new topics while there is no broker: all records are there' got expected

run f1-kafka -f msgpack -t narrow -X queue.buffering.max.messages=10 -X linger.ms=0 <race.f1
is 'a queue of 10 messages: status' "$status" 0
whole 'a queue of 10 messages: each record once, in order by key' narrow

# --- away at the end: the first half is there, of the second nothing
python3 "$top/tests/cut.py" race.f1 2 >/dev/null
mv race.f1.1 half.f1
half=$(frames_in half.f1)
begin -t away --drain-timeout 3 --dead-letter dead.f1 --metrics metrics
cat half.f1 >&3
# that the broker has them is not enough: it is to have said so
until_true grep -q "^f1_kafka_delivered_total{topic=\"away\"} $half\$" metrics
kafka_kill
tail -c +$(($(wc -c <half.f1) + 1)) race.f1 >&3
end
is 'no broker at the end: status' "$status" 75
like 'no broker at the end: waiting is told' "$(cat err)" \
	"waiting for the delivery of $((records - half)) messages, for at most 3 seconds"
like 'no broker at the end: what was not delivered is told' "$(cat err)" \
	"^f1-kafka: $((records - half)) records were read and not delivered, and are in dead.f1\$"
like 'no broker at the end: counted' "$(cat err)" "$half delivered \\($half away\\), $((records - half)) undelivered"
tail -c +$(($(wc -c <half.f1) + 1)) race.f1 >rest.f1
same 'no broker at the end: the dead letters are the second half' dead.f1 rest.f1
kafka_again
run f1-kafka -v -f msgpack -t away --dead-letter again.f1 <dead.f1 2>err
is 'the dead letters are sent again: status' "$status" 0
is 'and none is dead again' "$(wc -c <again.f1 | tr -d ' ')" 0
whole 'the dead letters are sent again: each record once, in order by key' away

# never there: all are dead letters, in their order
kafka_kill
run f1-kafka -f json --drain-timeout 0 --dead-letter all.f1 <race.f1 2>err
is 'no broker at all: status' "$status" 75
same 'no broker at all: the dead letters are what came in' all.f1 race.f1
run f1-kafka --drain-timeout 0 <race.f1 2>err
is 'and without a file for them: status' "$status" 75
like 'and without a file for them: words' "$(cat err)" "^f1-kafka: $records records were read and not delivered$"

# what waits for a broker is queued
begin -t waits --drain-timeout 0 --metrics waits.prom -X statistics.interval.ms=100
part 0 100
ok 'no broker at all: what waits is counted as queued' until_true grep -q "^f1_kafka_messages_queued $records\$" waits.prom
end

# topics are not made for what is given up
for topic in f1.%s f1.%p; do
	rm -f all.f1
	run timeout 60 f1-kafka -t $topic --create-topics partitions=2 --drain-timeout 1 --dead-letter all.f1 <race.f1 2>err
	is "no broker at all, to make $topic: status" "$status" 75
	same "no broker at all, to make $topic: the dead letters are what came in" all.f1 race.f1
done

# what is passed on is passed on
run timeout -s TERM 2 f1-kafka -p -X queue.buffering.max.kbytes=1000 --drain-timeout 0 <race.f1 2>err >passed.f1
same 'no broker at all, and -p: the others get all' passed.f1 race.f1

# several may share the file
for _ in 1 2 3; do
	f1-kafka --drain-timeout 0 --dead-letter share.f1 <race.f1 2>/dev/null &
	sharers="${sharers-} $!"
done
# shellcheck disable=SC2086
wait $sharers
is 'three with one file of dead letters: each record is whole' "$(frames_in share.f1)" "$((3 * records))"

# asked to stop while the queue is full and no broker there: what still comes goes to the dead letters
begin -t stopped --drain-timeout 1 --dead-letter stopped.f1 -X queue.buffering.max.messages=1000
part 0 100 &
feeder=$!
until_true grep -q 'trying again' err
kill -s TERM "$pid"
wait $feeder
end
is 'asked to stop without a broker: status' "$status" 75
same 'asked to stop without a broker: all are dead letters' stopped.f1 race.f1
kafka_again

# a broker that becomes leader between two batches, of which it took only the second: librdkafka would believe both there
mkfifo mock
"$O/tests/kafka-mock" new <mock >mocked &
exec 6>mock
until_true test -s mocked
f1-sim -y 2025 -c 2 -r 1 --duration 4 >few.bin
f1-decode few.bin >few.f1
f1-decode --json few.bin >few.json
run f1-kafka -v -b "$(cat mocked)" -t new -f msgpack -X batch.num.messages=1 <few.f1 2>err
is 'not leader for the first batch only: status' "$status" 0
(F1_BROKERS=$(cat mocked) && consume_all new) >messages
ok 'not leader for the first batch only: each record once, in order' python3 "$top/tests/messages.py" msgpack 1 few.json few.f1 <messages
exec 6>&-

# a broker that is far away
rm mock mocked
mkfifo mock
"$O/tests/kafka-mock" far 300 <mock >mocked &
exec 6>mock
until_true test -s mocked
run f1-kafka -v -b "$(cat mocked)" -t far --drain-timeout 30 <few.f1 2>err
is 'a broker that is far away: status' "$status" 0
exec 6>&-

# asked to stop while all is well: it reads on to the end
begin -t term
part 0 50
until_true some term
kill -s TERM "$pid"
part 50 100
end
is 'asked to stop: status' "$status" 0
whole 'asked to stop: it reads on to the end of input' term

# --- what the broker or librdkafka refuses, one by one
run f1-kafka -v -t large -f msgpack -X message.max.bytes=1000 --dead-letter large.f1 <half.f1 2>err
is 'messages that are too large: status' "$status" 75
is 'messages that are too large: said once' "$(grep -c 'size too large' err)" 1
ok 'messages that are too large: the others are delivered' some large
ok 'messages that are too large: they are dead letters' test -s large.f1
delivered=$(ends large | cut -d ' ' -f 2)
f1-kafka -f msgpack -t large <large.f1
consume large -f '%s\n' | sort >got
f1-kafka -f msgpack -t sorted <half.f1
consume sorted -f '%s\n' | sort >expected
same 'messages that are too large: the dead letters complete it' got expected

# and then no broker: those that are too large fail at once, those before them at the end
begin -t both -X message.max.bytes=1000 --drain-timeout 0 --dead-letter both.f1 --metrics metrics
cat half.f1 >&3
until_true grep -q "^f1_kafka_delivered_total{topic=\"both\"} $delivered\$" metrics
kafka_kill
cat rest.f1 >&3
end
is 'too large, and no broker: status' "$status" 75
cat large.f1 rest.f1 >expected.f1
same 'too large, and no broker: the dead letters are in order' both.f1 expected.f1

kafka_again
if [ -w /dev/full ]; then
	run f1-kafka -v -p -t passed -f msgpack <race.f1 2>err >/dev/full
	is 'stdout is full: status' "$status" 74
	whole 'stdout is full: the broker gets all' passed
fi
run timeout 100 f1-kafka -t huge -X queue.buffering.max.kbytes=1 --dead-letter huge.f1 <few.f1 2>err
is 'larger than the whole queue: status' "$status" 75
like 'larger than the whole queue: words' "$(cat err)" 'Queue full'
f1-route 'event=events.f1' <race.f1
for _ in $(seq 300); do
	cat events.f1
done >many.f1
rm -f large.f1
run timeout 100 f1-kafka -t large2 -f json-schema -X message.max.bytes=1000 -X queue.buffering.max.kbytes=1000 --dead-letter large.f1 <many.f1 2>err
is 'too large, and more than the queue has room for: status' "$status" 75
same 'too large, and more than the queue has room for: all are dead letters' large.f1 many.f1
f1-kafka -t end --metrics end.prom -X statistics.interval.ms=20 -X delivery.report.only.error=true <race.f1
is 'at the end nothing is queued' "$(grep -c '_queued 0$' end.prom)" 2
is 'at the end all is delivered' "$(sed -n 's/^f1_kafka_delivered_total{topic="end"} //p' end.prom)" "$records"
run f1-kafka -t 'refused.%f' --create-topics partitions=1,no.such=3 <few.f1 2>err
is 'a topic of which the broker does not take the settings: status' "$status" 69

kafka_kill
kafka_again auto.create.topics.enable=false
run f1-kafka -v -t nowhere -X topic.metadata.propagation.max.ms=500 --dead-letter nowhere.f1 <race.f1 2>err
is 'a topic that is not made: status' "$status" 75
is 'a topic that is not made: said once' "$(grep -c 'nowhere: .*[Uu]nknown topic' err)" 1
same 'a topic that is not made: all are dead letters' nowhere.f1 race.f1
if [ -w /dev/full ]; then
	run f1-kafka -t nowhere -X topic.metadata.propagation.max.ms=500 --dead-letter /dev/full <race.f1 2>err
	is 'dead letters on a full disk: status' "$status" 74
	like 'dead letters on a full disk: words' "$(cat err)" '/dev/full: No space left on device'
	ok 'dead letters on a full disk: nobody says that they are there' test "$(grep -c 'are in /dev/full' err)" -eq 0
fi
done_testing
