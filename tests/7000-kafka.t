#!/bin/sh
# f1-kafka: what records say is in the topics of a real broker; options, files, and what is no record
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/kafka.sh
. "$top/tests/kafka.sh"
need f1-kafka f1-decode f1-sim python3
kafka_start num.partitions=3

f1-sim -y 2025 -c 6 -l 1 -r 5 >race.bin
f1-decode -t 1700000000.5 race.bin >race.f1
f1-decode -t 1700000000.5 --json race.bin >race.json
records=$(wc -l <race.json)

# --- values, keys, headers, times, partitions, order
run f1-kafka -v --create-topics partitions=3,replication=1,retention.ms=1000000000000 <race.f1 2>err
is 'JSON: status' "$status" 0
like 'JSON: all are delivered' "$(cat err)" "^f1-kafka: $records records, 0 rejected, $records delivered \\(.*, 0 undelivered\$"
# shellcheck disable=SC2046
ends $(jq -r '"f1." + .packet' race.json | sort -u) >got
jq -r '"f1." + .packet' race.json | sort | uniq -c | awk '{ print $2, $1 }' >expected
same 'JSON: a topic for each kind, with all its records' got expected
consume f1.lap_history -f '%s\n' | sort >got
grep '"packet":"lap_history"' race.json | sort >expected
same 'JSON: the values are those of f1-decode --json' got expected
is '--create-topics: all topics, those without records, too' \
	"$(kcat -b "$F1_BROKERS" -L | grep -c '^  topic "f1\.[a-z0-9_]*" with 3 partitions')" \
	"$(grep -c '^[a-z]' "$top/lib/layout/records")"

for year in 2018 2019 2020 2021 2022 2023 2024 2025 2026; do
	f1-sim -y $year -c 2 -l 1 -r 1 --lap-length 2500
done >years.bin
f1-decode -t 1700000000 years.bin >years.all
f1-decode -t 1700000000 --json years.bin >years.lines
# the packets that come all the time are many: some of each kind and year are enough
python - <<'P'
import collections, json
from frames import frames
seen = collections.Counter()
with open('years.lines', 'rb') as lines, open('years.f1', 'wb') as f1, open('years.json', 'wb') as js:
    for line, frame in zip(lines, frames(open('years.all', 'rb').read()), strict=True):
        d = json.loads(line)
        seen[d['packet'], d['packet_format']] += 1
        if seen[d['packet'], d['packet_format']] <= 100:
            f1.write(frame)
            js.write(line)
P
for format in json json-schema msgpack; do
	run f1-kafka -t all-$format -f $format <years.f1
	is "$format: status" "$status" 0
	consume_all all-$format >messages
	ok "$format: each record of all years once, in order by key, with its headers and time" \
		python3 "$top/tests/messages.py" $format 3 years.json years.f1 <messages
done

f1-kafka -t '%f.%s' --create-topics partitions=2 <race.f1
uid=$(jq -r 'select(.packet == "session") | .session_uid' race.json | head -n 1)
like 'a topic for each format and session, made for them' "$(kcat -b "$F1_BROKERS" -L -t "2025.$uid")" 'with 2 partitions'
is 'and all its records are there' "$(PARTITIONS=2 ends "2025.$uid")" "2025.$uid $(grep -c "\"session_uid\":\"$uid\"" race.json)"

f1-kafka -t keys --key '%p/%c%%%f' <race.f1
consume keys -f '%k\n' | sort >got
jq -r '.packet + (if has("car") then "/\(.car)" else "" end) + "%2025"' race.json | sort >expected
same 'other keys' got expected
f1-decode race.bin | f1-kafka -t nokeys --key ''
is 'no keys, and no time' "$(consume nokeys -f '%K\n' | sort -u)" -1
ok 'without a time it is now' test "$(consume nokeys -o -1 -f '%T\n' | sort | head -n 1)" -gt 1700000000000

# --- -p
f1-kafka -p -t pass <race.f1 >passed.f1
same '-p: all is passed on' passed.f1 race.f1
is '-p: and is delivered' "$(ends pass)" "pass $records"
{
	run f1-kafka -p -t leaves <race.f1 2>err
	echo "$status" >status
} | head -c 10 >beginning
is '-p: the reader has had enough, the broker has not: status' "$(cat status)" 0
is '-p: all are delivered' "$(ends leaves)" "leaves $records"
if [ -w /dev/full ]; then
	run f1-kafka -p -t full <race.f1 2>err >/dev/full
	is '-p: a full disk' "$status" 74
fi

# --- what is no record
python3 - >bad.f1 <<'P'
import struct, sys
def s(t):
    return bytes([0xa0 | len(t)]) + t.encode()
def frame(b):
    sys.stdout.buffer.write(struct.pack('>I', len(b)) + b)
def head(name):
    return (b'\x89' + s('packet') + s(name) + s('packet_id') + b'\6' + s('packet_format') + b'\xcd\7\xe9' + s('session_uid') + b'\5' +
        s('session_time') + b'\0' + s('frame_identifier') + b'\7' + s('overall_frame_identifier') + b'\7' + s('player_car_index') + b'\0')
