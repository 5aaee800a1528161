#!/bin/sh
# f1-sim --scene: each scene decodes without a rejection and shows in the records, and --truth agrees with them
# SPDX-License-Identifier: MIT

# the dollars are of jq
# shellcheck disable=SC2016

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-sim f1-decode jq python3


# The truth against what the records say by themselves: frames, laps by lap_data and lap_history, classification,
# events, datagrams. Reads f1-decode --json.
cat >agree.py <<'END'
import json, re, sys

truth = json.load(open(sys.argv[1]))
written = int(sys.argv[2])
lossy = "loss" in truth["scenes"]
late = "late-start" in truth["scenes"]
year = truth["year"]
problems, sessions = [], {}

def check(right, *words):
    if not right:
        problems.append(" ".join(map(str, words)))

def ms(record, name):
    if year < 2021:
        return round(record[name] * 1000)
    return record[name + "_in_ms"]

class Session:
    def __init__(self):
        self.frames, self.laps, self.history, self.final, self.events = {}, {}, {}, {}, []
        self.last, self.ended, self.packets, self.flashbacks, self.back = -1, False, 0, [], []

    def take(self, kind, r):
        frame = r["frame_identifier"]
        if kind == "event":
            code = r["event_string_code"]
            self.ended = self.ended or code == "SEND"
        if not self.ended:
            if frame + 300 < self.last:
                self.back.append(frame)
                self.frames = {f: o for f, o in self.frames.items() if f < frame}
                self.laps = {k: v for k, v in self.laps.items() if v[1] < frame}
                self.events = [e for e in self.events if e[1] < frame]
                self.last = frame
            self.last = max(frame, self.last)
        if kind == "event" and code == "FLBK":
            self.flashbacks.append((frame, r["flashback_frame_identifier"]))
        elif kind == "event" and (code, frame) not in self.events:
            self.events.append((code, frame))
        elif kind == "session":
            self.packets += 1
        elif kind == "lap_data" and not self.ended:
            self.frames[frame] = r.get("overall_frame_identifier")
            if ms(r, "last_lap_time"):
                self.laps.setdefault((r["car"], r["current_lap_num"] - 1), (ms(r, "last_lap_time"), frame))
        elif kind == "lap_history" and r["lap_time_in_ms"]:
            sectors = [r["sector%d_time_in_ms" % i] if year < 2023 else
                       r["sector%d_time_ms_part" % i] + 60000 * r["sector%d_time_minutes_part" % i] for i in (1, 2, 3)]
            self.history[r["car"], r["lap_num"]] = r["lap_time_in_ms"], sectors, r["lap_valid_bit_flags"]
        elif kind == "final_classification":
            self.final[r["car"]] = r

for line in sys.stdin:
    kind = re.match('{"packet":"([a-z_0-9]+)"', line).group(1)
    if kind in ("session", "event", "lap_data", "lap_history", "final_classification"):
        r = json.loads(line)
        sessions.setdefault(r["session_uid"], Session()).take(kind, r)
sessions.pop("0" * 16, None)
check([s["uid"] for s in truth["sessions"]] == list(sessions), "sessions", list(sessions))

