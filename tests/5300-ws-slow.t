#!/bin/sh
# f1-ws: a slow client skips to the newest, and holds up neither the others nor stdin
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ws.sh
. "$top/tests/ws.sh"
need f1-ws f1-decode f1-sim python3 jq

# more than sockets hold
f1-sim -y 2025 -c 20 -r 10 -l 1 --lap-length 2500 >race.bin
f1-decode race.bin >race.f1
f1-decode --json race.bin >race.json
selected='session,participants,lap_data,car_telemetry,car_status,car_damage,motion,event,lap_history,final_classification'

serve -v --timeout 60
mkfifo pause
exec 7<>pause	# the one that writes to it
PAUSE=$tmp/pause
export PAUSE
client slow "$port" "/?select=$selected"
slow=$pid
client raw "$port" "/?select=$selected" 'Sec-WebSocket-Protocol: f1.msgpack'
raw=$pid
unset PAUSE
client quick "$port" /final_classification
quick=$pid
cat race.f1 >&3	# which would wait for ever if stdin waited for them
n=$(grep -c '"packet":"final_classification",' race.json)
ok 'all records are read' until_true has_read "$(wc -l <race.json)"
ok 'who is slow stays connected' test "$(counter connected)" -eq 3
memory=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status")
ok "memory stays small ($memory kB)" test "$memory" -lt 24576
exec 3>&- 7>&-
finish "$quick"
finish "$slow"
finish "$raw"
finish "$server"
is 'status 0' "$status" 0
is 'the quick one has all of its records' "$(wc -l <quick.out | tr -d ' ')" "$n"
is 'the slow ones are closed like all' "$(tail -n 1 slow.err) $(tail -n 1 raw.err)" 'closed 1001 closed 1001'
ok 'messages were skipped' test "$(sed -n 's/.* \([0-9]*\) skipped.*/\1/p' said)" -gt 0
ok 'the slow one has less than all' test "$(wc -l <slow.out)" -lt "$(jq -r .packet race.json | grep -cxE "$(echo $selected | tr , '|')")"

# what it has got last of each record and key is the newest of the session
last() {
	jq -cn '[inputs | select(.packet as $p | ($selected | split(",") | index($p)) and $p != "event")] |
		group_by(.session_uid)[] | group_by(.packet, .car, .lap_num)[] | .[-1]' --arg selected "$selected" "$1" | sort
}
uid=$(tail -n 1 race.json | jq -r .session_uid)
grep "$uid" slow.out >slow.session
grep "$uid" race.json >race.session
last slow.session >got
last race.session >want
same 'the last of each record, car and lap is the newest' got want
is 'in the order of the session' "$(jq -r 'select(.packet == "lap_data" and .car == 0) | .frame_identifier' slow.session | sort -nc && echo yes)" yes
is 'none twice' "$(jq -c 'select(.packet == "lap_data") | [.car, .frame_identifier]' slow.session | sort | uniq -d | wc -l | tr -d ' ')" 0
is 'each message is whole' "$(jq -r .packet slow.out | wc -l | tr -d ' ')" "$(wc -l <slow.out | tr -d ' ')"
is 'binary: records that another one reads' "$(f1-ws -l 127.0.0.1:0 -v <raw.out 2>&1 | sed -n 's/.* \([0-9]*\) rejected.*/\1/p')" 0

# --- the last 64 events, in order, and no buttons; another session has its own
python3 - >events.f1 <<-'END'
	import struct, sys
	def s(t):
	    return bytes([0xa0 | len(t)]) + t.encode()
	def record(uid, frame, code):
	    keys = s('packet') + s('event') + s('packet_id') + b'\3' + s('packet_format') + b'\xcd\x07\xe9' + s('session_uid') + bytes([uid])
	    keys += s('session_time') + b'\xca' + struct.pack('>f', frame) + s('frame_identifier') + b'\xcd' + struct.pack('>H', frame)
	    keys += s('overall_frame_identifier') + b'\xcd' + struct.pack('>H', frame) + s('player_car_index') + b'\0'
	    keys += s('event_string_code') + s(code)
	    keys = b'\x89' + keys
	    return struct.pack('>I', len(keys)) + keys
	for i in range(300):
	    sys.stdout.buffer.write(record(1, i, 'BUTN' if i % 3 == 0 else 'SPTP'))
END
serve
cat events.f1 >&3
until_true has_read 300
COUNT=64 by_hand read "$port" /event 2>/dev/null >events.out
is 'the last 64 events, in order, without buttons' "$(jq -r '"\(.frame_identifier) \(.event_string_code)"' events.out)" \
	"$(python3 -c 'print(*[f"{i} SPTP" for i in range(300) if i % 3][-64:], sep="\n")')"
cat race.f1 >&3
until_true has_read $((300 + $(wc -l <race.json)))
COUNT=20 by_hand read "$port" '/?select=event,lap_data' 2>/dev/null >new.out
is 'another session begins anew' "$(jq -r .session_uid new.out | sort -u)" "$uid"
exec 3>&-
finish "$server"
done_testing
