#!/bin/sh
# f1-listen and f1-replay: real games, replayed by UDP and captured again, byte for byte and time for time
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-listen f1-replay python3
captures

# whole: has each session in out its file, with all of it and nothing else but what is of no session?
# shellcheck disable=SC2317
whole() {
	[ "$(cat sessions/* | wc -c)" -eq "$(wc -c <out)" ] || return
	for one in sessions/*; do
		uid=${one#sessions/}
		f1-replay -s 0 --session "$uid" "$one" >of.file
		f1-replay -s 0 --session "$uid" out | cmp - of.file || return
	done
}

# again NAME FILE [OPTION]...: replays FILE with the options; what f1-listen hears is out, and in the folder sessions
again() {
	name=$1 file=$2
	shift 2
	start f1-listen -v -a 127.0.0.1 -p 0 -w 'sessions/{uid}' >out 2>err
	f1-replay -u "127.0.0.1:$ready" "$@" "$file"
	stop "$pid"
	if grep -q 'the kernel dropped' err; then
		skip "$name: the kernel dropped datagrams: its buffer is small here" 2
	else
		same "$name" "$file" out
		ok "$name: each session is in its file" whole
	fi
	rm -r sessions
}

for file in "$captures"/*.bin; do
	again "${file##*/}" "$file" -s 0
done
for file in "$captures"/*.bin.zst; do
	if have zstd; then
		zstd -qdc "$file" >game
		again "${file##*/}" game -s 200	# at once it is more than a socket holds
	else
		skip 'no zstd here' 2
	fi
done

cat >times.py <<'END'
# how far the times of two pcaps with nanoseconds are apart, in microseconds: median, 99 of 100
import struct, sys

def times(name):
    data, at = open(name, "rb").read(), 24
    while at < len(data):
        seconds, nanoseconds, n = struct.unpack_from("<III", data, at)
        yield seconds * 10**9 + nanoseconds
        at += 16 + n

want, got = (list(times(name)) for name in sys.argv[1:])
assert len(want) == len(got)
errors = sorted((g - got[0]) - (w - want[0]) for w, g in zip(want, got))
errors = sorted(abs(e - errors[len(errors) // 2]) for e in errors)
print(errors[len(errors) // 2] // 1000, errors[len(errors) * 99 // 100] // 1000)
END
file=$captures/f1-2026-skrx-bahrain-a.bin
f1-replay -s 0 --pcap "$file" >game.pcap
start f1-listen --pcap -a 127.0.0.1 -p 0 >heard.pcap 2>err
f1-replay -u "127.0.0.1:$ready" game.pcap
stop "$pid"
python3 times.py game.pcap heard.pcap >error
read -r median most <error
note "error of arrival: median $median us, 99 of 100 within $most us"
ok 'at speed 1 the times are those of the capture, within a millisecond' test "${median:-999999}" -lt 1000
start f1-listen -a 127.0.0.1 -p 0 >out 2>err
f1-replay -s 4 -u "127.0.0.1:$ready" heard.pcap
stop "$pid"
same 'and what was heard replays' "$file" out
done_testing
