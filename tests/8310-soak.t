#!/bin/sh
# soak: a race of two hours at 120 Hz through all of the live pipeline, by UDP, as fast as SOAK_SPEED says: memory stays as it
# is, and the counters agree from one program to the next; make soak runs it, since it takes long
# SPDX-License-Identifier: MIT
#
# SOAK_SECONDS of the race (7200), SOAK_SPEED times real time (10), SOAK_CARS (22), SOAK_HZ of samples that the database gets
# of each car (4). Every second the resident memory of each program is read from /proc.

# the variables of processes are used by their names
# shellcheck disable=SC2034,SC2154
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
[ -n "${F1_SOAK-}" ] || skip_all 'it takes long: make soak'
need f1-listen f1-decode f1-route f1-pg f1-ws f1-sim
: "${SOAK_SECONDS:=7200}" "${SOAK_SPEED:=10}" "${SOAK_CARS:=22}" "${SOAK_HZ:=4}"
pg_start
fresh

mkfifo raw records to_pg to_ws
exec 4<>raw 5<>records 6<>to_pg 7<>to_ws
background f1-pg -v --rate "motion,lap_data,car_telemetry,car_status,car_damage=$SOAK_HZ" <to_pg 2>said.pg
pg=$pid
background f1-ws -v -l 127.0.0.1:0 <to_ws 2>said.ws
ws=$pid
background f1-route -v '*=to_pg' 'session,lap_data,car_telemetry,participants~to_ws' <records 2>said.route
route=$pid
background f1-decode -v -t now <raw >records 2>said.decode
decode=$pid
start f1-listen -v -a 127.0.0.1 -p 0 >raw 2>said.listen
listen=$pid
exec 4<&- 5<&- 6<&- 7<&-

background f1-sim -v -y 2025 -c "$SOAK_CARS" -l 100 -r 120 --duration "$SOAK_SECONDS" -s "$SOAK_SPEED" -u "127.0.0.1:$ready" 2>said.sim
sim=$pid
while kill -0 "$sim" 2>/dev/null && [ "$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$sim/status")" != Z ]; do
	for program in listen decode route pg ws; do
		eval "process=\$$program"
		echo "$program $(sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$process/status" 2>/dev/null)"
	done
	sleep 1		# between two looks
done >rss
finish "$sim"
is 'f1-sim: status' "$status" 0
kill -TERM "$listen"
for program in listen decode route pg ws; do
	eval "finish \$$program"
	is "f1-$program: status" "$status" 0
done
cat said.* | note

# said COUNTER PROGRAM: what it counted; took NAME RULE: what f1-route did of a rule
said() {
	sed -n "s/^f1-[a-z]*: \\(.*, \\)*\\([0-9]*\\) $1\\([ ,].*\\)*\$/\\2/p" "said.$2" | tail -n 1
}
took() {
	sed -n "s/.* $1 (\\([^()]*, \\)*\\([0-9]*\\) $2[^()]*).*/\\2/p" said.route
}
is 'sent is received or dropped by the kernel' "$(($(said datagrams listen) + $(said 'kernel drops' listen)))" "$(said datagrams sim)"
is 'received is passed on or dropped by the ring' \
	"$(($(said packets listen) + $(said 'ring drops' listen) + $(said unwritten listen)))" "$(said datagrams listen)"
is 'passed on is decoded' "$(said packets decode)" "$(said packets listen)"
is 'nothing is rejected' "$(said rejected decode)" 0
is 'decoded is routed' "$(said records route)" "$(said records decode)"
is 'routed is what f1-pg read' "$(said records pg)" "$(took out '\*=to_pg')"
is 'and all of it' "$(took out '\*=to_pg')" "$(said records decode)"
is 'f1-pg: what it read is written, known, unchanged or thinned' \
	"$(($(said 'rows written' pg) + $(said 'rows known' pg) + $(said 'states unchanged' pg) + $(said thinned pg)))" "$(said records pg)"
dropped=$(took dropped 'session')
is 'what the rule that never waits took is given or dropped' "$(($(took out session) + ${dropped:-0}))" "$(took in session)"
is 'given is what f1-ws read' "$(said records ws)" "$(took out session)"

# the peak of the last quarter against those of the two before it: kB. (The buffers of f1-pg are as large as it ever was
# behind, up to two batches, so another one may come late.)
for program in listen decode route pg ws; do
	awk -v p=$program '$1 == p && $2 { v[++n] = $2 }
		END { for (i = 1; i <= n; i++) { q = int((i - 1) * 4 / n); if (v[i] > m[q]) m[q] = v[i] }
			print p, n, m[0], m[1], m[2], m[3], (n >= 8 && m[3] <= (m[1] > m[2] ? m[1] : m[2]) * 1.1) ? "flat" : "grows" }' rss
done >quarters
{
	echo 'program samples first second third fourth'
	cat quarters
} | awk '{ printf "%-8s %8s %9s %9s %9s %9s  %s\n", $1, $2, $3, $4, $5, $6, $7 }' | note
is 'resident memory: the last quarter has no more than 1.1 times that of the half before it' "$(grep -v ' flat$' quarters)" ''
done_testing
