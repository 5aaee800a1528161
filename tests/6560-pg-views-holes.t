#!/bin/sh
# f1-pg: what views say of a race of which a piece is missing: nothing that is not known, and nothing twice
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim python3
pg_start jit=off
fresh

# 2019 has neither a classification nor a history of laps: a lap that nobody saw is unknown
f1-sim -y 2019 -S 1 -c 4 -l 4 -r 6 --lap-length 2500 | f1-decode | f1-pg
of_car_1() {
	sql "SELECT $2 FROM f1.$1 WHERE car = 1"
}
sql 'SELECT lap_num, race_ms FROM f1.laps WHERE car = 1 ORDER BY 1' >laps
is 'whole: the time of the race is that of its last lap' "$(of_car_1 classification 'laps, race_ms')" "$(tail -n 1 laps)"
is 'whole: fuel used in all laps but the first' "$(of_car_1 fuel 'count(*), count(used)')" '4|3'
sql 'DELETE FROM f1.lap_ends WHERE car = 1 AND lap_num = 3'
is 'without lap 3: it is not known how long the two took' "$(of_car_1 laps 'string_agg((lap_ms IS NOT NULL)::text, $$ $$ ORDER BY lap_num)')" \
	'true false true true'
is 'nor the time of the race, which is not that of lap 1' "$(of_car_1 classification 'laps, race_ms, gap_ms')" '4||'
is 'nor the fuel of lap 4' "$(of_car_1 fuel 'string_agg(lap_num::text || (used IS NOT NULL), $$ $$ ORDER BY lap_num)')" '1false 2true 4false'

# stints that end before those before them, as a stop that was taken back leaves them
f1-sim -y 2023 -S 2 -c 4 -l 4 -r 6 --lap-length 2500 | f1-decode | f1-pg
race=$(sql 'SELECT race_id FROM f1.races WHERE packet_format = 2023')
told() {
	sql "SELECT count(*), count(DISTINCT lap_num) FROM f1.$1 WHERE race_id = $race AND car = 1"
}
is 'each lap once' "$(told laps)" '4|4'
sql 'DELETE FROM f1.session_history'
for stint in '2, 1' '3, 255'; do
	sql "INSERT INTO f1.tyre_stints (session_uid, session_time, frame_identifier, overall_frame_identifier, packet_format, player_car_index, car,
			stint, end_lap, tyre_actual_compound, tyre_visual_compound)
		SELECT session_uid, session_time, frame_identifier, overall_frame_identifier, packet_format, player_car_index, car, $stint,
			tyre_actual_compound, tyre_visual_compound FROM f1.tyre_stints WHERE car = 1 AND stint = 0"
done
is 'and still once' "$(told laps)" '4|4'

# a driver who is no longer there in the second part of a race: the game leaves his place empty, and sends it
fresh
f1-sim -y 2023 -S 3 -c 4 -l 6 -r 6 --lap-length 2500 --scene save-reload | f1-decode | f1-pg
race=$(sql 'SELECT race_id FROM f1.races')
driver=$(sql 'SELECT driver, team FROM f1.drivers WHERE car = 2')
sql "UPDATE f1.participants SET name = '', race_number = 0, team_id = 255, driver_id = 255, your_telemetry = 0
	WHERE car = 2 AND session_uid <> $race"
is 'an unused place does not part a race' "$(sql 'SELECT race_id, parts FROM f1.races')" "$race|2"
is 'nor is it a driver' "$(sql 'SELECT driver, team FROM f1.drivers WHERE car = 2')" "$driver"

# a reload more than a lap back: what comes from 70 to 90 s comes once more, as of another session, behind 210 s of a race
cat >reload.py <<'P'
import sys
from frames import frames, number, place
data, again = sys.stdin.buffer.read(), b''
for record in frames(data):
    if 70 <= number(record, 'session_time', 'f') <= 90:
        uid = place(record, 'session_uid')
        again += record[:uid] + bytes([record[uid] ^ 0x55]) + record[uid + 1:]
sys.stdout.buffer.write(data + again)
P
for year in 2021 2025; do
	fresh
	f1-sim -y $year -S 4 -c 4 -l 6 -r 6 --lap-length 2500 --duration 210 | f1-decode >race.f1
	f1-pg <race.f1
	note "$year: before the reload $(sql 'SELECT car, max(lap_num) FROM f1.laps WHERE complete GROUP BY 1 ORDER BY 1' | tr '\n' ' ')"
	python reload.py <race.f1 | f1-pg
	is "$year: one race" "$(sql 'SELECT count(*), max(parts) FROM f1.races')" '1|2'
	is "$year: a reload takes back the laps behind it, and what was told of the one it leads to" \
		"$(sql 'SELECT car, lap_num, complete, sector3_ms IS NULL FROM f1.laps WHERE lap_num > 1 ORDER BY 1, 2')" \
		"$(printf '%s|2|f|t\n' 0 1 2 3)"
	is "$year: and the classification" "$(sql 'SELECT car, laps FROM f1.classification ORDER BY 1')" "$(printf '%s|1\n' 0 1 2 3)"
