#!/bin/sh
# scripts/spark: the laps and stints that Spark makes of the topics are those of the records, with flashbacks, in all kinds of
# batches, killed and started again; make check-spark runs it, since Spark is large
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/kafka.sh
. "$top/tests/kafka.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
[ -n "${F1_SPARK-}" ] || skip_all 'Spark is large: make check-spark'
need f1-kafka f1-decode f1-sim python3 psql setsid
kafka_start num.partitions=3
# JDBC knows no sockets of the file system; this port is free, since Kafka's next one is its own
PGPORT=$((${F1_BROKERS##*:} + 2))
export PGPORT
pg_start listen_addresses=127.0.0.1 "port=$PGPORT"
url="jdbc:postgresql://127.0.0.1:$PGPORT/f1?user=postgres"

# spark STATE SCHEMA TOPICS [OPTION]…: the job until all is done
spark() {
	spark_state=$1 spark_schema=$2 spark_topics=$3
	shift 3
	timeout 600 "$top/scripts/spark/run" --brokers "$F1_BROKERS" --topics "$spark_topics" --url "$url" --schema "$spark_schema" \
	    --state "$tmp/$spark_state" --once "$@"
}

# tables NAME SCHEMA FILE: are its laps and stints those of the records, lines of JSON?
tables() {
	for table in laps stints; do
		psql -Xqc "\\copy $2.$table TO '$tmp/$table.csv' (FORMAT csv, HEADER)"
		python3 "$top/tests/laps.py" $table $table.csv <"$3" >compared 2>&1
		is "$1: the $table are those of the records" "$?" 0 || note <compared
	done
}

# a race with two flashbacks one behind the other, a reload, one of old, without frames that never go back, and what comes twice
{
	f1-sim -y 2025 -c 4 -l 3 -r 10 -S 1 --scene chained-flashbacks
	f1-sim -y 2018 -c 3 -l 2 -r 10 -S 2
	f1-sim -y 2020 -c 3 -l 3 -r 10 -S 3 --scene flashback
	f1-sim -y 2026 -c 3 -l 2 -r 10 -S 4 --scene duplicates
} >races.bin
f1-decode -t 1700000000 races.bin >races.f1
f1-decode -t 1700000000 --json races.bin >races.json
f1-kafka -t 's.%p' --create-topics partitions=3 <races.f1
total=$(grep -c '^{"packet":"lap_data"' races.json)

spark one one 's.%p' >one.out 2>&1
tables 'all at once' one races.json
ok 'flashbacks took something back' test "$(sql 'SELECT sum(frames) FROM one.laps')" -lt "$((total * 97 / 100))"

# --- the same in many batches, killed in the middle of one
background setsid "$top/scripts/spark/run" --brokers "$F1_BROKERS" --topics 's.%p' --url "$url" --schema many --state "$tmp/many" \
    --once --batch 30000 >many.out 2>&1
for _ in 1 2 3 4 5 6 7 8 9 10; do	# Spark takes its time
	until_true grep -q '^batch 1:' many.out && break
done
kill -s KILL -- "-$pid"
finish "$pid"
batches=$(grep -c '^batch' many.out)
ok 'killed in the middle: it was in the middle' test "$(sql 'SELECT sum(frames) FROM many.laps')" -lt "$(sql 'SELECT sum(frames) FROM one.laps')"
spark many many 's.%p' --batch 30000 >>many.out 2>&1
tables 'killed and started again' many races.json
ok 'killed and started again: it did not begin anew' test "$(grep -c '^batch 0:' many.out)" -eq 1
ok "killed and started again: in batches ($batches before it was killed)" test "$(grep -c '^batch' many.out)" -gt 2

# --- all once more, by a job that knows nothing of the first: no row is written
before=$(sql 'SELECT sum(hashtextextended(ctid::text || xmin::text || t::text, 0)) FROM one.laps t')
f1-kafka -t 's.%p' <races.f1
spark again one 's.%p' >again.out 2>&1
tables 'every message twice, from the beginning' one races.json
is 'every message twice, from the beginning: no row was written' \
	"$(sql 'SELECT sum(hashtextextended(ctid::text || xmin::text || t::text, 0)) FROM one.laps t')" "$before"

# --- a real race
for captures in ${F1_CAPTURES+"$F1_CAPTURES"} "$top/../shared/captures" "$top/../../shared/captures" ''; do
	[ -d "$captures" ] && break
done
if [ -n "$captures" ] && have zstd; then
	zstdcat "$captures"/*spa-online.bin.zst >spa.bin
	f1-decode spa.bin | f1-kafka -t 'spa.%p' --create-topics partitions=3
	f1-decode --json spa.bin | grep -E '^\{"packet":"(lap_data|car_(telemetry|status|damage)|lap_history)"' >spa.json
	# Spark wants the topics that 2020 has no records for as well
	spark spa spa 'spa.%p' >spa.out 2>&1
	tables Spa spa spa.json
else
	skip 'no captures of real games here' 2
fi
done_testing
