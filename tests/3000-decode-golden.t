#!/bin/sh
# f1-decode: random bytes in every field of every packet of all formats come out right
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-decode python3

golden=$top/tests/golden/decode.txt
independent() {
	python3 "$top/tests/independent.py" "$@"
}
find_spec() {
	for spec in ${F1_SPEC+"$F1_SPEC"} "$top/../shared/spec" "$top/../../shared/spec"; do
		[ -f "$spec/layouts.csv" ] && return
	done
	return 1
}

if find_spec; then
	independent golden "$spec/layouts.csv" "$spec/packets.csv" >fresh
	same 'the golden file is what the reference tables say' fresh "$golden"
else
	skip 'no reference tables here; F1_SPEC names their folder'
fi

independent generate "$golden" >raw
f1-decode -v raw >records 2>err
note <err
f1-decode --all raw >all 2>/dev/null
ok 'records are the golden ones' independent hashes "$golden" records all
like 'nothing is rejected' "$(cat err)" '[^0-9]0 rejected'

f1-decode <raw >out 2>/dev/null
same 'stdin gives the same' out records
f1-decode - <raw >out 2>/dev/null
same 'as does -' out records
# an odd block size, so that packets straddle reads
dd if=raw bs=997 2>/dev/null | f1-decode >out 2>/dev/null
same 'as do small reads' out records
f1-decode raw raw >out 2>/dev/null
f1-decode raw >out1 2>/dev/null
ok 'two files are read one after the other' cmp -n "$(wc -c <out1)" out out1

f1-decode --json raw >lines 2>/dev/null
ok 'JSON tells the same' independent json records lines
f1-decode --json --all raw >lines 2>/dev/null
ok 'with --all too' independent json all lines
f1-decode -j <raw >lines2 2>/dev/null
f1-decode --json raw >lines 2>/dev/null
same '-j is --json' lines lines2

# the same datagrams in a pcap have a time
if find_spec; then
	independent pcap raw "$spec/layouts.csv" "$spec/packets.csv" >capture
	f1-decode capture >records 2>/dev/null
	ok 'pcap gives received_at' independent compare "$spec/layouts.csv" "$spec/packets.csv" capture records
	f1-decode --json capture >lines 2>/dev/null
	ok 'and in JSON' independent json records lines
else
	skip 'no reference tables here; F1_SPEC names their folder' 2
fi

done_testing
