#!/bin/sh
# f1-decode: what real games sent becomes what the reference tables say, field by field
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-decode python3
captures

for spec in ${F1_SPEC+"$F1_SPEC"} "$captures/../spec"; do
	[ -f "$spec/layouts.csv" ] && break
done
[ -f "$spec/layouts.csv" ] || skip_all 'no reference tables here; F1_SPEC names their folder'

# called through ok
# shellcheck disable=SC2317
independent() {
	python3 "$top/tests/independent.py" "$@"
}
# shellcheck disable=SC2317
compare() {
	independent compare "$spec/layouts.csv" "$spec/packets.csv" "$@"
}

for raw in "$captures"/*.bin; do
	[ -f "$raw" ] || continue
	name=$(basename "$raw" .bin)
	f1-decode -v "$raw" >records 2>err
	ok "$name" compare "$raw" records
	like "$name: nothing is rejected" "$(cat err)" "[^0-9]$(($(wc -l <"${raw%.bin}.idx"))) packets.*[^0-9]0 rejected"
	f1-decode --all "$raw" >all 2>/dev/null
	ok "$name: --all" compare "$raw" all --all
	f1-decode --json "$raw" >lines 2>/dev/null
	ok "$name: --json" independent json records lines
done
rm -f records all lines

for zst in "$captures"/*.bin.zst; do
	[ -f "$zst" ] || continue
	name=$(basename "$zst" .bin.zst)
	if ! have zstdcat; then
		skip "$name: no zstdcat here" 3
		continue
	fi
	zstdcat "$zst" >raw
	mkfifo pipe
	{ zstdcat "$zst" | f1-decode -v >pipe 2>err; } &
	ok "$name" compare raw pipe
	wait
	like "$name: nothing is rejected" "$(cat err)" "[^0-9]$(($(wc -l <"${zst%.bin.zst}.idx"))) packets.*[^0-9]0 rejected"
	# a part of it is enough for JSON
	head -c 3000000 raw >part
	f1-decode part >records 2>/dev/null
	f1-decode --json part >lines 2>/dev/null
	ok "$name: --json" independent json records lines
	rm -f raw pipe part records lines
done

done_testing
