#!/bin/sh
# f1-sim: races of all years decode without a rejection, hang together, and come out the same from the same seed
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-sim

for year in 2018 2019 2020 2021 2022 2023 2024 2025 2026; do
	run f1-sim -y "$year" -l 3 -r 5 >"$year.bin"
	is "$year: a race" "$status" 0
	if have f1-decode; then
		run f1-decode --strict -v <"$year.bin" >/dev/null 2>err
		is "$year: f1-decode takes all of it" "$status" 0
		like "$year: and rejects nothing" "$(cat err)" ' 0 rejected'
	else
		skip 'no f1-decode' 2
	fi
done

f1-sim -y 2023 -l 3 -r 5 >again
same 'the same seed, the same bytes' 2023.bin again
f1-sim -y 2023 -l 3 -r 5 --seed 2 >other
ok 'another seed, another race' sh -c '! cmp -s 2023.bin other'
f1-sim -y 2023 --seed 2 --duration 5 >two
f1-sim -y 2023 --seed 2 --duration 20 >longer
ok '--duration cuts off' test "$(wc -c <two)" -lt "$(wc -c <longer)"
ok 'and changes nothing before' cmp -n "$(wc -c <two | tr -d ' ')" two longer
f1-sim -y 2026 -c 24 -l 1 -r 1 --lap-length 3000 >full
f1-sim -y 2018 -c 1 -l 1 -r 120 >alone
ok 'a full grid, and one car alone' test -s full -a -s alone

# What the packets say of the same thing must be the same. Reads f1-decode --json.
cat >together.py <<'END'
import json, math, sys

velocity, laps, final, last, races, problems = {}, {}, {}, {}, set(), []

def check(right, *words):
    if not right:
        problems.append(" ".join(map(str, words)))

for line in sys.stdin:
    r = json.loads(line)
    kind, car, frame = r["packet"], r.get("car"), r["frame_identifier"]
    year = r["packet_format"]
    races.add(r["session_uid"])
    if kind == "motion":
        velocity[car] = frame, 3.6 * math.hypot(*(r["world_velocity_" + axis] for axis in "xyz"))
    elif kind == "car_telemetry":
        at, speed = velocity.get(car, (None, 0))
        check(at != frame or abs(speed - r["speed"]) <= 0.51, kind, frame, car, speed, r["speed"])
    elif kind == "lap_data":
        last[car] = r
    elif kind == "lap_history":
        parts = (3 * ["sector%d_time_ms_part"] + 3 * ["sector%d_time_minutes_part"] if year > 2022 else 3 * ["sector%d_time_in_ms"])
        sectors = [r[name % (i % 3 + 1)] * (60000 if "minutes" in name else 1) for i, name in enumerate(parts)]
        if r["lap_time_in_ms"]:
            check(abs(sum(sectors) - r["lap_time_in_ms"]) <= 2, kind, car, r["lap_num"], sectors, r["lap_time_in_ms"])
            laps.setdefault(car, {})[r["lap_num"]] = r["lap_time_in_ms"]
    elif kind == "final_classification":
        final[car] = r
check(len(races) == (1 if year < 2020 else 2), "sessions", races)
check(sorted(r["car_position"] for r in last.values()) == list(range(1, len(last) + 1)), "positions")
check(any(r["result_status"] == (7 if year > 2019 else 6) for r in last.values()), "nobody retired")
check(sum(r.get("num_pit_stops", 1) for r in last.values()) > 9, "few stops")
if year > 2020:
    check(final.keys() == last.keys(), "cars", final.keys(), last.keys())
for car, r in final.items():
    check(r["position"] == last[car]["car_position"], "position", car)
    check(r["result_status"] == last[car]["result_status"], "result", car)
    check(r["num_laps"] == 3 or r["result_status"] != 3, "laps", car)
    if r["result_status"] == 3 and year > 2020:
        check(last[car]["last_lap_time_in_ms"] == laps[car][3], "last lap", car)
        check(abs(sum(laps[car].values()) / 1000 - r["total_race_time"]) < 0.01, "race time", car)
print("\n".join(problems[:10]) or "all agrees")
END
if have f1-decode python3; then
	for year in 2018 2020 2022 2025 2026; do
		f1-decode --json <"$year.bin" >json
		is "$year: the packets agree" "$(python3 together.py <json)" 'all agrees'
	done
else
	skip 'no f1-decode or no python3' 5
fi

# usage NAME WORDS [OPTION]…: is refused with status 64 and these words
usage() {
	name=$1
	words=$2
	shift 2
	run f1-sim "$@" >out 2>err
	is "$name: status 64" "$status" 64
	like "$name: says why" "$(cat err)" "$words"
	ok "$name: nothing on stdout" test ! -s out
}
usage 'no such year' '2018 to 2026' -y 2027
usage 'too many cars for the year' 'packets of 2018 hold 20' -y 2018 -c 22
usage 'no laps' '1 to 100' -l 0
usage 'no frames' '1 to 120' --rate 0
usage 'no port' 'HOST:PORT' --udp localhost
usage 'an operand' "'race'" race
usage 'an unknown option' 'unknown option' --scenery

if [ -c /dev/full ]; then
	run f1-sim --duration 20 >/dev/full 2>err
	is 'a full disk: status 74' "$status" 74
else
	skip 'no /dev/full'
fi
{
	f1-sim -l 1 2>err
	echo $? >left
} | head -c 100000 >/dev/null
is 'a reader that leaves is a quiet end' "$(cat left err)" 0

mkfifo slow
exec 6<>slow
background f1-sim --speed 1 >slow
exec 3<slow 6>&-
head -c 1400 <&3 >first
stop "$pid"
exec 3<&-
is 'SIGTERM: status 0' "$status" 0

if have f1-listen; then
	set -- -y 2024 -r 5 --duration 20
	f1-sim "$@" >expected
	: >received
	start f1-listen -a 127.0.0.1 -p 0 >received
	f1-sim "$@" --udp "127.0.0.1:$ready" --speed 40
	is_long() {
		[ "$(wc -c <received)" -ge "$(wc -c <expected)" ]
	}
	until_true is_long
	stop "$pid"
	same 'UDP carries the same bytes' expected received
else
	skip 'no f1-listen'
fi

done_testing
