#!/bin/sh
# scripts/spark: the laps and stints that Spark makes of the topics are those of the records and of f1-pg's views, with
# flashbacks, in all kinds of batches, killed and started again, and its state is bounded; make check-spark runs it, since
# Spark is large
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/kafka.sh
. "$top/tests/kafka.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
[ -n "${F1_SPARK-}" ] || skip_all 'Spark is large: make check-spark'
need f1-kafka f1-decode f1-sim f1-pg jq python3 psql setsid
kafka_start num.partitions=3
# JDBC knows no sockets of the file system; the third of Kafka's ports is free for it
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

# views NAME SCHEMA: do f1-pg's views say the same of these sessions, in all that both tell?
views() {
	psql -Xq -v ON_ERROR_STOP=1 -v "schema=$2" >differ 2>&1 <<-'END'
		CREATE TEMP VIEW spark_laps AS
		SELECT s.session_uid, s.car, s.lap_num, s.packet_format, s.lap_ms, s.valid, s.position, s.in_lap, s.stint,
			COALESCE(v.name, k.name) AS tyre, s.tyre_age, s.fuel_in_tank, round(s.fuel_used::numeric, 3) AS fuel_used,
			s.tyres_wear_rl, s.tyres_wear_rr, s.tyres_wear_fl, s.tyres_wear_fr
		FROM :schema.laps s
		LEFT JOIN f1.enum_tyre_visual v ON v.packet_format = s.packet_format AND v.value = s.tyre
		LEFT JOIN f1.enum_tyre_compound k ON k.packet_format = s.packet_format AND k.value = s.tyre;
		CREATE TEMP VIEW pg_laps AS
		SELECT l.race_id, l.car, l.lap_num, l.packet_format, l.lap_ms, l.valid, l.position, l.in_lap, l.stint,
			l.tyre, l.tyre_age, f.fuel, round(f.used::numeric, 3), w.rl, w.rr, w.fl, w.fr
		FROM f1.laps l
		LEFT JOIN f1.fuel f USING (race_id, car, lap_num)
		LEFT JOIN f1.tyre_wear w USING (race_id, car, lap_num)
		WHERE l.race_id IN (SELECT session_uid FROM :schema.laps);
		CREATE TEMP VIEW spark_stints AS
		SELECT s.session_uid, s.car, s.stint, s.first_lap, s.last_lap, s.laps, l.tyre, s.tyre_age, s.best_ms
		FROM :schema.stints s
		JOIN spark_laps l ON l.session_uid = s.session_uid AND l.car = s.car AND l.lap_num = s.first_lap;
		CREATE TEMP VIEW pg_stints AS
		SELECT race_id, car, stint, first_lap, last_lap, laps, tyre, tyre_age, best_ms
		FROM f1.stints
		WHERE race_id IN (SELECT session_uid FROM :schema.laps);
		SELECT 'Spark only' AS "who", d.* FROM (TABLE spark_laps EXCEPT ALL TABLE pg_laps) d;
		SELECT 'f1-pg only' AS "who", d.* FROM (TABLE pg_laps EXCEPT ALL TABLE spark_laps) d;
		SELECT 'Spark only' AS "who", d.* FROM (TABLE spark_stints EXCEPT ALL TABLE pg_stints) d;
		SELECT 'f1-pg only' AS "who", d.* FROM (TABLE pg_stints EXCEPT ALL TABLE spark_stints) d;
	END
	is "$1: f1-pg's views say the same" "$(grep -c '^(0 rows)$' differ)" 4 || note <differ
}

# a race with two flashbacks one behind the other, a reload, one of old, without frames that never go back, and what comes twice
{
	f1-sim -y 2025 -c 4 -l 3 -r 10 -S 1 --scene chained-flashbacks
	f1-sim -y 2018 -c 3 -l 2 -r 10 -S 2
	f1-sim -y 2020 -c 5 -l 3 -r 10 -S 3 --scene flashback,restricted
	f1-sim -y 2026 -c 3 -l 2 -r 10 -S 4 --scene duplicates
} >races.bin
f1-decode -t 1700000000 races.bin >races.f1
f1-decode -t 1700000000 --json races.bin >races.json
f1-kafka -t 's.%p' <races.f1	# without topics for what no record was of
f1-pg --init </dev/null
f1-pg <races.f1
total=$(grep -c '^{"packet":"lap_data"' races.json)

# the first run fetches it, which may take longer than any other
ok 'Spark is there' "$top/scripts/spark/run" --help || done_testing
spark one one 's.%p' >one.out 2>&1
tables 'all at once' one races.json
views 'all at once' one
ok 'flashbacks took something back' test "$(sql 'SELECT sum(frames) FROM one.laps')" -lt "$((total * 97 / 100))"

# --- the same in many batches, killed in the middle of one; whatever the watermark, no session is closed before all is read
background setsid "$top/scripts/spark/run" --brokers "$F1_BROKERS" --topics 's.%p' --url "$url" --schema many --state "$tmp/many" \
    --once --batch 30000 --watermark '0 seconds' >many.out 2>&1
for _ in 1 2 3 4 5 6 7 8 9 10; do	# Spark takes its time
	until_true grep -q '^batch 1:' many.out && break
