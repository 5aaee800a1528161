#!/bin/sh
# f1-pg: values that are none end no load and no view
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim python3
pg_start jit=off
fresh
for year in 2018 2020 2021 2023 2026; do
	f1-sim -y $year -S $year -c 4 -l 3 -r 6 --lap-length 2500 | f1-decode >race.f1
	python3 "$top/tests/garbage.py" $year 5 race.f1 >garbage.f1
	run f1-pg <garbage.f1 2>err
	is "$year: all records are rows" "$status $(cat err)" '0 '
done
races=$(sql 'SELECT count(*) FROM f1.races')
is 'the races are there' "$races" 5

# a frame that no game counts to: neither as it comes, nor as what is counted on from a frame
head() {
	python3 - "$@" <<-'P'
		import struct, sys
		def pack(v):
		    if isinstance(v, str):
		        return bytes([0xa0 | len(v)]) + v.encode()
		    return b'\xca' + struct.pack('>f', v) if isinstance(v, float) else b'\xcf' + struct.pack('>Q', v)
		for frame in sys.argv[2:]:
		    frame, _, overall = frame.partition('/')
		    d = dict(packet='lap_data', packet_id=2, packet_format=int(sys.argv[1]), session_uid=7, session_time=float(frame) / 60,
		        frame_identifier=int(frame), player_car_index=0, car=1, current_lap_num=1, result_status=2)
		    if overall:
		        d['overall_frame_identifier'] = int(overall)
		    b = bytes([0xde]) + struct.pack('>H', len(d)) + b''.join(pack(k) + pack(v) for k, v in d.items())
		    sys.stdout.buffer.write(struct.pack('>I', len(b)) + b)
	P
}
head 2023 1/1 2/2 2/2147483646 2147483647/3 999999999/999999999 3/4 >frames.f1
run f1-pg -v <frames.f1 2>err
is 'frames beyond all games: status' "$status" 65
like 'frames beyond all games' "$(tail -n 1 err)" '6 records, 2 rejected \(2 range\), 4 rows written'
head 2019 100 101 900000000 102 900000000 103 104 >frames.f1
run f1-pg -v <frames.f1 2>err
like 'and those counted on from one are none, but what comes after' "$(tail -n 1 err)" '7 records, 1 rejected \(1 range\), 6 rows written'

# all_views WHAT: each of them has an answer
all_views() {
	for view in $(sql "SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'f1'::regnamespace ORDER BY 1"); do
		where=
		[ "$view" != lap_trace ] || where='WHERE lap_num = 2 AND car = 2'
		ok "$1: $view" psql -XAtq -v ON_ERROR_STOP=1 -c "SELECT count(v::text) FROM f1.$view v $where"
	done
	ok "$1: lap_compare" psql -XAtq -v ON_ERROR_STOP=1 -c "SELECT count(c::text) FROM f1.races r CROSS JOIN LATERAL f1.lap_compare(r.race_id, 1, 1, 2, 2) c"
}
all_views 'anything'
ok 'the samples go' f1-pg --keep-samples 0

# values so large that sums and differences of them are none
fresh
for year in 2018 2020 2021 2023 2026; do
	f1-sim -y $year -S $((year + 1)) -c 4 -l 3 -r 6 --lap-length 2500 | f1-decode >race.f1
	python3 "$top/tests/garbage.py" $((year + 1)) 100 race.f1 huge >garbage.f1
	run f1-pg <garbage.f1 2>err
	is "$year, huge: all records are rows" "$status $(cat err)" '0 '
done
all_views 'huge'
# what a dashboard asks of all races at once, even if each ends in all eternity
sql 'UPDATE f1.session_info SET session_time = 3.4e38'
races=$(sql "SELECT string_agg(race_id::text, ',') FROM f1.races")
python3 - "$races" "$top"/f1-pg/grafana/dashboards/*.json <<-'P' >queries
	import json, re, sys
	def queries(at):
	    for key, value in at.items() if isinstance(at, dict) else enumerate(at):
	        if key == 'rawSql' or key == 'query' and isinstance(value, str) and value.startswith('SELECT'):
	            yield value
	        elif isinstance(value, (dict, list)):
	            yield from queries(value)
	for file in sys.argv[2:]:
	    for query in queries(json.load(open(file))):
	        query = re.sub(r'\$__timeFilter\(.*\)\)', 'true', query.replace('$races', sys.argv[1]))
	        if '$' not in query:
	            print(' '.join(query.split()))
P
like 'dashboards ask something of all races' "$(wc -l <queries)" '^ *[1-9][0-9]$'
while read -r query; do
	ok "huge: $(printf %.60s "$query")" psql -XAtq -v ON_ERROR_STOP=1 -c "SELECT count(q::text) FROM ($query) q"
done <queries

# damaged FRAME overall|frame BIT [LAST]: the lap_data of an overall frame with another number, and nothing behind the frame LAST
damaged() {
	python - "$@" <<-'P'
		import struct, sys
		from frames import frames, number, place
		frame, bit, last = int(sys.argv[1]), int(sys.argv[3]), int((sys.argv[4:] or [1 << 31])[0])
		key = {'overall': 'overall_frame_identifier', 'frame': 'frame_identifier'}[sys.argv[2]]
		for record in frames(open('race.f1', 'rb').read()):
		    overall = number(record, 'overall_frame_identifier')
		    if overall > last:
		        break
		    if overall == frame and b'\xa8lap_data' in record:
		        wrong = struct.pack('>I', number(record, key) ^ bit)
		        record = record[:place(record, key)] + wrong + record[place(record, key) + 4:]
		    sys.stdout.buffer.write(record)
	P
}
kept() {
	sql 'SELECT count(*) FROM f1.final_lap_data'
	sql 'SELECT car, lap_num, lap_ms, sector1_ms, valid, position, tyre FROM f1.laps ORDER BY 1, 2'
}
fresh
f1-sim -y 2024 -S 24 -c 4 -l 3 -r 20 --lap-length 2500 --scene flashback | f1-decode >race.f1
f1-pg <race.f1
kept >whole
frame=$(sql 'SELECT min(overall_frame_identifier) FROM f1.lap_data WHERE overall_frame_identifier > 400')
back=$(sql 'SELECT min(first_frame) FROM f1.passes WHERE pass > 0')
for damage in 'overall 65536' 'overall 1' 'frame 64' 'frame 65536'; do
	fresh
	# shellcheck disable=SC2086
	damaged "$frame" $damage | f1-pg
	kept >got
	is "one datagram with another frame, $damage: its samples do not count" "$(sed -n 1p got)" $(($(sed -n 1p whole) - 4))
	sed 1d whole >laps
	ok 'and all laps are there' sh -c 'sed 1d got | cmp - laps'
done
fresh
damaged 0 overall 0 "$back" | f1-pg
is 'a flashback counts from its first frame on' "$(sql "SELECT count(*) FROM f1.timeline WHERE pass > 0 AND first_frame <= $back")" 1
done_testing
