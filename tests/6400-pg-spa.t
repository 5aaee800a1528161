#!/bin/sh
# f1-pg: a real online event, qualifying and race at Spa in 2020
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode jq zstd
captures
spa=$captures/f1-2020-patricknoir-spa-online.bin.zst
[ -e "$spa" ] || skip_all "no $spa here"
pg_start
fresh
zstdcat "$spa" >spa.bin

f1-decode -v spa.bin 2>err | f1-pg
like 'nothing is rejected' "$(cat err)" '^f1-decode: 60332 packets, 897434 records, 0 rejected, 0 bytes skipped'
marks >first
f1-decode spa.bin | f1-pg -v 2>err
marks >second
same 'a second load writes no row' first second
like 'and says so' "$(cat err)" ' 0 rows written'

# the game's own words, by jq from the records
f1-decode --json spa.bin >spa.json
jq -r 'select(.packet == "final_classification") | [.session_uid, .position, .car, .num_laps, .points, .result_status, .grid_position] | @tsv' spa.json |
	sort -u >want
sql 'SELECT f1.session_hex(session_uid), position, car, num_laps, points, result_status, grid_position FROM f1.final_classification' |
	tr '|' '\t' | sort -u >got
same 'the classification is the game'"'"'s' got want
is 'the cars of two sessions' "$(cut -f 1 want | uniq -c | awk '{ print $1 }' | xargs)" '11 15'
for record in motion lap_data car_telemetry car_status; do
	is "$record: a row a record" "$(sql "SELECT count(*) FROM f1.$record")" "$(grep -c "^{\"packet\":\"$record\"," spa.json)"
done
is 'the events are told apart by all they say' "$(sql 'SELECT count(*) FROM f1.event')" \
	"$(grep '^{"packet":"event",' spa.json | sort -u | wc -l)"
is 'top speed' "$(sql 'SELECT max(speed) FROM f1.car_telemetry')" "$(jq -r 'select(.packet == "car_telemetry") | .speed' spa.json | sort -n | tail -n 1)"
is 'frames never go back' "$(sql 'SELECT count(*) FROM f1.motion WHERE overall_frame_identifier <> frame_identifier')" 0
done_testing
