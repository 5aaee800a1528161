#!/bin/sh
# f1-decode in bad weather: the good packets come out, what is left out is counted, memory stays bounded
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-decode python3

golden=$top/tests/golden/decode.txt
weather() {
	python3 "$top/tests/weather.py" "$@"
}
# the counters of -v that weather.py knows, in its words
counters() {
	sed -n 's/^f1-decode: \([0-9]* packets\), [0-9]* records, \([0-9]* rejected\)[^,]*\(([^)]*)\)*, \([0-9]* bytes skipped\).*/\1, \2, \4/p' err
}

# storm KIND STATUS [OPTION]…: the stream of weather.py, read as a file
storm() {
	kind=$1
	expected=$2
	shift 2
	counts=$(weather make "$kind" in "$golden")
	run f1-decode -v "$@" in >records 2>err
	is "$kind: exit status" "$status" "$expected"
	ok "$kind: the good packets come out" weather good records "$(cat in.good)"
	case $counts in
	-*) ;;
	*) is "$kind: counted" "$(counters)" "$counts" ;;
	esac
	ok "$kind: few words" test "$(wc -l <err)" -le 6
}

storm clean 0
storm clean 0 --strict
storm zeros 0
storm zeros 65 --strict
storm joined 0
storm joined 65 --strict
storm random 0
storm years 0
storm flipped 0
storm garbage-between 0
storm cut-often 0
storm truncated 0
storm truncated-pcap 0
storm truncated-pcap 65 --strict
storm extended-pcap 0
storm torn-pcap 65
rm -f in records

# the same from a pipe, and as JSON
weather make garbage-between in "$golden" >/dev/null
f1-decode in >records 2>/dev/null
f1-decode --json in >lines 2>/dev/null
ok 'as JSON' python3 "$top/tests/independent.py" json records lines
: >empty
is 'nothing becomes nothing' "$(f1-decode -v empty 2>&1)" "$(f1-decode -v <empty 2>&1)"
run f1-decode --strict empty
is 'and that is no error' "$status" 0
for n in 1 2 3 5 20 44; do
	head -c "$n" in | f1-decode -v >out 2>err
	like "$n bytes are no packet" "$(cat err)" "^f1-decode: 0 packets, 0 records, 1 rejected .*, $n bytes skipped"
done

# a good file behind a bad one, and one that is not there
weather make zeros bad "$golden" >/dev/null
weather make clean good "$golden" >/dev/null
run f1-decode bad good bad >records 2>err
is 'bad and good files: exit status' "$status" 0
run f1-decode not-there good >records 2>err
is 'a file that is not there: exit status' "$status" 74
ok 'a file that is not there: the next one is read' weather good records "$(cat good.good)"
like 'a file that is not there: said' "$(cat err)" 'f1-decode: not-there: No such file'

# a pcap cut at each of its bytes: the whole packets before come out
weather links links
n=0 bad=
while [ "$n" -lt 500 ]; do
	head -c "$n" links/ethernet >part
	# 24 bytes of header, then 16 and 87 a packet
	want=$((n < 24 ? 0 : (n - 24) / 103))
	f1-decode -v part 2>err >/dev/null
	grep -q "^f1-decode: $want packets" err || bad="$bad $n"
	n=$((n + 13))
done
is 'a pcap cut anywhere gives its whole packets' "$bad" ''

# another game, if there are captures here
for folder in ${F1_CAPTURES+"$F1_CAPTURES"} "$top/../shared/captures" "$top/../../shared/captures"; do
	other=$folder/other-games/pc2_v2.pcap.gz
	[ -f "$other" ] && break
done
if [ -f "$other" ]; then
	gzip -dc "$other" >pc2
	run f1-decode -v pc2 >records 2>err
	is 'another game: exit status' "$status" 0
	is 'another game: no record' "$(wc -c <records | tr -d ' ')" 0
	is 'another game: all rejected' "$(counters)" '0 packets, 5465 rejected, 0 bytes skipped'
	run f1-decode --strict pc2 >records 2>err
	is 'another game: exit status with --strict' "$status" 65
else
	skip 'no captures of other games here' 4
fi

# input without end, and a signal: the grace period is over some time
if have timeout; then
	run timeout --foreground -s TERM -k 20 1 f1-decode </dev/zero >/dev/null 2>&1
	is 'SIGTERM ends it, whatever keeps coming' "$status" 124
else
	skip 'no timeout here'
fi

catches_signals() {
	grep -q '^SigCgt:.*[4-7c-f]...$' "/proc/$1/status"
}
# two signals at once, as timeout sends them, are one, in one round of ten at least; a later one ends it at once
mkfifo fifo
exec 4<>fifo
many=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
	background f1-decode <fifo 2>err >/dev/null
	exec 3>fifo
	until_true catches_signals "$pid"
	kill -s TERM "$pid"
	kill -s USR1 "$pid"
	until_true test -s err	# it has seen both
	kill -s TERM "$pid"
	exec 3>&- 4>&-
	finish "$pid"
	[ "$status" -ne 0 ] || many=$((many + 1))
	exec 4<>fifo
done
ok "two signals at once are one: $many times" test "$many" -gt 0
background f1-decode <fifo >/dev/null
until_true catches_signals "$pid"
until_true killed TERM "$pid"
finish "$pid"
is 'a second signal ends it at once' "$status" 143
exec 4>&-

# much garbage, little memory; what a sanitizer maps is beyond counting
if have prlimit && prlimit --as=40000000 f1-decode --version >/dev/null 2>&1; then
	dd if=in bs=1000000 count=1 of=part 2>/dev/null
	n=0
	while [ "$n" -lt 200 ]; do
		cat part
		n=$((n + 1))
	done | prlimit --as=40000000 f1-decode -v >records 2>err
	like '200 MB of garbage: bounded memory' "$(cat err)" '^f1-decode: [0-9]* packets.* bytes skipped'
else
	skip 'no limit of memory can be set here, or for this build'
fi

done_testing
