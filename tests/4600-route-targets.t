#!/bin/sh
# f1-route: targets that are slow, stall, come late, end or fail; input that is torn; signals; each record delivered or counted
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need tests/selector f1-sim f1-decode f1-route jq

f1-sim -y 2025 -c 6 -l 1 2>/dev/null | f1-decode >race.f1
records=$("$O/tests/selector" '*' <race.f1 | wc -l | tr -d ' ')
ok 'more than the buffers hold' test "$(wc -c <race.f1)" -gt 4000000

# count NAME N: the counter NAME of rule N (from 0) in ./metrics
count() {
	grep "^f1_route_$1_total" metrics | sed -n "$(($2 + 1))s/.* //p"
}
# adds_up NAME RULES: in = out + dropped
adds_up() {
	i=0
	while [ $i -lt "$2" ]; do
		is "$1: rule $i: in = out + dropped" "$(count in $i)" "$(($(count out $i) + $(count dropped $i)))"
		i=$((i + 1))
	done
}

# somebody has it open and never reads
mkfifo stalled
exec 4<>stalled
run f1-route -b 256k --metrics metrics '*~stalled' '*=all.f1' '6=|cat >6.f1' <race.f1 2>err
is 'a target that never reads: status' "$status" 75
same 'it does not keep records from others' all.f1 race.f1
is 'all are for it' "$(count in 0)" "$records"
ok 'most are dropped' test "$(count dropped 0)" -gt $((records * 8 / 10))
adds_up 'stalled' 3
like 'said when it begins' "$(cat err)" 'stalled: too slow: the buffer of 262144 bytes is full'
like 'and at the end' "$(cat err)" "^f1-route: \*~stalled: $(count dropped 0) of $records records dropped"
is 'but no more often' "$(wc -l <err | tr -d ' ')" 3
# what it did get: whole records, the first ones and the last but those that were dropped with it at the end
timeout 1 cat <&4 >got || :
"$O/tests/selector" '*' <got >got.json 2>err
ok 'what it got begins as the stream does' cmp -n 500000 got race.f1
exec 4<&-

# slow, not stalled: it gets whole records to the end, some are missing in between
mkfifo slow
{
	dd bs=1000 count=100 status=none
	: >went
	cat
} <slow >got &
reader=$!
exec 5>slow
run f1-route -b 128k --metrics metrics '*~/dev/fd/5' '*=|until [ -e went ]; do sleep 0.05; done; cat >/dev/null' <race.f1 2>err 5>&5
exec 5>&-
finish $reader
run "$O/tests/selector" '*' <got >got.json
is 'what a slow reader gets are whole records' "$status" 0
is 'as many as counted' "$(wc -l <got.json | tr -d ' ')" "$(count out 0)"
"$O/tests/selector" '*' <race.f1 >all.json
is 'in their order, none twice, none new' "$(diff all.json got.json | grep -c '^>')" 0
is 'the newest is among them' "$(tail -n 1 got.json)" "$(tail -n 1 all.json)"
adds_up slow 2

# a target that waits stops the others once its buffer is full, and nothing is lost
mkfifo held
exec 4<>held
{
	f1-route -b 128k --metrics metrics '*=held' '*=|cat >other.f1' <race.f1 &
	router=$!
} 4<&-
tap_started="$tap_started $router"
dd bs=1000 count=1000 status=none <&4 >got.1
ok 'it waits' kill -0 $router
cat <&4 >got.2 &
reader=$!
tap_started="$tap_started $reader"
finish $router
is 'a target that waited: status' "$status" 0
exec 4<&-
kill $reader
finish $reader
same 'the others got everything' other.f1 race.f1
adds_up held 2
is 'none dropped' "$(count dropped 0) $(count out 0)" "0 $records"

# a FIFO whose reader comes late
mkfifo late
f1-route '*=late' <race.f1 &
router=$!
tap_started="$tap_started $router"
cat late >got
finish $router
is 'a late reader: status' "$status" 0
same 'it gets everything' got race.f1
run f1-route -b 128k --metrics metrics '*~late' <race.f1 2>err
is 'a reader that never comes: status' "$status" 75
adds_up never 1
is 'nothing is out' "$(count out 0)" 0
like 'and it is said' "$(cat err)" 'late: does not read: [0-9]+ records are left'

