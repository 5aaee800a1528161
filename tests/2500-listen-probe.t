#!/bin/sh
# f1-listen --probe: who sends what and how well it comes, and what it says when nothing comes
# SPDX-License-Identifier: MIT

# functions are called by ok, and what has a dollar is for jq
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/listen.sh
. "$top/tests/listen.sh"
need f1-listen f1-sim f1-decode jq python3

# probe [OPTION]…: in the background, with JSON in found
probe() {
	start f1-listen -a 127.0.0.1 -p 0 --probe -j "$@" 600 >found 2>err
}

# sim [OPTION]…: a game that sends to it
sim() {
	f1-sim -u "127.0.0.1:$ready" "$@"
}

# found FILTER: what jq makes of it; of the first sender as $s
found() {
	jq -rc ".senders[0] as \$s | $1" found
}

# --- every year, every send rate
rates='10 20 30 60 120'
for year in 2018 2019 2020 2021 2022 2023 2024 2025 2026; do
	rate=${rates%% *} rates="${rates#* } ${rates%% *}"
	probe
	sim -y "$year" -r "$rate" -s 20 --duration 8
	stop "$pid"
	is "$year: a game is heard: status 0" "$status" 0
	is "$year: format, session, track, send rate" \
		"$(found '[.heard, $s.format, $s.session.session_type_name, $s.session.track_id, $s.send_rate]')" \
		"[true,$year,\"Race\",$(f1-sim -y "$year" --duration 3 | f1-decode -j |
			jq -r 'select(.packet == "session") | .track_id' | head -n 1),$rate]"
	is "$year: nothing lost, foreign or twice" \
		"$(found '[$s.frames.part, $s.frames.skipped, ($s.foreign | length), $s.twice, .kernel_drops]')" '[0,0,0,0,0]'
	f1-sim -y "$year" -r "$rate" --duration 8 | f1-decode -j | jq -r '.packet_id' | sort -n | uniq >ids
	# what only the lobby has is not of the session
	is "$year: all its kinds" "$(found '$s.packets[] | select(.count > 0).packet_id')" "$(grep -vx 9 ids)"
	is "$year: version" "$(found '[$s.game_year, $s.game_major_version, $s.game_minor_version]')" \
		"$(f1-sim -y "$year" --duration 3 | f1-decode -j | jq -c 'select(.packet == "session") |
			[.game_year, .game_major_version, .game_minor_version]' | head -n 1)"
done

# --- a bad network: what the game did is known
probe
sim -y 2023 -s 20 --duration 20 --scene loss,duplicates,restricted --truth truth
stop "$pid"
is 'lost packets, by kind' "$(found '$s.frames.missing')" "$(jq -c '.sessions[0].datagrams |
	with_entries(select(.value.made > 1000) | .value |= .lost) | with_entries(select(.value > 0))' truth)"
is 'datagrams that came twice' "$(found '$s.twice')" "$(jq '[.sessions[].datagrams[].duplicated] | add' truth)"
is 'cars that are restricted' "$(found '[$s.restricted[].car]')" "$(f1-sim -y 2023 --scene restricted --duration 3 |
	f1-decode -j | jq -sc '[.[] | select(.packet == "participants" and .your_telemetry == 0 and .car != .player_car_index).car] | unique')"
like 'advice: lost' "$(found '.advice[]')" 'datagrams are lost on the way'
like 'advice: twice' "$(found '.advice[]')" 'come twice'
like 'advice: restricted' "$(found '.advice[]')" 'Your Telemetry on Restricted'

probe
sim -y 2024 -s 20 --duration 20 --scene reorder
stop "$pid"
is 'overtaken is not lost' "$(found '[$s.frames.part, $s.frames.skipped, $s.twice]')" '[0,0,0]'

# one second is missing, and a flashback is not
probe
sim -y 2024 -s 20 -l 1 --lap-length 2500 --scene flashback
stop "$pid"
is 'a flashback loses nothing' "$(found '[$s.frames.part, $s.frames.skipped]')" '[0,0]'
f1-sim -y 2024 -r 20 -c 4 --duration 12 >whole
probe
GAP=60-66 send 127.0.0.1 "$ready" whole sent
stop "$pid"
is 'seven frames that did not come at all' "$(found '[$s.send_rate, $s.frames.part, $s.frames.skipped]')" '[20,0,7]'

# --- in real time: as many packets as expected
probe
sim -y 2026 -c 4 -s 1 --duration 4
stop "$pid"
is 'at 60 Hz: 60 frames a second, about' "$(found '$s.frames.per_second > 45 and $s.frames.per_second < 75')" true
is 'and none too few' "$(found '[$s.packets[] | select(.few) | .packet]')" '[]'
is 'what is expected' "$(found '[$s.packets[] | {(.packet): .expected}] | add |
	[.motion, .session, .participants, .car_damage, .session_history, .event]')" '[60,2,0.2,10,20,null]'

