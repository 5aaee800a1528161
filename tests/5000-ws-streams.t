#!/bin/sh
# f1-ws: clients get the records that they select, each as f1-decode prints it
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ws.sh
. "$top/tests/ws.sh"
need f1-ws f1-decode f1-sim python3 jq

# two seconds fit into what is kept for a slow client, so that none misses anything
f1-sim -y 2025 -c 3 -r 2 -l 1 --duration 2 >race.bin
f1-decode race.bin >race.f1
f1-decode --json race.bin >race.json

# npm's ws, in the build's folder
node=
if have node npm; then
	mkdir -p "$O/tests/ws"
	cp "$top"/tests/ws/* "$O/tests/ws/"
	[ -d "$O/tests/ws/node_modules/ws" ] || (cd "$O/tests/ws" && timeout 120 npm ci --no-audit --no-fund >npm.log 2>&1)
	[ ! -d "$O/tests/ws/node_modules/ws" ] || node="node $O/tests/ws/client.js"
fi

# --- live
serve -v
client all "$port" '/*'
all=$pid
client binary "$port" '/*' 'Sec-WebSocket-Protocol: nonsense, f1.msgpack'
binary=$pid
client some "$port" '/?select=lap_data/player,session,6/1'
some=$pid
client coded "$port" '/?select=lap%5fdata%2Cevent&x=y'
coded=$pid
client slow "$port" /motion/1hz
slow=$pid
client player "$port" /
player=$pid
# shellcheck disable=SC2086	# words are wanted
if [ -n "$node" ]; then
	client_of npm $node "$port" '/*'
	npm=$pid
	client_of npm2 $node "$port" /lap_data f1.msgpack
	npm2=$pid
fi
cat race.f1 >&3
exec 3>&-
for id in $all $binary $some $coded $slow $player ${node:+$npm $npm2}; do
	finish "$id"
done
finish "$server"
is 'end of stdin: status 0' "$status" 0
like 'nothing is skipped' "$(cat said)" ', 0 skipped, '
same 'text: the records as f1-decode --json prints them' all.out race.json
same 'f1.msgpack: the bytes of the records' binary.out race.f1
is 'the subprotocol that it knows is taken' "$(head -n 1 binary.err)" 'open f1.msgpack'
is 'end of stdin: closed as going away' "$(tail -n 1 all.err) $(tail -n 1 binary.err)" 'closed 1001 closed 1001'
jq -c 'select((.packet == "lap_data" and .car == .player_car_index) or .packet == "session" or (.packet_id == 6 and .car == 1))' \
	race.json >want
same '?select= is several selectors' some.out want
jq -c 'select(.packet == "lap_data" or .packet == "event")' race.json >want
same 'and may be percent-encoded' coded.out want
is 'a rate: a frame a second' "$(jq -r .frame_identifier slow.out | sort -u | wc -l | tr -d ' ')" \
	"$(jq -r 'select(.packet == "motion") | .session_time | floor' race.json | sort -u | wc -l | tr -d ' ')"
is 'a rate: all cars of it' "$(wc -l <slow.out | tr -d ' ')" "$(jq -c --slurpfile s slow.out \
	'select(.packet == "motion" and (.frame_identifier as $f | any($s[]; .frame_identifier == $f)))' race.json | wc -l | tr -d ' ')"
if [ -n "$node" ]; then
	same "npm's ws: the same text" npm.out race.json
	is "npm's ws: closed as going away" "$(cat npm.err)" 'open 
closed 1001 the stream has ended'
	jq -c 'select(.packet == "lap_data")' race.json >want
	is "npm's ws: binary messages, as many" "$(frames_in npm2.out)" "$(wc -l <want | tr -d ' ')"
else
	skip "no npm's ws here" 3
fi

# --- the merged object of the player's car
ok 'the merged object comes' test -s player.out
is 'its fields are always the same' "$(jq -c keys_unsorted player.out | sort -u | wc -l | tr -d ' ')" 1
is 'they are numbers, or arrays of four' "$(jq -r 'del(.packet, .session_uid, .time) | to_entries[] | .value |
	if type == "array" then "\(length) \(map(type) | unique[])" else type end' player.out | sort -u | paste -sd' ' -)" '4 number number'
last=$(tail -n 1 player.out)
for field in speed gear engine_rpm throttle brake drs fuel_in_tank ers_store_energy floor_damage rear_wing_damage \
	front_left_wing_damage front_right_wing_damage tyres_damage tyres_inner_temperature current_lap_time_in_ms; do
	for kind in car_telemetry lap_data car_status car_damage; do
		jq -c "select(.packet == \"$kind\" and .car == .player_car_index and has(\"$field\")) | .$field" race.json
	done | tail -n 1 >want
	is "$field is that of the record" "$(printf '%s\n' "$last" | jq -c ".$field")" "$(cat want)"
done
like 'its time is one' "$(printf '%s\n' "$last" | jq -r .time)" '^20[0-9-]*T[0-9:.]*Z$'

serve
client paced "$port" /
f1-sim -y 2025 -c 2 -r 60 -l 1 -s 3 --duration 5 | f1-decode >&3
exec 3>&-
finish "$pid"
finish "$server"
ok 'the merged object comes several times' test "$(wc -l <paced.out)" -gt 3
jq -r .time paced.out | python3 -c 'import datetime, sys
times = [datetime.datetime.fromisoformat(line.strip().replace("Z", "+00:00")) for line in sys.stdin][:-1]
print(*[b - a for a, b in zip(times, times[1:]) if b - a < datetime.timedelta(milliseconds=48)])' >early
is 'but for the last at the end, at most 20 a second' "$(cat early)" ''

# --- every year has the same fields
for year in 2018 2019 2020 2021 2022 2023 2024 2026; do
	f1-sim -y "$year" -c 2 -r 5 -l 1 --duration 12 >year.bin
	f1-decode year.bin >year.f1
	serve
	client year "$port" /player
	cat year.f1 >&3
	exec 3>&-
	finish "$pid"
	finish "$server"
	jq -c keys_unsorted year.out | sort -u >got
	jq -c keys_unsorted player.out | head -n 1 >want
	same "$year: the same fields" got want
	f1-decode --json year.bin | jq -c --argjson full "$([ "$year" -eq 2018 ] && echo 1 || echo 100)" 'select(.car == .player_car_index) |
		if .packet == "lap_data" then .current_lap_time_in_ms // (.current_lap_time * 1000 | round)
		elif .packet == "car_telemetry" then "\(.throttle * $full | round) %" else empty end' |
		tail -n 2 | sort >want
	tail -n 1 year.out | jq -c '.current_lap_time_in_ms, "\(.throttle * 100 | round) %"' | sort >got
	same "$year: the time is in ms, the throttle a ratio" got want
	ok "$year: and the car drives" grep -q '^"[1-9]' got
done

# --- latest on connect, and after the end with --linger
serve --linger
cat race.f1 >&3
until_true has_read "$(wc -l <race.json)"
COUNT=1 by_hand read "$port" /final_classification >/dev/null 2>&1 3>&- &	# never comes
wait_for_nothing=$!
client after "$port" '/?select=lap_data,participants,session'
exec 3>&-
after=$pid
jq -cs '[.[] | select(.packet == "lap_data" or .packet == "participants" or .packet == "session")] |
	group_by(.packet, .car) | map(.[-1]) | sort_by(.packet, .car)[]' race.json >want
n=$(wc -l <want)
COUNT=$n by_hand read "$port" '/?select=lap_data,participants,session' >again.out 2>/dev/null
jq -cs 'sort_by(.packet, .car)[]' again.out >got
same '--linger: the latest of each record and car, also after the end of stdin' got want
COUNT=1 by_hand read "$port" /player >again.out 2>/dev/null
is '--linger: the merged object' "$(jq -r .session_time again.out)" "$(tail -n 1 player.out | jq -r .session_time)"
stop "$server"
is '--linger: a signal ends it: status 0' "$status" 0
finish "$after"
is '--linger: and closes clients' "$(tail -n 1 after.err)" 'closed 1001'
jq -cs 'sort_by(.packet, .car)[]' after.out >got
same 'the latest on connect, while stdin is open' got want
wait "$wait_for_nothing"

# one write, of which the end is of another session: the merged object of the one before comes behind it
f1-sim -y 2025 -c 3 -r 2 -l 1 --duration 2 --seed 2 | f1-decode >other.f1
python - >two.f1 <<'END'
import sys
from frames import frames

def of(name, kind):
    return [f for f in frames(open(name, 'rb').read()) if b'packet' + bytes([0xa0 | len(kind)]) + kind + b'\xa9packet_id' in f]

sys.stdout.buffer.write(b''.join(of('race.f1', b'car_telemetry')[:3] + of('other.f1', b'session')[:1]))
END
serve --linger
cat two.f1 >&3
exec 3>&-
until_true has_read 4
is 'another session: the merged object of the one before does not bring it back' "$(counter sessions_total)" 2
COUNT=1 by_hand read "$port" '/?select=session,player' >again.out 2>/dev/null
is 'and what the new one has told is kept' "$(jq -r .packet again.out)" session
stop "$server"

# --- pass
run f1-ws -l 127.0.0.1:0 -p <race.f1 >out 2>said
same '-p: stdout is stdin' out race.f1
is '-p: status 0' "$status" 0
cat race.f1 race.f1 race.f1 race.f1 race.f1 race.f1 race.f1 race.f1 >long.f1
f1-ws -l 127.0.0.1:0 -p <long.f1 2>said | { read -r _ <race.bin; cat; } >out
same '-p: a reader that begins late gets all' out long.f1
run sh -c 'f1-ws -l 127.0.0.1:0 -p <long.f1 2>said >/dev/full'
is '-p: a full disk: status 74' "$status" 74
like '-p: a full disk: words' "$(cat said)" '^f1-ws: stdout: clients are served on: No space left'
(f1-ws -l 127.0.0.1:0 -p <long.f1 2>said; echo $? >status) | head -c 10 >/dev/null
is '-p: a reader that leaves: status 0' "$(cat status)" 0
serve -p
client still "$port" /session
cat race.f1 >&3
exec 3>&-
finish "$pid"
finish "$server"
same '-p: and clients are served' out race.f1
is '-p: the client has its records' "$(wc -l <still.out)" "$(grep -c '"packet":"session",' race.json)"

mkfifo stuck
exec 4<>stuck	# nobody reads
cat long.f1 long.f1 long.f1 long.f1 >longer.f1
start f1-ws -l 127.0.0.1:0 -p <longer.f1 >stuck 2>said
stop "$pid"
exec 4<&-
is '-p: stopped while its reader waits: status 75' "$status" 75
like '-p: stopped while its reader waits: words' "$(cat said)" '^f1-ws: stdout: [1-9][0-9]* bytes were read and not written$'

# --- input that is none
run f1-ws -l 127.0.0.1:0 <race.bin >out 2>said
is 'packets, not records: status 65' "$status" 65
like 'packets, not records: words' "$(cat said)" '^f1-ws: stdin: not a stream of records, or torn, after 0 records$'
head -c 10000 race.f1 >torn.f1
run f1-ws -l 127.0.0.1:0 <torn.f1 >out 2>said
is 'a torn end: status 65' "$status" 65
like 'a torn end: words' "$(cat said)" '^f1-ws: stdin: ends in the middle of a record, after [0-9]+ records$'
{ printf '\0\0\0\1\300'; cat race.f1; } >mixed.f1
run f1-ws -l 127.0.0.1:0 -v <mixed.f1 >out 2>said
is 'what is no record: status 65' "$status" 65
like 'what is no record: counted' "$(cat said)" ', 1 rejected \(1 head\), '
like 'and said' "$(cat said)" '^f1-ws: stdin: record 1 does not begin with the keys of a record$'
run f1-ws -l 127.0.0.1:0 </dev/null >out 2>said
is 'nothing at all: status 0' "$status" 0
done_testing
