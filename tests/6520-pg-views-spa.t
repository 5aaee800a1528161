#!/bin/sh
# f1-pg: the views of a real race, online at Spa in 2020, against what the game said itself
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode jq zstd python3
captures
spa=$captures/f1-2020-patricknoir-spa-online.bin.zst
[ -e "$spa" ] || skip_all "no $spa here"
pg_start
fresh
# without what the views of results do not read, to be quick about it
zstdcat "$spa" >spa.bin
f1-decode spa.bin | f1-pg
f1-decode --json spa.bin | grep -E '^\{"packet":"(session|lap_data|event|final_classification|participants|car_telemetry)"' >spa.json

# What the records say, worked out here from first to last: laps by the changes of the lap number, and the classification.
cat >say.py <<'P'
import collections, json
final, laps, seen, people, penalties, sectors = {}, {}, {}, {}, collections.Counter(), {}
speed = collections.defaultdict(int)
for line in open('spa.json'):
    r = json.loads(line)
    uid = r['session_uid']
    if uid == '0' * 16:
        continue
    if r['packet'] == 'final_classification':
        final[uid, r['car']] = r
    elif r['packet'] == 'participants':
        people[uid, r['car']] = r
    elif r['packet'] == 'event' and r['event_string_code'] == 'PENA':
        penalties[uid] += 1
    elif r['packet'] == 'lap_data':
        key, n = (uid, r['car']), r['current_lap_num']
        if key in seen and seen[key] + 1 == n:
            laps[uid, r['car'], n - 1] = (round(r['last_lap_time'] * 1000), r['car_position'], sectors[key])
        if r['result_status'] <= 2:
            sectors[key] = (r['sector1_time_in_ms'], r['sector2_time_in_ms'], r['current_lap_invalid'])
        seen[key] = n
kinds = {uid: any(f['total_race_time'] > 1.5 * f['best_lap_time'] > 0 for (u, c), f in final.items() if u == uid) for uid, _ in final}
with open('want.classification', 'w') as out:
    for (uid, car), f in sorted(final.items()):
        race = kinds[uid]
        print(uid, car, f['position'], f['num_laps'], round(f['best_lap_time'] * 1000) or '', round(f['total_race_time'] * 1000) or '' if race else '',
              f['points'] if race else '', f['num_pit_stops'], f['penalties_time'], people[uid, car]['race_number'], sep='|', file=out)
with open('want.laps', 'w') as out:
    for (uid, car, n), (ms, position, (s1, s2, invalid)) in sorted(laps.items()):
        print(uid, car, n, ms, position, s1, s2, 'f' if invalid else 't', sep='|', file=out)
with open('want.best', 'w') as out:
    best = {}
    for (uid, car, n), (ms, _, (_, _, invalid)) in laps.items():
        if not invalid:
            best[uid, car] = min(best.get((uid, car), (ms, n)), (ms, n))
    for (uid, car), (ms, n) in sorted(best.items()):
        print(uid, car, ms, n, sep='|', file=out)
    # and the game agrees about the best laps of all who are classified with one
    told = {k: round(f['best_lap_time'] * 1000) for k, f in final.items() if f['best_lap_time'] > 0}
    print(sum(k in best and abs(best[k][0] - ms) <= 1 for k, ms in told.items()), len(told), file=open('agree', 'w'))
print(*(f'{uid}|{n}' for uid, n in sorted(penalties.items())), sep='\n', file=open('want.penalties', 'w'))
P
python3 say.py

sql "SELECT f1.session_hex(race_id), car, position, laps, best_ms, race_ms, points, pit_stops, penalty_seconds, race_number FROM f1.classification
	WHERE told ORDER BY 1, 2" >got.classification
same 'the classification' got.classification want.classification
sql 'SELECT f1.session_hex(race_id), car, lap_num, lap_ms, position, sector1_ms, sector2_ms, valid FROM f1.laps WHERE complete ORDER BY 1, 2, 3' >got.laps
same 'laps: times, positions, sectors, validity' got.laps want.laps
ok 'there are many' test "$(wc -l <want.laps)" -gt 40
sql 'SELECT f1.session_hex(race_id), car, lap_ms, lap_num FROM f1.fastest_laps ORDER BY 1, 2' >got.best
same 'best laps' got.best want.best
is 'best laps by the laps and by the game are the same' "$(awk '{ print ($1 == $2 && $2 > 10) }' agree)" 1
note "best laps that agree: $(cat agree)"
sql 'SELECT f1.session_hex(race_id), count(*) FROM f1.penalties GROUP BY 1 ORDER BY 1' >got.penalties
same 'penalties' got.penalties want.penalties