# only a part of them
probe
probe=$pid probe_port=$ready
start f1-listen -a 127.0.0.1 -p 0 -f "127.0.0.1:$probe_port/0,2" >/dev/null 2>err
sim -y 2026 -c 4 -r 10 -s 2 --duration 8
stop "$pid"
stop "$probe"
is 'what is missing is too few' "$(found '[$s.packets[] | select(.few) | .packet]')" \
	'["session","car_setups","car_telemetry","car_status","car_damage","session_history","tyre_sets","motion_ex","lap_positions","car_telemetry_2"]'
like 'advice: the send rate' "$(found '.advice[]')" 'UDP Send Rate is 10Hz'

# --- several senders, and what is not the game's
probe
sim -y 2025 -s 20 --duration 4
sim -y 2022 -s 20 --duration 4
send 127.0.0.1 "$ready" foreign /dev/null
stop "$pid"
is 'each sender is told apart' "$(found '[.senders[] | .format]')" '[2025,2022,null]'
is 'foreign datagrams by reason' "$(found '[.senders[2].foreign[] | {(.reason): .count}] | add')" '{"format":4,"id":1,"length":7}'
like 'with an example' "$(found '.senders[2].foreign[].example')" '^1500 bytes|5 bytes, no F1 packet'
like 'advice: two games' "$(found '.advice[]')" '^2 games send to one port'

# --- nothing comes
run f1-listen -a 127.0.0.1 -p 0 --probe 1 >said 2>err
is 'nothing comes: status 69' "$status" 69
is 'nothing on stderr' "$(grep -v 'socket buffer' err)" ''
like 'it says so' "$(cat said)" '^no game heard on 127[.]0[.]0[.]1:[0-9]+ in 1[.][0-9] seconds$'
like 'what to switch on, by game' "$(cat said)" '^  F1 2019, F1 2020: .*Telemetry Settings; UDP Format: '
like 'and how' "$(cat said)" 'UDP Telemetry On, UDP Broadcast Mode Off, UDP IP Address .*, UDP Port [0-9]+, UDP Send Rate 60Hz'
like 'loopback is for this machine only' "$(cat said)" '^- 127[.]0[.]0[.]1:[0-9]+ is for programs of this machine only'
like 'a firewall may be in the way' "$(cat said)" '^- .*firewall'
for address in $(hostname -I 2>/dev/null); do
	ok "own address $address" grep -q " $address" said
done

probe
other=$ready
stop "$pid"
probe
python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(7):
    s.sendto(b"x" * 100, ("127.0.0.1", int(sys.argv[1])))' "$other"
stop "$pid" INT
is 'Ctrl-C: it says what it has, status 69' "$status" 69
ok 'what comes to other ports is seen' test "$(found .unclaimed)" -ge 7
like 'and told' "$(found '.advice[]')" 'came meanwhile to ports of this machine that no program has'

probe
send 127.0.0.1 "$ready" foreign /dev/null
stop "$pid"
is 'no packet of a game: status 69' "$status" 69
like 'advice: it is another app' "$(found '.advice[]')" '^127[.]0[.]0[.]1:[0-9]+ sends here, but no packets of a game'

# --- the port is taken
start f1-listen -a 127.0.0.1 -p 0 >/dev/null 2>err
holder=$pid
run f1-listen -a 127.0.0.1 -p "$ready" --probe -j >found 2>err
is 'the port is taken: status 69' "$status" 69
is 'by whom' "$(found '[.heard, .port_taken, .port, .holders[].pid, .holders[].program]')" \
	"[false,true,$ready,$holder,\"f1-listen\"]"
run f1-listen -a 127.0.0.1 -p "$ready" --probe >said 2>err
is 'in words' "$(head -n 1 said)" "port $ready is taken by f1-listen (process $holder)"
is 'nothing on stderr' "$(grep -v 'socket buffer' err)" ''
stop "$holder"

# --- in words
start f1-listen -a 127.0.0.1 -p 0 --probe 600 >said 2>err
sim -y 2025 -s 10 --duration 6 --scene loss
stop "$pid"
like 'in words: who sends what' "$(cat said)" '^127[.]0[.]0[.]1:[0-9]+ sends format 2025, game F1 25, version 1[.]18$'
like 'the session' "$(cat said)" '^  session     [0-9a-f]{16}: Race, Catalunya, the player is car 19$'
like 'the send rate' "$(cat said)" '^  send rate   60Hz; [0-9.]+ frames a second came$'
like 'the losses' "$(cat said)" '^  lost        0 frames, and a part of [0-9]+: .*[0-9]+ motion'
like 'the kinds' "$(cat said)" '^    motion +[0-9.]+ of 60[.]0'

# --- usage
for wrong in '--probe -w x' '--probe -f 127.0.0.1:9' '--probe --pcap' '-j' '--probe 0' '--probe x' '--probe 1 2'; do
	# shellcheck disable=SC2086	# words are wanted
	run f1-listen -a 127.0.0.1 -p 0 $wrong >out 2>err
	is "$wrong: status 64" "$status" 64
done
start f1-listen -a 127.0.0.1 -p 0 --probe 600 >/dev/full 2>err
stop "$pid"
is 'a full disk: status 74' "$status" 74
done_testing