frame(head('motion') + s('car') + b'\1')
frame(head('no_such_thing') + s('car') + b'\1')
frame(b'\x81' + s('packet') + s('motion'))
frame(b'hello')
sys.stdout.buffer.write(b'\xff\xff\xff\xff')
frame(head('motion') + s('car') + b'\2')
frame(head('motion') + s('car'))
P
run f1-kafka -v -p -t bad <bad.f1 2>err >out
is 'bad records: status' "$status" 65
is 'bad records: each reason is said once' "$(sed -n 's/^f1-kafka: record [0-9]*: //p' err)" \
'of a kind that is not known: left out
without one of the keys that every record has: left out
not a map of names and values: left out'
like 'bad records: counted' "$(cat err)" '6 records, 4 rejected \(1 malformed, 2 head, 1 unknown\), 2 delivered'
is 'bad records: the good ones are there' "$(consume bad -f '%k\n' | sort | tr '\n' ' ')" '0000000000000005-1 0000000000000005-2 '
# the one that is no map is found when it is sent: first of all it waits for a broker
cat bad.f1 bad.f1 >twice.f1
run f1-kafka -b 127.0.0.1:1 --drain-timeout 0 <twice.f1 2>err
is 'bad records that had to wait: the number is that of the record' "$(sed -n 's/^f1-kafka: record \([0-9]*\): .*not a map.*/\1/p' err)" 6
python3 -c "d = open('bad.f1', 'rb').read(); open('bad.good', 'wb').write(d.replace(b'\xff\xff\xff\xff', b''))"
same 'bad records: -p passes them on, but not a message without a value' out bad.good
head -c 20000 race.f1 >torn.f1
run f1-kafka -v -t torn <torn.f1 2>err
is 'a torn stream: status' "$status" 65
like 'a torn stream: words' "$(cat err)" 'ends in the middle of a record'
ok 'a torn stream: what came before is delivered' test "$(ends torn | cut -d ' ' -f 2)" -gt 10
run f1-kafka -t torn <race.bin 2>err
is 'a raw stream: status' "$status" 65
run f1-kafka -v </dev/null 2>err
is 'no record at all' "$status $(cat err)" '0 f1-kafka: 0 records, 0 rejected'

# --- properties
printf '# a comment\n\n  compression.codec=none\nclient.id=somebody\ntopic.acks=all\r\nbootstrap.servers=%s\n' "$F1_BROKERS" >kafka.conf
(
	unset F1_BROKERS
	exec f1-kafka -F kafka.conf -t file <race.f1
)
is '-F: the properties of a file' "$(ends file)" "file $records"
echo 'sasl.password' >wrong.conf
run f1-kafka -F wrong.conf </dev/null 2>err
is '-F: a line that is none: status' "$status" 78
like '-F: a line that is none: where' "$(cat err)" 'wrong.conf:1: properties are name=value'
printf '\nno.such.thing=1\n' >wrong.conf
run f1-kafka -F wrong.conf </dev/null 2>err
is '-F: an unknown property' "$status $(cat err)" '78 f1-kafka: wrong.conf:2: No such configuration property: "no.such.thing"'
run f1-kafka -F not-there.conf </dev/null 2>err
is '-F: no such file' "$status" 74
for option in '-X no.such.thing=1' '-X linger.ms=x' '-X linger' '-X acks=1' '-f xml' '-t a%20b' '-t %x' '-t a/b' '-t .' '-t %c' \
	'--key %' '--create-topics partitions=0' '--create-topics partitions' '--drain-timeout -1' 'race.f1' \
	"--key $(printf '%0250d' 0)" '-t %s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s'; do
	# shellcheck disable=SC2086
	run f1-kafka $option </dev/null 2>err
	is "f1-kafka $(echo "$option" | cut -c 1-40): status" "$status" 64
done
run f1-kafka --create-topics partitions=1,replication=3 -t 'other.%p' <race.f1 2>err
is 'topics that the broker refuses: status' "$status" 69
is 'topics that the broker refuses: said once' "$(wc -l <err | tr -d ' ')" 1
run f1-kafka --create-topics partitions=1,no.such.setting=3 -t 'other.%p' <race.f1 2>err
is 'a setting that no topic has: status' "$status" 69
run f1-kafka --dead-letter /no/such/folder/file <race.f1 2>err
is 'dead letters that cannot be written: status' "$status" 74
ln -s race.f1 link.f1
run f1-kafka --dead-letter link.f1 <race.f1 2>err
is 'dead letters that would be read again: status' "$status" 64

# --- metrics
f1-kafka --metrics metrics -t 'm.%p' <race.f1
like 'metrics: by topic' "$(cat metrics)" "^f1_kafka_delivered_total\\{topic=\"m.motion\"\\} $(grep -c '"motion"' race.json)\$"
like 'metrics: what goes down is a gauge' "$(cat metrics)" '^# TYPE f1_kafka_messages_queued gauge$'
rm -f fifo
mkfifo fifo
exec 4<>fifo
background f1-kafka --metrics live -X statistics.interval.ms=100 -t live <fifo
exec 3>fifo 4<&-
cat race.f1 >&3
ok 'metrics: what librdkafka tells comes while it runs' until_true grep -qE '^f1_kafka_requests_total [1-9]' live
ok 'metrics: and the messages' until_true grep -q "^f1_kafka_delivered_total{topic=\"live\"} $records\$" live
ok 'metrics: how long a delivery took' until_true grep -qE '^f1_kafka_delivery_microseconds [1-9][0-9]{2,7}$' live
like 'metrics: bytes on the wire' "$(cat live)" '^f1_kafka_sent_bytes_total [1-9][0-9]{4}'
kill -s USR1 "$pid"
is 'ps and top tell its name' "$(cat "/proc/$pid/comm")" f1-kafka
exec 3>&-
finish "$pid"
is 'metrics: status' "$status" 0
done_testing