total = 0
for t in truth["sessions"]:
    s = sessions[t["uid"]]
    reloaded = t["classification"] is None
    name = t["uid"]
    kept = [p for p in t["timeline"] if p["kept"]]
    frames = sorted(s.frames)
    if not lossy:
        inside = [f for f in frames if any(p["frames"][0] <= f <= p["frames"][1] for p in kept)]
        check(inside == frames or reloaded, name, "frames that are not kept", len(frames) - len(inside))
        check(all(e in s.frames for p in kept for e in p["frames"]), name, "ends of stretches")
        if year >= 2023 and not reloaded:
            check(all(s.frames[p["frames"][i]] == p["overall_frames"][i] for p in kept for i in (0, 1)), name, "overall frames")
        if year >= 2021:
            asked = [(f["frame"], f["to_frame"]) for f in t["flashbacks"]][:-1 if reloaded else None]
            check(asked == s.flashbacks, name, "flashbacks", s.flashbacks)
            check([b for a, b in asked] == s.back, name, "goes back to", s.back)
    laps = {(c["car"], l["lap"]): l for c in t["cars"] for l in c["laps"]}
    check(laps or reloaded, name, "no laps")
    for key, l in laps.items():
        check(abs(sum(l["sectors_in_ms"]) - l["time_in_ms"]) <= 2, name, key, "sectors", l)
        if key in s.laps or not late and t == truth["sessions"][0]:
            check(s.laps.get(key, (0,))[0] == l["time_in_ms"], name, key, "lap_data", s.laps.get(key), l)
        if year >= 2021 and (key in s.history or not lossy):
            most = 65535 if year < 2023 else 1e9  # sectors were 16 bits
            true = l["time_in_ms"], [min(ms, most) for ms in l["sectors_in_ms"]], l["valid"]
            check(s.history.get(key) == true, name, key, s.history.get(key), l)
    if not reloaded:
        check(not s.laps.keys() - laps.keys(), name, "laps that do not count", s.laps.keys() - laps.keys())
    if year >= 2020 and not reloaded:
        check(len(s.final) == len(t["classification"]), name, "classified", len(s.final))
        for c in t["classification"]:
            r = s.final[c["car"]]
            for field in ("position", "num_laps", "result_status", "num_pit_stops", "penalties_time", "grid_position"):
                check(r[field] == c[field], name, field, r[field], c)
            check(ms(r, "best_lap_time") == c["best_lap_time_in_ms"], name, "best lap", c)
            if c["total_race_time"]:
                check(abs(r["total_race_time"] - c["total_race_time"]) < 0.001, name, "race time", c)
    true = {(e["code"], e["frame"]) for e in t["events"]}
    if not lossy:
        check(not true - set(s.events), name, "events not seen", true - set(s.events))
    if not reloaded:
        check(not set(s.events) - true, name, "events that do not count", set(s.events) - true)
    d = t["datagrams"]
    total += sum(n["made"] - n["lost"] + n["duplicated"] for n in d.values())
    n = d["session"]
    check(n["made"] - n["lost"] + n["duplicated"] == s.packets, name, "session packets", n, s.packets)
    for what, scene in (("lost", "loss"), ("duplicated", "duplicates"), ("reordered", "reorder")):
        check(any(n[what] for n in d.values()) == (scene in truth["scenes"]), name, what, scene)
total += sum(n["made"] - n["lost"] + n["duplicated"] for n in truth["outside"].values())
check(total == written, "datagrams", total, written)
print("\n".join(problems[:10]) or "all agrees")
END

# scene YEAR NAME [OPTION]…: plays it; the records are in json, those of one packet in json.PACKET
scene() {
	year=$1
	name=$2
	shift 2
	f1-sim -v -y "$year" -c 10 -l 3 -r 3 --lap-length 2500 --scene "$name" --truth truth "$@" >bin 2>said
	run f1-decode --strict --json <bin >json
	is "$year $name: all is taken" "$status" 0
	grep -E '^.{10}"(session|event|participants|lap_data|lap_history|final_classification)"' json >few
	is "$year $name: the truth agrees" "$(python3 agree.py truth "$(sed 's/.*f1-sim: \([0-9]*\) .*/\1/' said)" <few)" 'all agrees'
	for packet in session event participants; do
		grep "^.\{10\}\"$packet\"" few >"json.$packet"
	done
}

# shows WORDS PACKET FILTER: the jq filter of all records of the packet is true
shows() {
	ok "$year $name: $1" jq -e -s "$3" "json.$2"
}

# since YEAR: is it that year or a later one?
since() {
	[ "$year" -ge "$1" ]
}

