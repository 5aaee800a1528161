#!/bin/sh
# the texts of lib/layout, and what their generator refuses
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
: "${AWK:=awk}"

cp -R "$top/lib/layout" layout
files='layout/records layout/enums layout/2018 layout/2019 layout/2020 layout/2021 layout/2022 layout/2023 layout/2024 layout/2025 layout/2026'
# shellcheck disable=SC2086	# words are wanted
generate() {
	"$AWK" -f "$top/scripts/layout.awk" $files >layouts.c 2>err
}
ok 'the texts add up' generate
is '112 packets' "$(grep -c '^static const struct layout_source sources_' layouts.c)" 112
for other in mawk gawk original-awk 'busybox awk'; do
	have "${other%% *}" || continue
	cp layouts.c "by-$AWK.c"
	# shellcheck disable=SC2086
	$other -f "$top/scripts/layout.awk" $files >"by-other.c" 2>/dev/null
	same "the same tables by $other" "by-$AWK.c" by-other.c
done

# refuses NAME FILE SED PATTERN: after this change the generator fails and says why
refuses() {
	cp "layout/$2" saved
	sed "$3" saved >"layout/$2"
	run generate
	cp saved "layout/$2"
	is "$1: status" "$status" 1
	like "$1: words" "$(cat err)" "$4"
}
refuses 'an unknown type' 2025 's/^	u16   speed/	u24   speed/' 'layout/2025:[0-9]*: unknown type u24'
refuses 'an unknown unit' 2025 's/^\(	u16   speed  *\)km\/h/\1mph /' 'unknown unit mph'
refuses 'an unknown enumeration' 2025 's/ track  / trakc  /' 'no values of trakc for 2025'
refuses 'a name used twice' 2025 's/^	f32   throttle/	f32   brake   /' 'brake twice'
refuses 'a struct of another size' 2023 's/^struct telemetry 60/struct telemetry 61/' 'telemetry: 60 bytes, expected 61'
refuses 'a packet of another size' 2023 's/^packet 2 lap_data 1131/packet 2 lap_data 1130/' 'lap_data: 1131 bytes, expected 1130'
refuses 'a rate that is none' 2025 's/ 2hz$/ 2hx/' 'unknown word 2hx'
refuses 'a field too few' 2019 '/surface_type\[4\]/d' 'bytes, expected'
refuses 'an array that becomes no record' 2025 '/record marshal_zones/d' 'marshal_zones becomes no record'
refuses 'a record of an array that is not there' 2025 's/sample marshal_zones  /sample marshal_zonez  /' 'no array marshal_zonez'
refuses 'a counter that is not there' 2025 's/upto:num_marshal_zones/upto:num_zones/' 'no counter num_zones'
refuses 'an unknown record' 2025 's/record motion  /record motoin  /' 'motoin is not in the list'
refuses 'another unit than in the other years' 2018 '/column steer/d' 'steer is in '
refuses 'a sample that is a state elsewhere' 2021 's/\(record participants  *\)state /\1sample/' 'participants is of another kind'
refuses 'an event that the year does not know' 2019 's/case RTMT/case OVTK/' 'event OVTK is not known in 2019'
refuses 'a value given twice' enums '/^enum weather/,/^$/s/2018-2026 *5 .*/&\n&/' 'weather 5 twice'
refuses 'a field without a description' 2025 's/^\(	u16   speed  *km\/h  *-\).*/\1/' 'no description of speed'
done_testing