# ends
run f1-route --metrics metrics '*=|head -c 1000 >/dev/null' '*=all.f1' <race.f1 2>err
is 'a command that ends early: status' "$status" 75
like 'is said' "$(cat err)" '^f1-route: \|head -c 1000 >/dev/null: its reader has ended; [0-9]+ records were waiting'
is 'once' "$(wc -l <err | tr -d ' ')" 1
same 'the others go on' all.f1 race.f1
adds_up ended 2
run f1-route '*=|cat >/dev/null; exit 3' '*=|cat >/dev/null; kill -9 $$' '*=all.f1' <race.f1 2>err
is 'commands that fail: status' "$status" 75
is 'how they ended' "$(cat err)" "f1-route: |cat >/dev/null; exit 3: ended with status 3
f1-route: |cat >/dev/null; kill -9 \$\$: killed by signal 9 (Killed)"
same 'the others have everything' all.f1 race.f1
run f1-route '*=|no-such-command' session=s.f1 <race.f1 2>err
is 'no such command: status' "$status" 75
like 'its status' "$(cat err)" 'no-such-command: ended with status 127'
run f1-route --metrics metrics '*=/dev/full' '*=all.f1' <race.f1 2>err
is 'a full disk: status' "$status" 74
is 'is said' "$(cat err)" 'f1-route: /dev/full: No space left on device'
same 'the others go on all the same' all.f1 race.f1
adds_up full 2
is 'one reader that has had enough' "$({ f1-route '*=-' <race.f1; echo $? >status; } 2>err | head -c 100 | wc -c | tr -d ' ') $(cat status err)" '100 0'
{ f1-route '*=-' '*=all.f1' <race.f1 2>err; echo $? >status; } | head -c 100 >/dev/null
is 'stdout as one of several: status' "$(cat status)" 75
same 'and the others go on' all.f1 race.f1

# stdin
head -c 1000000 race.f1 >torn.f1
run f1-route '*=all.f1' <torn.f1 2>err
is 'a torn end: status' "$status" 65
like 'is said' "$(cat err)" 'stdin: ends in the middle of a record, after [0-9]+ records$'
ok 'what came before is delivered' cmp -n "$(wc -c <all.f1)" all.f1 race.f1
{ head -c 100000 race.f1; printf 'GET / HTTP/1.1\r\n\r\n'; } >foreign
run f1-route '*=all.f1' <foreign 2>err
is 'another stream: status' "$status" 65
{ printf '\377\377\377\377\0\0\0\1\300\0\0\0\2\201\240'; cat race.f1; } >odd.f1
run f1-route -v '*=all.f1' <odd.f1 2>err
is 'frames that are no records: status' "$status" 65
like 'are said' "$(cat err)" 'stdin: record 1 does not begin with the keys of a record'
like 'and counted' "$(cat err)" "$((records + 2)) records, 2 malformed, $records in"
same 'the rest is delivered' all.f1 race.f1
: >empty
run f1-route '*=all.f1' <empty 2>err
is 'no input: status' "$status" 0
run f1-route '*=all.f1' <. 2>err
is 'a directory as input: status' "$status" 74

# a record alone goes on at once, and signals
mkfifo in one
first=$(python3 -c 'd = open("race.f1", "rb").read(4); print(4 + int.from_bytes(d, "big"))')
exec 6<>in
start f1-route '*=one' '*=all.f1' <in 2>err
exec 7>in 6<&-
head -c "$first" race.f1 >&7
head -c "$first" one >got
ok 'a record alone goes on at once' cmp -n "$first" got race.f1
until_true grep -q 'its reader has ended' err
kill -TERM "$pid"
exec 7>&-
finish "$pid"
is 'asked to stop, then the end of input: status' "$status" 75
like 'whose reader had left' "$(cat err)" 'one: its reader has ended'
exec 6<>in
start f1-route '*=all.f1' <in 2>err
exec 7>in 6<&-
cat race.f1 >&7
kill -INT "$pid"
finish "$pid"
is 'no end of input after the signal: status' "$status" 0
like 'is said' "$(cat err)" 'no end of input within 5 seconds of the signal'
same 'what came is delivered' all.f1 race.f1
exec 7>&-
done_testing
