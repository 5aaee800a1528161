#!/bin/sh
# selectors: what they take, by jq's reckoning; rates by session time; what is none
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-sim f1-decode jq
selector=$O/tests/selector

f1-sim -y 2025 -c 4 -l 2 --scene flashback >race.bin 2>/dev/null
f1-decode race.bin >race.f1
f1-decode --json race.bin >race.json

# takes SELECTOR FILTER: the same records as jq's select(FILTER)
takes() {
	"$selector" "$1" <race.f1 >got
	jq -c "select($2)" race.json >expected.jq
	# jq writes numbers its own way
	jq -c . got >got.jq
	ok "$1: some" test -s got
	same "$1" got.jq expected.jq
}
takes '*' true
takes lap_data '.packet == "lap_data"'
takes 6 '.packet_id == 6'
takes 11/2 '.packet_id == 11 and .car == 2'
takes car_telemetry/player '.packet == "car_telemetry" and .car == .player_car_index'
takes event/player '.packet == "event" and .car == .player_car_index'
takes '*/3' '.car == 3'
takes tyre_sets/player '.packet == "tyre_sets" and .car == .player_car_index'

# thinned SELECTOR FILTER RATE: the first frame of each slot of session time, for each car, from where time went back to
thinned() {
	"$selector" "$1" <race.f1 | jq -c '[.packet, .car, .frame_identifier, .session_time]' >got
	jq -c "select($2) | [.packet, .car, .frame_identifier, .session_time]" race.json | jq -nc --argjson rate "$3" '
		foreach inputs as $r ({ };
			($r[:2] | tostring) as $k | ($r[3] * $rate | floor) as $slot | .[$k] as $before |
			.pass = ($before == null or $slot > $before[0] or $before[0] - $slot > ([$rate, 1] | max) or
				($slot == $before[0] and $r[2] == $before[1])) |
			if .pass then .[$k] = [$slot, $r[2]] else . end;
			if .pass then $r else empty end)' >expected
	ok "$1: some" test -s got
	same "$1" got expected
}
# rates whose slots begin at no frame's time but whole seconds: jq reads 0.7 where the game sent the float32 below it
thinned motion/7hz '.packet == "motion"' 7
thinned car_telemetry/player/0.5Hz '.packet == "car_telemetry" and .car == .player_car_index' 0.5
thinned '*/2hz' true 2
thinned 11/1hz '.packet_id == 11' 1

"$selector" motion/20hz <race.f1 | jq .overall_frame_identifier | uniq -c >got
jq 'select(.packet == "motion") | .overall_frame_identifier' race.json | uniq -c >all
ok 'all cars of a kept frame pass together' test "$(wc -l <got)" -gt 100 -a -z "$(grep -vxFf all got)"
"$selector" session_history/0.2hz <race.f1 >got
is 'where a packet tells of one car, each has its turn' "$(jq -s 'map(.car) | unique' -c got)" '[0,1,2,3]'
ok 'it is a flashback' test "$(grep -c '"FLBK"' race.json)" -gt 0
is 'the second telling of a time passes, too' \
	"$("$selector" car_telemetry/0/1hz <race.f1 | jq '.session_time | floor' | sort -n | uniq -d | wc -l | tr -d ' ')" \
	"$(jq -r 'select(.packet == "car_telemetry" and .car == 0) | .session_time | floor' race.json | uniq | sort -n | uniq -d | wc -l | tr -d ' ')"

# two rigs through one pipe, record by record
f1-sim -y 2023 -c 2 -l 1 --seed 5 2>/dev/null | f1-decode --json >a.json
is 'rigs do not count for each other' "$(
	f1-sim -y 2023 -c 2 -l 1 --seed 6 2>/dev/null | f1-decode >b.f1
	f1-sim -y 2023 -c 2 -l 1 --seed 5 2>/dev/null | f1-decode >a.f1
	python3 - <<-'END'
	def frames(name):
	    data, at = open(name, 'rb').read(), 0
	    while at < len(data):
	        end = at + 4 + int.from_bytes(data[at:at + 4], 'big')
	        yield data[at:end]
	        at = end
	a, b = list(frames('a.f1')), list(frames('b.f1'))
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
