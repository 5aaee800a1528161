#!/bin/sh
# f1-kafka -f json-schema: Kafka Connect with Debezium's sink for JDBC makes tables of the topics, as it stands in the manual;
# make check-connect runs it, since Connect is large
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/kafka.sh
. "$top/tests/kafka.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
[ -n "${F1_CONNECT-}" ] || skip_all 'Kafka Connect is large: make check-connect'
need f1-kafka f1-decode f1-sim python3 psql java setsid
kafka_start num.partitions=3
# JDBC knows no sockets of the file system; the third of Kafka's ports is free for it
PGPORT=$((${F1_BROKERS##*:} + 2))
export PGPORT
pg_start listen_addresses=127.0.0.1 "port=$PGPORT"

# some records of each kind and year
for year in 2018 2019 2020 2021 2022 2023 2024 2025 2026; do
	f1-sim -y $year -c 2 -l 1 -r 1 --lap-length 2500
done >years.bin
f1-decode -t 1700000000 years.bin >years.all
f1-decode -t 1700000000 --json years.bin >years.lines
python - <<'P'
import collections, json
from frames import frames
seen = collections.Counter()
with open('years.lines', 'rb') as lines, open('years.f1', 'wb') as f1, open('years.json', 'wb') as js:
    for line, frame in zip(lines, frames(open('years.all', 'rb').read()), strict=True):
        d = json.loads(line)
        seen[d['packet'], d['packet_format']] += 1
        if seen[d['packet'], d['packet_format']] <= 50:
            f1.write(frame)
            js.write(line)
P
records=$(wc -l <years.json)
f1-kafka -f json-schema --create-topics partitions=3 <years.f1

# the settings of the manual; the worker beside them
sed -n '/^name=f1$/,/^\.Ed/{/^\.Ed/!p;}' "$top/man/f1-kafka.1" | sed "s,jdbc:.*,jdbc:postgresql://127.0.0.1:$PGPORT/f1,
	s,^connection.username=.*,connection.username=postgres," >sink.properties
like 'the settings of the manual' "$(cat sink.properties)" '^value.converter=org.apache.kafka.connect.json.JsonConverter$'
if ! kafka_jars=$("$top/scripts/jars" "$top/scripts/kafka.jars") || ! jars=$("$top/scripts/jars" "$top/scripts/connect.jars"); then
	ok 'Kafka Connect is there' false
	done_testing
fi
mkdir plugins
ln -s "$jars/debezium-connector-jdbc" plugins/
cat >worker.properties <<END
bootstrap.servers=$F1_BROKERS
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.storage.StringConverter
offset.storage.file.filename=$tmp/offsets
offset.flush.interval.ms=500
consumer.max.poll.records=500
listeners=http://127.0.0.1:0
plugin.path=$tmp/plugins
END

connect() {
	background setsid java -Xmx512m -Dlog4j2.level=WARN -cp "$kafka_jars/*:$jars/*" org.apache.kafka.connect.cli.ConnectStandalone \
	    worker.properties sink.properties >>connect.log 2>&1
}

# rows_are OPERATOR N: has the database so many rows?
rows_are() {
	rows=$(for table in $(sql "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"); do
		echo "SELECT count(*) FROM $table;"
	done | psql -XAtq 2>/dev/null | awk '{ n += $1 } END { print n + 0 }')
	test "$rows" "$1" "$2"
}

# --- killed when some are there, and again
connect
for _ in 1 2 3 4; do
	until_true rows_are -gt 0 && break
done
kill -s KILL "$pid"
finish "$pid"
ok 'killed in the middle: it was in the middle' rows_are -lt "$records"
connect
for _ in 1 2 3 4; do
	until_true rows_are -ge "$records" && break
done
is 'killed and started again: all records are rows, once' "$rows" "$records" || tail -n 30 connect.log | note

# --- what they say
for table in $(sql "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"); do
	sql "SELECT to_jsonb(t) FROM $table t"
done >rows.json
ok 'the rows say what the records say' python3 - years.json rows.json <<'P'
import collections, json, math, struct, sys
def single(x):
    return struct.unpack('f', struct.pack('f', x))[0]
def plain(v):
    if isinstance(v, list):
        return tuple(plain(x) for x in v)
    return '%.6g' % single(v) if isinstance(v, (int, float)) and abs(v) < 1e38 else v
def told(name):
    for line in open(name):
        d = json.loads(line)
        yield tuple(sorted((k, plain(v)) for k, v in d.items() if v is not None and not k.startswith('__connect')))
want, got = collections.Counter(told(sys.argv[1])), collections.Counter(told(sys.argv[2]))
for what, rows in ('missing', want - got), ('too much', got - want):
    for row in list(rows)[:3]:
        print(what, row)
sys.exit(want != got or not want)
P
is 'a table for each kind' "$(sql "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")" \
	"$(sed 's/^{"packet":"\([^"]*\).*/\1/' years.json | sort -u | wc -l)"
kill -s KILL "$pid"
finish "$pid"
done_testing