done
kill -s KILL -- "-$pid"
finish "$pid"
batches=$(grep -c '^batch' many.out)
ok 'killed in the middle: it was in the middle' test "$(sql 'SELECT sum(frames) FROM many.laps')" -lt "$(sql 'SELECT sum(frames) FROM one.laps')"
spark many many 's.%p' --batch 30000 --watermark '0 seconds' >>many.out 2>&1
tables 'killed and started again' many races.json
views 'killed and started again' many
is 'killed and started again: no message was late' "$(grep -c 'came when it was closed' many.out)" 0
ok 'killed and started again: it did not begin anew' test "$(grep -c '^batch 0:' many.out)" -eq 1
ok "killed and started again: in batches ($batches before it was killed)" test "$(grep -c '^batch' many.out)" -gt 2

# --- all once more, by a job that knows nothing of the first: no row is written
rows() {
	sql "SELECT sum(hashtextextended(ctid::text || xmin::text || t::text, 0)) FROM one.laps t $1"
}
before=$(rows)
sessions=$(sql "SELECT string_agg(DISTINCT session_uid::text, ', ') FROM one.laps")
f1-kafka -t 's.%p' <races.f1
spark again one 's.%p' >again.out 2>&1
tables 'every message twice, from the beginning' one races.json
is 'every message twice, from the beginning: no row was written' "$(rows)" "$before"

# --- sessions that are silent are closed
records() {
	find "$1/records" -name '*.parquet' | sed 's/.*session_uid=\([0-9a-f]*\).*/\1/' | sort -u
}
is 'within the watermark: the records are kept' "$(records one | wc -l)" 4
spark one one 's.%p' --watermark '0 seconds' >silent.out 2>&1
is 'silent sessions: closed, when all that was there is done' "$(grep -oE '^(batch 1: 4 sessions|session [0-9a-f]{16}: closed)$' silent.out | cut -c 1-7 | uniq -c | xargs)" \
	'1 batch 1 4 session'
is 'silent sessions: their records are gone' "$(records one)" ''
is 'silent sessions: their rows stay' "$(rows)" "$before"

# a job that goes on: what is late, what is new, and what becomes silent
f1-sim -y 2025 -c 2 -l 1 -r 4 -S 5 --lap-length 2500 | f1-decode -t 1700000000 >new.f1
f1-sim -y 2024 -c 2 -l 1 -r 4 -S 6 --lap-length 2500 >newer.bin
f1-decode -t 1700000000 newer.bin >newer.f1
f1-kafka -t 's.%p' <races.f1
f1-kafka -t 's.%p' <new.f1
background setsid "$top/scripts/spark/run" --brokers "$F1_BROKERS" --topics 's.%p' --url "$url" --schema one --state "$tmp/one" \
    --every '1 second' >live.out 2>&1
said() {
	[ "$(grep -cE "$1" live.out)" -ge "$2" ]
}
for _ in 1 2 3 4 5 6 7 8; do
	until_true said 'came when it was closed$' 4 && break
done
uid=$(records one)
find one/records -path "*=$uid/*" -type f -exec touch -d '2 days ago' {} +
f1-kafka -t 's.%p' <newer.f1
for _ in 1 2 3 4; do
	until_true said '^batch 3: 1 sessions$' 1 && break
done
kill -s KILL -- "-$pid"
finish "$pid"
is 'late messages: counted and said' "$(sed -n 's/^batch 2: \([0-9]*\) messages of session \([0-9a-f]*\) came when it was closed$/\2 \1/p' live.out | sort)" \
	"$(python3 -c '
import collections, json
states = "lap_history", "lap_positions", "participants"
kinds = "lap_data", "car_telemetry", "car_status", "car_damage"
n = collections.Counter()
for r in map(json.loads, open("races.json")):
    if r["packet"] in states or r["packet"] in kinds and r["frame_identifier"] > 0:
        n[r["session_uid"]] += int(r["session_uid"], 16) != 0
print("\n".join("%s %d" % i for i in sorted(n.items())))')"
is 'late messages: dropped' "$(rows "WHERE session_uid IN ($sessions)")" "$before"
is 'a new session among them is there' "$(sql "SELECT count(*) FROM one.laps WHERE packet_format = 2025 AND session_uid NOT IN ($sessions)")" 2
like 'it becomes silent while the job runs: closed' "$(cat live.out)" "^session $uid: closed$"
is 'only the newest is kept' "$(records one)" "$(f1-decode --json newer.bin | jq -r 'select(.packet == "lap_data") | .session_uid' | sort -u)"

# --- a real race
for captures in ${F1_CAPTURES+"$F1_CAPTURES"} "$top/../shared/captures" "$top/../../shared/captures" ''; do
	[ -d "$captures" ] && break
done
if [ -n "$captures" ] && have zstd; then
	zstdcat "$captures"/*spa-online.bin.zst >spa.bin
	f1-decode spa.bin >spa.f1
	f1-kafka -t 'spa.%p' --create-topics partitions=3 <spa.f1
	f1-pg <spa.f1
	f1-decode --json spa.bin | grep -E '^\{"packet":"(lap_data|car_(telemetry|status|damage)|lap_(history|positions)|participants)"' >spa.json
	# Spark wants the topics that 2020 has no records for as well
	spark spa spa 'spa.%p' >spa.out 2>&1
	tables Spa spa spa.json
	views Spa spa
else
	skip 'no captures of real games here' 3
fi
done_testing
