#!/bin/sh
# f1-decode with a live input: each datagram leaves at once, times are given, the end is clean
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-decode f1-sim

# begin [OPTION]…: f1-decode between descriptor 3 and the FIFO out, which is read from 4
begin() {
	rm -f in out
	mkfifo in out
	exec 5<>in 6<>out	# opening an end waits for the other
	background f1-decode "$@" <in >out
	exec 3>in 4<out 5<&- 6<&-
}

f1-sim -y 2025 -c 3 -l 1 -r 10 >race.bin
f1-decode --json race.bin >all.json
head -c 954 race.bin >first.bin		# lobby_info of 2025
n=$(f1-decode --json first.bin | wc -l)
ok 'the first datagram has records' test "$n" -gt 0

begin --json
cat first.bin >&3
i=0
while [ $i -lt "$n" ]; do	# hangs if they do not come
	IFS= read -r line <&4
	printf '%s\n' "$line"
	i=$((i + 1))
done >got
head -n "$n" all.json >want
same 'the records of a datagram come before the next one' got want
tail -c +955 race.bin | head -c 5000 >&3 &
exec 3>&-
cat <&4 >/dev/null
finish "$pid"
is 'the end of input is the end' "$status" 0

# times
f1-decode --json -t 1700000000.5 race.bin >timed.json
like 'a time from EPOCH on' "$(head -n 1 timed.json)" '"received_at":"2023-11-14T22:13:20\.500000Z"'
is 'the same records but for the time' "$(sed 's/"received_at":"[^"]*",//' timed.json | cmp - all.json && echo same)" same
sed 's/.*"received_at":"\([^"]*\)".*/\1/' timed.json >stamps
ok 'times never go back' sort -c stamps
run f1-decode -t yesterday race.bin 2>err
is 'no such time' "$status" 64
like 'now is now' "$(f1-decode --json -t now first.bin | head -n 1)" "\"received_at\":\"$(date -u +%Y-%m-)"

# ends
run sh -c 'f1-decode race.bin >/dev/full' 2>err
is 'a full disk: status' "$status" 74
like 'a full disk: words' "$(cat err)" '^f1-decode: stdout: No space left on device$'
is 'a reader that leaves' "$( (f1-decode race.bin; echo $? >status) | head -c 10 | wc -c; cat status)" '10
0'
run f1-decode nowhere.bin race.bin >out.f1 2>err
is 'a file that is not there: status' "$status" 74
f1-decode race.bin >want.f1
same 'a file that is not there: the others are read' out.f1 want.f1
run f1-decode . 2>err
is 'a directory' "$status" 74
packets=$(f1-decode -v race.bin 2>&1 >/dev/null | sed 's/.* \([0-9]*\) packets.*/\1/')
like 'files and - in turn' "$(cp race.bin copy.bin; f1-decode -v race.bin - race.bin <copy.bin 2>&1 >/dev/null)" " $((3 * packets)) packets, .* 0 rejected"
like 'streams concatenate' "$(cat race.bin race.bin | f1-decode -v 2>&1 >/dev/null)" " $((2 * packets)) packets, .* 0 rejected"
: >empty
is 'nothing in, nothing out' "$(f1-decode --strict empty && echo "$?")" 0
done_testing