is 'the sessions' "$(sql 'SELECT session_type, track, online, is_race, parts, has_result FROM f1.races ORDER BY is_race')" \
	'One-Shot Qualifying|Spa|t|f|1|t
Race|Spa|t|t|1|t'
is 'the drivers are those who drove, not all 22 places' "$(sql 'SELECT f1.session_hex(race_id), car FROM f1.drivers ORDER BY 1, 2')" \
	"$(cut -d'|' -f1,2 want.classification)"
race=$(sql 'SELECT race_id FROM f1.races WHERE is_race')
uid=$(sql "SELECT f1.session_hex($race)")
winner=$(sql "SELECT car FROM f1.classification WHERE race_id = $race AND position = 1")
is 'the times of the winner'"'"'s laps make the time of the race' \
	"$(sql "SELECT abs(sum(l.lap_ms) - max(c.race_ms)) <= 5 FROM f1.laps l JOIN f1.classification c USING (race_id, car) WHERE race_id = $race AND car = $winner AND complete")" t
is 'the gap of the second' "$(sql "SELECT abs(g.to_leader_ms - (c.gap_ms - 1000 * (c.penalty_seconds - w.penalty_seconds))) <= 30 FROM f1.classification c
	JOIN f1.classification w ON w.race_id = c.race_id AND w.position = 1
	JOIN f1.gaps g ON g.race_id = c.race_id AND g.car = c.car AND g.lap_num = c.laps WHERE c.race_id = $race AND c.position = 2")" t
grid=$(jq -r --arg uid "$uid" 'select(.packet == "final_classification" and .session_uid == $uid) | "\(.car),\(.grid_position)"' spa.json | sort -n)
is 'the grid' "$(sql "SELECT car || ',' || position FROM f1.positions WHERE race_id = $race AND lap_num = 0 ORDER BY car")" "$grid"

# a lap of the winner, by distance
trace="FROM f1.lap_trace WHERE race_id = $race AND car = $winner AND lap_num = 3"
is 'the trace always goes on' "$(sql "SELECT bool_and(d > 0) FROM (SELECT lap_distance - lag(lap_distance) OVER (ORDER BY overall_frame_identifier) AS d $trace) t")" t
is 'from line to line' "$(sql "SELECT min(lap_distance) < 30, max(lap_distance) > 6950, max(lap_distance) < 7050, count(*) > 1500 $trace")" 't|t|t|t'
top_speed=$(jq -s --arg uid "$uid" --argjson car "$winner" --argjson from "$(sql "SELECT min(overall_frame_identifier) $trace")" \
	--argjson to "$(sql "SELECT max(overall_frame_identifier) $trace")" \
	'[.[] | select(.packet == "car_telemetry" and .session_uid == $uid and .car == $car and .frame_identifier >= $from and .frame_identifier <= $to) | .speed] | max' spa.json)
is 'its top speed' "$(sql "SELECT max(speed) $trace")" "$top_speed"
is 'two laps side by side end as far apart as their times are' "$(sql "SELECT abs(c.delta_ms - (b.lap_ms - a.lap_ms)) < 60
	FROM (SELECT delta_ms FROM f1.lap_compare($race, $winner, 3, $winner, 4) ORDER BY distance DESC LIMIT 1) c, f1.laps a, f1.laps b
	WHERE a.race_id = $race AND a.car = $winner AND a.lap_num = 3 AND b.race_id = $race AND b.car = $winner AND b.lap_num = 4")" t
is 'every 5 m' "$(sql "SELECT bool_and(distance % 5 = 0), count(*) = count(DISTINCT distance), count(*) > 1380 FROM f1.lap_compare($race, $winner, 3, $winner, 4)")" 't|t|t'
is 'the weather stays in order' "$(sql "SELECT bool_and(to_time > from_time OR to_time IS NULL), count(*) > 0 FROM f1.weather WHERE race_id = $race")" 't|t'
is 'hardly anything is missing' "$(sql "SELECT max(missing_percent) < 1 FROM f1.telemetry_gaps WHERE packet <> 'session'")" t
done_testing
