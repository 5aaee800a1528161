#!/bin/sh
# the options: --help and the manual name the same, and every program answers alike
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# the options at the beginning of the lines of --help: "  -p, --port PORT   listen …"
help_options() {
	sed -n 's/^  \( *-[^ ].*\)/\1/p' "$1" | awk '{ for (i = 1; i <= NF && $i ~ /^-/; i++) { sub(/,$/, "", $i); print $i } }' | sort
}

# and those of the manual: ".It Fl p Ar PORT , Fl -port Ar PORT"
manual_options() {
	awk '$1 == ".It" && $2 == "Fl" { for (i = 2; i < NF; i++) if ($i == "Fl") print "-" $(i + 1) }' "$1" | sort
}

built=0
for program in f1-listen f1-replay f1-decode f1-route f1-ws f1-kafka f1-pg; do
	have "$program" || continue
	built=$((built + 1))

	run "$program" --help >help 2>err </dev/null
	is "$program --help: status 0" "$status" 0
	is "$program --help: nothing on stderr" "$(cat err)" ''
	like "$program --help: usage first" "$(head -n 1 help)" "^usage: $program( |\$)"
	is "$program --help and the manual name the same options" "$(help_options help)" \
		"$(manual_options "$top/man/$program.1")"
	run "$program" -h >short 2>&1 </dev/null
	same "$program -h is --help" short help

	run "$program" -V >version 2>err </dev/null
	is "$program -V: status 0" "$status" 0
	like "$program -V: name and version on stdout" "$(cat version)" "^$program [0-9]+\\.[0-9]+"
	is "$program -V: one line, and nothing on stderr" "$(wc -l <version | tr -d ' ')$(cat err)" 1
	run "$program" --version >long 2>&1 </dev/null
	same "$program --version is -V" long version

	for option in --no-such-option '-?' --port-of-call=1; do
		run "$program" "$option" >out 2>err </dev/null
		is "$program $option: status 64" "$status" 64
		like "$program $option: usage on stderr" "$(cat err)" "^usage: $program "
		like "$program $option: is named" "$(head -n 1 err)" "^$program: .*$(printf %s "${option%%=*}" | sed 's/?/[?]/')"
		is "$program $option: nothing on stdout" "$(cat out)" ''
	done
	run "$program" --metrics >out 2>err </dev/null
	is "$program --metrics without its argument: status 64" "$status" 64
	run "$program" --ready-fd x >out 2>err </dev/null
	is "$program --ready-fd x: status 64" "$status" 64
	run "$program" --help >/dev/full 2>err </dev/null
	is "$program --help on a full disk: status 74" "$status" 74
	run "$program" -V >/dev/full 2>err </dev/null
	is "$program -V on a full disk: status 74" "$status" 74
	run "$program" -V >&- 2>err </dev/null
	is "$program -V with stdout closed: status 74" "$status" 74
done
[ "$built" -gt 0 ] || skip_all 'no program is built'
done_testing