done

# a capture that begins in the middle: the stints are those of the whole race, but for tyres that nobody saw
for year in 2021 2025; do
	for scene in '' late-start; do
		fresh
		f1-sim -y $year -S 42 -c 6 -l 10 -r 6 --lap-length 2500 ${scene:+--scene "$scene"} | f1-decode | f1-pg
		sql 'SELECT car, stint, first_lap, last_lap, tyre, best_ms, average_ms FROM f1.stints ORDER BY 1, 2' >stints.$scene
		sql 'SELECT car, stint, tyre_age FROM f1.stints WHERE tyre_age IS NOT NULL ORDER BY 1, 2' >age.$scene
		sql 'SELECT * FROM f1.driver_consistency ORDER BY car' >even.$scene
	done
	same "$year: the stints" stints.late-start stints.
	same "$year: how even the laps were" even.late-start even.
	is "$year: the age of the tyres is that at the beginning of the stint" "$(grep -v -x -F -f age. age.late-start)" ''
	ok "$year: and known, where one lap of the stint was seen" test "$(wc -l <age.late-start)" -gt 6
done

# where there is no network nobody hides anything, though some games of 2019 send 0 for the cars that they drive
fresh
f1-sim -y 2019 -S 5 -c 3 -l 2 -r 5 --lap-length 2500 | f1-decode | f1-pg
sql 'UPDATE f1.participants SET your_telemetry = 0'
is 'offline nobody is restricted' "$(sql "SELECT bool_or(restricted), (SELECT count(*) FROM f1.fuel WHERE fuel IS NULL),
	(SELECT count(*) FROM f1.tyre_wear WHERE worst IS NULL), (SELECT count(*) FROM f1.final_car_status WHERE ers_store_energy IS NULL),
	(SELECT count(*) FROM f1.lap_trace WHERE ers_store IS NULL) FROM f1.drivers")" 'f|0|0|0|0'

# without FROM TO [SLOW]: race.f1 without the frames from FROM on, as far as TO, and from SLOW on with every third frame only; in
# the file lost, of how many frames each kind lost something that way, and not by its rate
without() {
	python - "$@" <<-'P'
		import sys
		from frames import frames, number
		begin, end, slow = (*map(int, sys.argv[1:]), 1 << 31)[:3]
		lost = {kind: set() for kind in ('car_telemetry', 'lap_data', 'motion')}
		for record in frames(open('race.f1', 'rb').read()):
		    frame = number(record, 'frame_identifier')
		    if frame >= slow and frame % 3:
		        continue
		    if not begin <= frame < end:
		        sys.stdout.buffer.write(record)
		        continue
		    for kind, those in lost.items():
		        if bytes([0xa0 | len(kind)]) + kind.encode() in record:
		            those.add(frame)
		open('lost', 'w').write(''.join(f'{kind}|{len(those)}\n' for kind, those in lost.items()))
	P
}
missing() {
	sql "SELECT packet, missing FROM f1.telemetry_gaps WHERE packet IN ('car_telemetry', 'lap_data', 'motion') ORDER BY 1"
}
for year in 2018 2021 2024; do
	f1-sim -y $year -S $year -c 2 -l 2 --lap-length 2500 --scene pause,flashback | f1-decode >race.f1
	for what in '0 0' '1000 1300' '1000 1006' '0 0 6000' '7000 7300 6000'; do
		fresh
		# shellcheck disable=SC2086
		without $what | f1-pg
		is "$year: what is missing without the frames $what of a race with a pause and a flashback" "$(missing)" "$(cat lost)"
	done
done
is 'some were lost' "$(cat lost)" "$(printf '%s|100\n' car_telemetry lap_data motion)"

# a frame that is damaged, and so a day behind all others, is no stall of a day
sql "INSERT INTO f1.frames SELECT session_uid, 'motion', chunk + 1000, set_bit(0::bit(1024), 7, 1) FROM f1.frames ORDER BY chunk DESC LIMIT 1"
is 'a frame on its own' "$(sql "SELECT max(missing) FROM f1.telemetry_gaps WHERE packet = 'motion'")" 100
done_testing