back='[.[].frame_identifier] as $f | [range(1; $f | length) | select($f[.] + 60 < $f[.-1])] | length'
uids='[.[].session_uid | select(. != "0000000000000000")] | unique | length'
for y in 2019 2022 2025 2026; do
	f1-sim -y "$y" -c 10 -l 3 -r 3 --lap-length 2500 >plain

	for name in flashback chained-flashbacks; do
		scene "$y" "$name"
		times=$([ "$name" = flashback ] && echo 1 || echo 2)
		shows "frames go back, $times" session "$back == $times"
		shows 'and so does session time' session '[.[].session_time] | . != sort'
		! since 2021 || shows 'the event tells it' event "[.[] | select(.event_string_code == \"FLBK\")] | length == $times"
		! since 2023 || shows 'overall frames go on' session '[.[].overall_frame_identifier] | . == (sort | unique)'
	done

	scene "$y" pause
	same "$y pause: not a byte differs" plain bin
	f1-sim -y "$y" -c 10 -l 3 -r 3 --lap-length 2500 --scene pause --duration 150 | f1-decode --json | grep '"packet":"session"' >json.session
	shows 'but for 3 minutes nothing comes' session '.[-1].session_time | . > 30 and . < 140'

	scene "$y" save-reload
	shows 'two UIDs' session "$uids == 2"
	shows 'frames from 0' session 'last.session_uid as $u | [.[] | select(.session_uid == $u)][0].frame_identifier == 0'
	shows 'time from the saved point' session 'last.session_uid as $u | [.[] | select(.session_uid == $u)][0].session_time as $t |
	    ([.[] | select(.session_uid != $u)] | last.session_time) as $left | $t > 30 and $left - $t >= 19 and $left - $t < 22'
	! since 2021 || shows 'the same links' session 'map([.season_link_identifier, .weekend_link_identifier, .session_link_identifier]) | unique | length == 1'

	scene "$y" uid0
	outside='[.[] | select(.session_uid == "0000000000000000")]'
	if since 2021; then
		shows 'events of no session' event "$outside | map(.event_string_code) == [\"BUTN\", \"PENA\", \"BUTN\", \"PENA\"]"
		shows 'with frame 0 and an old time' event "$outside | all(.frame_identifier == 0 and .session_time > 60)"
	else
		same "$y uid0: knows none" plain bin
	fi

	scene "$y" late-ssta
	shows 'SSTA behind SEND' event 'map(.event_string_code) | .[-2:] == ["SEND", "SSTA"]'
	if since 2020; then
		is "$y late-ssta: just before the classification" "$(sed 's/{"packet":"\([a-z_]*\)".*/\1/' json | uniq | grep -B 1 -m 1 final_classification | head -n 1)" event
	fi

	scene "$y" late-start
	shows 'begins in mid-race' session '.[0].session_time > 60'
	ok "$y late-start: and is shorter" test "$(wc -c <bin)" -lt "$(wc -c <plain)"

	scene "$y" spectator
	shows 'the player is 255' session 'all(.player_car_index == 255 and .is_spectating == 1 and .spectator_car_index < 10)'

	scene "$y" restricted
	shows 'three players' participants '[.[] | select(.your_telemetry == 0).car] | unique | length == 3'
	cars=$(jq -c -s '[.[] | select(.your_telemetry == 0).car] | unique' json.participants)
	grep '"packet":"car_\(status\|damage\|setups\|telemetry\)"' json >json.cars
	grep '"packet":"tyre_sets' json >json.sets
	hidden=".car as \$c | $cars | index(\$c) != null"
	shows 'no fuel, no energy' cars "[.[] | select(.packet == \"car_status\" and ($hidden))] | length > 10 and
	    all(.fuel_in_tank == 0 and .fuel_capacity == 0 and .front_brake_bias == 0 and .ers_store_energy == 0 and .ers_deploy_mode == 0 and (.engine_power_ice // 0) == 0)"
	shows 'no wear, no damage' cars "[.[] | select(.tyres_wear and ($hidden))] | length > 10 and all((.tyres_wear + .tyres_damage | max == 0) and .engine_damage == 0)"
	shows 'that of others' cars "[.[] | select(.tyres_wear and ($hidden | not))] | any(.tyres_wear | max > 0)"
	shows 'no setups' cars "[.[] | select(.packet == \"car_setups\" and ($hidden))] | all(.front_wing == 0 and .fuel_load == 0)"
	shows 'but the speed' cars "[.[] | select(.packet == \"car_telemetry\" and ($hidden))] | any(.speed > 100)"
	! since 2023 || shows 'no tyre sets' sets "[.[] | select($hidden)] | all((.usable_life // 0) == 0 and (.fitted_idx // 0) == 0)"

	scene "$y" red-flag
	shows 'a safety car for a while' session 'map(.safety_car_status) | .[0] == 0 and last == 0 and max == 1'
	! since 2023 || shows 'red once' session 'map(.num_red_flag_periods) | .[0] == 0 and last == 1'
	! since 2023 || shows 'RDFL' event '[.[] | select(.event_string_code == "RDFL")] | length == 1'
	! since 2024 || shows 'SCAR comes and goes' event '[.[] | select(.event_string_code == "SCAR").event_type] == [0, 3]'
	grep '"packet":"car_telemetry"' json >json.cars
	shows 'all stand' cars 'group_by(.session_time) | map([.[0].session_time, (map(.speed) | max)]) |
	    map(select(.[0] > 20 and .[1] == 0)) | length > 60'

	scene "$y" rejoin
	shows 'the game drives for a while' participants 'group_by(.car) | map(map(.ai_controlled) | [.[0], max, last]) | map(select(. == [0, 1, 0])) | length == 1'
	grep '"packet":"lap_data"' json >json.laps
	shows 'a car is not there for 20 s' laps 'group_by(.car) | map(map(.session_time) | [range(1; length) as $i | .[$i] - .[$i - 1]] | max) | map(select(. > 19 and . < 22)) | length == 1'

	scene "$y" weekend
	shows 'three UIDs' session "$uids == 3"
	race=$(since 2024 && echo 15 || echo 10)
	shows 'practice, qualifying, race' session "reduce .[].session_type as \$t ([]; if last == \$t then . else . + [\$t] end) == [4, 8, $race]"
	! since 2021 || shows 'one weekend' session 'map(.weekend_link_identifier) | unique | length == 1'
	! since 2021 || shows 'three session links' session 'map(.session_link_identifier) | unique | length == 3'

	scene "$y" frame0-end
	if since 2023; then
		shows 'frame 0 in all ways' event 'last | .frame_identifier == 0 and .overall_frame_identifier == 0 and .session_time > 100'
	else
		same "$y frame0-end: as ever" plain bin
	fi

	for name in loss reorder duplicates; do
		scene "$y" "$name"
		ok "$y $name: other bytes" sh -c '! cmp -s plain bin'
	done
	is "$y duplicates: nothing else" "$(wc -c <bin | awk -v plain="$(wc -c <plain)" '{ print ($1 > 1.01 * plain && $1 < 1.03 * plain) }')" 1

	all=flashback,pause,save-reload,uid0,late-ssta,restricted,red-flag,rejoin,weekend,reorder,duplicates
	scene "$y" "$all" --scene loss
	set -- -y "$y" -c 10 -l 3 -r 3 --lap-length 2500 --scene "loss,$all"
	f1-sim "$@" --truth truth.again >again
	same "$y: all together, the same from the same seed" again bin
	same "$y: and so is the truth" truth.again truth
	f1-sim "$@" --seed 2 >other
	ok "$y: another seed, other bytes" sh -c '! cmp -s again other'
done

is 'help lists them' "$(f1-sim --scene help | awk '{ print $1 }' | tr '\n' ' ')" 'flashback chained-flashbacks pause save-reload uid0 late-ssta late-start spectator restricted red-flag rejoin weekend frame0-end loss reorder duplicates '
for name in $(f1-sim --scene help | awk '{ print $1 }'); do
	ok "README tells of $name" grep -Eq "^$name(	|\$)" "$top/tests/sim/README"
done
for bad in none '' 'flashback,' flash; do
	run f1-sim --scene "$bad" >out 2>err
	is "no scene '$bad': status 64" "$status" 64
	ok "no scene '$bad': nothing on stdout" test ! -s out
done
f1-sim -c 1 -l 1 -r 5 --scene "flashback,chained-flashbacks,$all" --truth truth >bin
ok 'one car, one lap, everything' f1-decode --strict --json <bin
run f1-sim --duration 30 --truth truth >bin
is 'a race cut off has no classification' "$(jq -c '.sessions[0].classification' truth)" null
run f1-sim --truth ./no/such/folder >out 2>err
is 'a file that cannot be: status 74' "$status" 74

done_testing
