#!/bin/sh
# f1-pg: what records say is in the tables, for races of all years and for real games
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim python3
pg_start autovacuum=off	# whose transactions would be counted, too
f1-decode --layout >layout

# compare NAME RAW: loads it into an empty schema and compares row by row
compare() {
	fresh
	f1-decode "$2" | f1-pg
	mkdir -p dump
	for table in $(pg_tables); do
		printf '%s\n' "\\copy f1.$table TO 'dump/$table.csv' (FORMAT csv, HEADER, NULL '\\N')"
	done | psql -Xq
	f1-decode --json "$2" >records.json
	ok "$1" python3 "$top/tests/rows.py" layout dump <records.json
}

for year in 2018 2019 2020 2021 2022 2023 2024 2025 2026; do
	f1-sim -y $year -c 6 -l 2 -r 10 >race.bin
	compare "a race of $year" race.bin
done
is 'classification: a row a car' "$(sql 'SELECT count(*) FROM f1.final_classification')" 6

# in pieces of one record a time, as a live game: rows are there at once, not at the end
fresh
f1-sim -y 2025 -c 2 -l 1 -r 10 | f1-decode | head -c 100000 >some.f1
mkfifo live
exec 4<>live
start f1-pg <live
exec 3>live 4<&-
cat some.f1 >&3
ok 'a live stream is in the database while it runs' until_true holds 'EXISTS (SELECT FROM f1.motion)'
exec 3>&-
finish "$pid"

# and not each frame in a transaction of its own: two a second, and some of the beginning and the end
transactions() {
	sql 'SELECT txid_current()'
}
fresh
before=$(transactions)
begin=$(date +%s)
f1-sim -y 2025 -c 2 -l 1 -r 60 -s 1 --duration 5 | f1-decode | f1-pg
seconds=$(($(date +%s) - begin + 1))
ok 'a live stream takes two transactions a second' test $(($(transactions) - before)) -le $((2 * seconds + 10))

# records that another program packed, with the shortest numbers
python3 - >short.f1 <<'P'
import struct, sys
def pack(v):
    if isinstance(v, str):
        return bytes([0xa0 | len(v)]) + v.encode()
    if isinstance(v, float):
        return b'\xcb' + struct.pack('>d', v)
    if v > 0xffffffff:
        return b'\xcf' + struct.pack('>Q', v)
    if v > 0xffff:
        return b'\xce' + struct.pack('>I', v)
    return bytes([v]) if 0 <= v < 128 else b'\xcd' + struct.pack('>H', v) if v >= 0 else b'\xd0' + struct.pack('>b', v)
def frame(d):
    b = bytes([0xde]) + struct.pack('>H', len(d)) + b''.join(pack(k) + pack(v) for k, v in d.items())
    return struct.pack('>I', len(b)) + b
head = dict(packet='car_telemetry', packet_id=6, packet_format=2025, session_uid=2**64 - 5, session_time=1.5,
    frame_identifier=7, overall_frame_identifier=9, player_car_index=0)
out = sys.stdout.buffer
out.write(frame(dict(head, car=1, speed=300, gear=-1, throttle=0.5)))
out.write(frame(dict(head, car=2, speed=70000, gear=70000)))
out.write(frame(dict(head, packet='no_such_thing')))
out.write(frame({'packet': 'motion'}))
out.write(b'\xff\xff\xff\xff')
out.write(frame(dict(head, car=3, speed=12, gear=2)))
P
fresh
run f1-pg -v <short.f1 2>err
is 'records of another encoder: status' "$status" 65
like 'what was left out is counted' "$(cat err)" '5 records, 3 rejected \(1 unknown, 1 head, 1 range\)'
is 'and what was good is there' "$(sql 'SELECT session_uid, overall_frame_identifier, car, speed, gear, throttle, brake IS NULL FROM f1.car_telemetry ORDER BY car')" \
	'-5|9|1|300|-1|0.5|t
-5|9|3|12|2||t'

# torn and foreign streams
fresh
head -c 50000 some.f1 >torn.f1
run f1-pg <torn.f1 2>err
is 'a torn stream: status' "$status" 65
like 'a torn stream: words' "$(cat err)" 'ends in the middle of a record'
ok 'a torn stream: what came before is there' test "$(sql 'SELECT count(*) FROM f1.motion')" -gt 0
printf '\200\0\0\0hello' >foreign
run f1-pg <foreign 2>err
is 'a length of 2 GiB: status' "$status" 65
run f1-pg <race.bin 2>err
is 'a raw stream: status' "$status" 65

for captures in ${F1_CAPTURES+"$F1_CAPTURES"} "$top/../shared/captures" "$top/../../shared/captures" ''; do
	[ -d "$captures" ] && break
done
if [ -n "$captures" ]; then
	for capture in "$captures"/*.bin; do
		case $capture in
		*melbourne*|*miami*|*2018-racehub*|*2019-racehub*|*2020-racehub*|*kens*|*kamarugo*) continue ;;	# packets of many frames, sorted by type
		esac
		compare "$(basename "$capture")" "$capture"
	done
else
	skip 'no captures of real games here'
fi
done_testing
