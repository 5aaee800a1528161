#!/bin/sh
# f1-decode: pcap and pcapng of all kinds of links
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-decode python3

weather() {
	python3 "$top/tests/weather.py" "$@"
}
weather links links

for file in links/*; do
	name=${file#links/}
	f1-decode -v "$file" >records 2>err
	ok "$name: all packets" weather good records 20
	like "$name: none rejected" "$(cat err)" '^f1-decode: 20 packets, 20 records, 0 rejected, 0 bytes skipped'
	f1-decode <"$file" >out 2>/dev/null
	same "$name: the same from stdin" records out
	dd if="$file" bs=61 2>/dev/null | f1-decode >out 2>/dev/null
	same "$name: and in small pieces" records out
done

f1-decode --json links/ethernet >lines
like 'times of a pcap' "$(sed -n 3p lines)" '"received_at":"2024-01-01T00:00:02.000002Z"'
f1-decode --json links/nanoseconds >lines
like 'nanoseconds, cut to microseconds' "$(sed -n 3p lines)" '"received_at":"2024-01-01T00:00:02.000000Z"'
f1-decode --json links/pcapng >lines
like 'times of a pcapng' "$(sed -n 20p lines)" '"received_at":"2024-01-01T00:00:19.000019Z"'

for file in links-bad/*; do
	name=${file#links-bad/}
	run f1-decode -v "$file" >records 2>err
	is "$name: no record" "$(wc -c <records | tr -d ' ')" 0
	like "$name: all rejected" "$(cat err)" '^f1-decode: 0 packets, 0 records, 20 rejected'
done

done_testing
