#!/bin/sh
# selectors: what they take, by jq's reckoning; rates by session time; what is none
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need tests/selector f1-sim f1-decode jq python3
selector=$O/tests/selector

f1-sim -y 2025 -c 4 -l 2 -r 20 --scene flashback >race.bin 2>/dev/null
f1-decode race.bin >race.f1
f1-decode --json race.bin >race.json

# what each selector takes, by another reckoning: the file of its number has the lines. Rates are such that their slots
# begin at no frame's time but whole seconds, for the game's float32 below 0.7 is read as 0.7 here.
cat >expect.py <<'END'
import json, math
selectors = {
    '*': lambda r: True,
    'lap_data': lambda r: r['packet'] == 'lap_data',
    '6': lambda r: r['packet_id'] == 6,
    '11/2': lambda r: r['packet_id'] == 11 and r.get('car') == 2,
    'car_telemetry/player': lambda r: r['packet'] == 'car_telemetry' and r['car'] == r['player_car_index'],
    'event/player': lambda r: r['packet'] == 'event' and r.get('car') == r['player_car_index'],
    '*/3': lambda r: r.get('car') == 3,
    'tyre_sets/player': lambda r: r['packet'] == 'tyre_sets' and r['car'] == r['player_car_index'],
    'motion/7hz': lambda r: r['packet'] == 'motion',
    'car_telemetry/player/0.5Hz': lambda r: r['packet'] == 'car_telemetry' and r['car'] == r['player_car_index'],
    '*/2hz': lambda r: True,
    '11/1hz': lambda r: r['packet_id'] == 11,
}
rates = {'motion/7hz': 7, 'car_telemetry/player/0.5Hz': 0.5, '*/2hz': 2, '11/1hz': 1}
files = {s: open('expected.%d' % i, 'w') for i, s in enumerate(selectors)}
print(*selectors, sep='\n')
kept = {}
for line in open('race.json'):
    r = json.loads(line)
    for s, takes in selectors.items():
        if not takes(r):
            continue
        if s in rates:	# the first frame of each slot of session time, for each car, from where time went back to
            key, slot = (s, r['packet'], r.get('car')), math.floor(r['session_time'] * rates[s])
            last, frame = kept.get(key, (-math.inf, None))
            if slot == last and r['frame_identifier'] == frame:
                pass
            elif last - max(rates[s], 1) <= slot <= last:
                continue
            kept[key] = slot, r['frame_identifier']
        files[s].write(line)
END
python3 expect.py >selectors
i=0
while read -r text; do
	"$selector" "$text" <race.f1 >got
	ok "$text: some" test -s got
	same "$text" got expected.$i
	i=$((i + 1))
done <selectors
is 'all selectors' "$i" 12

"$selector" motion/10hz <race.f1 | jq .overall_frame_identifier | uniq -c >got
jq 'select(.packet == "motion") | .overall_frame_identifier' race.json | uniq -c >all
ok 'all cars of a kept frame pass together' test "$(wc -l <got)" -gt 100 -a -z "$(grep -vxFf all got)"
"$selector" session_history/0.2hz <race.f1 >got
is 'where a packet tells of one car, each has its turn' "$(jq -s 'map(.car) | unique' -c got)" '[0,1,2,3]'
ok 'it is a flashback' test "$(grep -c '"FLBK"' race.json)" -gt 0
is 'the second telling of a time passes, too' \
	"$("$selector" car_telemetry/0/1hz <race.f1 | jq '.session_time | floor' | sort -n | uniq -d | wc -l | tr -d ' ')" \
	"$(jq -r 'select(.packet == "car_telemetry" and .car == 0) | .session_time | floor' race.json | uniq | sort -n | uniq -d | wc -l | tr -d ' ')"

# two rigs through one pipe, record by record
is 'rigs do not count for each other' "$(
	f1-sim -y 2023 -c 2 -l 1 --seed 6 2>/dev/null | f1-decode >b.f1
	f1-sim -y 2023 -c 2 -l 1 --seed 5 2>/dev/null | f1-decode >a.f1
	python - <<-'END'
	from frames import frames
	a, b = (list(frames(open(name, 'rb').read())) for name in ('a.f1', 'b.f1'))
	open('both.f1', 'wb').write(b''.join(x + y for x, y in zip(a, b)))
	open('a.f1', 'wb').write(b''.join(a[:min(len(a), len(b))]))
	open('b.f1', 'wb').write(b''.join(b[:min(len(a), len(b))]))
	END
	"$selector" '*/5hz' <both.f1 | sort | cksum
)" "$({ "$selector" '*/5hz' <a.f1; "$selector" '*/5hz' <b.f1; } | sort | cksum)"

# refused TEXT WORDS
refused() {
	run "$selector" "$1" </dev/null 2>err
	is "$1: status" "$status" 64
	like "$1: words" "$(cat err)" "$2"
}
refused car_telemtry 'no record of this name'
refused '' 'no record of this name'
refused 17 'no packet of this id'
refused 9999999999 'no packet of this id'
refused '**' 'no record of this name'
refused motion/24 'CAR is an index from 0 to 23'
refused motion/me 'CAR is an index'
refused motion/ 'CAR is an index'
refused session/player 'no car'
refused motion/1/20 'a rate ends with hz'
refused motion/hz 'RATE is a number'
refused motion/1e3hz 'RATE is a number'
refused motion/1.2.3hz 'RATE is a number'
refused motion/0hz 'RATE is from'
refused motion/1001hz 'RATE is from'
refused motion/1/2hz/3 'nothing comes behind'
refused motion/2hz/ 'nothing comes behind'
done_testing
