#!/bin/sh
# f1-pg --drop-session, --keep, --keep-samples: what goes, what stays, and nothing of what is being loaded
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-route f1-sim
pg_start

# three races: 40 days old, 10 days old, and one of which nobody knows when it was
now=$(date +%s)
f1-sim -y 2025 -c 4 -l 2 -r 10 -S 1 | f1-decode -t $((now - 40 * 86400)) >old.f1
f1-sim -y 2022 -c 4 -l 2 -r 10 -S 2 | f1-decode -t $((now - 10 * 86400)) >young.f1
f1-sim -y 2020 -c 4 -l 2 -r 10 -S 3 | f1-decode >undated.f1
# the session of a file
uid() {
	fresh
	f1-pg <"$1"
	sql "SELECT DISTINCT f1.session_hex(session_uid) FROM f1.motion WHERE session_uid <> 0"
}
old=$(uid old.f1)
young=$(uid young.f1)
undated=$(uid undated.f1)

load_all() {
	fresh
	cat old.f1 young.f1 undated.f1 | f1-pg
}
# what there is of a session: tables and rows
rows_of() {
	for table in $(pg_tables); do
		sql "SELECT '$table', count(*), sum(hashtextextended(t::text, 0)) FROM f1.$table t WHERE session_uid = f1.session_uid('$1') HAVING count(*) > 0"
	done
}

for bad in '' 0x 123456789012345g 12345678901234567; do
	run f1-pg --drop-session "$bad" 2>err
	is "'$bad' is no session: status" "$status" 64
done

load_all
rows_of "$young" >young.before
rows_of "$undated" >undated.before
# rows of records, without those that views keep
count() {
	f1-decode --layout | cut -f 4 | sort -u >records
	rows_of "$1" | awk -F '|' 'FILENAME == "records" { record[$1] = 1; next } record[$1] { n += $2 } END { print n + 0 }' records -
}
n=$(count "$old")
sql "CREATE TABLE f1.\"League's notes\" (session_uid bigint, note text); INSERT INTO f1.\"League's notes\" VALUES (f1.session_uid('$old'), 'old'), (1, 'x');
	CREATE TABLE f1.in_hex (session_uid text)"
is '--drop-session says how many rows went' "$(f1-pg --drop-session "$old")" "$old: $n rows dropped"
is 'none is left' "$(rows_of "$old")" ''
is 'nor in a table that somebody put beside them' "$(sql "SELECT note FROM f1.\"League's notes\"")" x
is 'nor in the views' "$(sql "SELECT count(*) FROM f1.sessions WHERE session = '$old'")" 0
is 'nor is it remembered' "$(sql "SELECT count(*) FROM f1.loads WHERE session_uid = f1.session_uid('$old')")" 0
rows_of "$young" >young.after
rows_of "$undated" >undated.after
same 'the others are as they were' young.before young.after
same 'the other, too' undated.before undated.after
is 'one that is not there: no rows' "$(f1-pg --drop-session 0xff)" '00000000000000ff: 0 rows dropped'

load_all
f1-pg --keep 30 >out
is '--keep 30: the old one goes' "$(cut -d : -f 1 out)" "$old"
rows_of "$young" >young.after
same 'and no other' young.before young.after
is '--keep 30 again: nothing to do' "$(f1-pg --keep 30)" ''
f1-pg --keep 5 >out
is '--keep 5: the young one, too' "$(cut -d : -f 1 out)" "$young"
is 'one without a time is as old as its load' "$(rows_of "$undated")" "$(cat undated.before)"
sql "UPDATE f1.loads SET loaded_at = now() - interval '6 days'"
f1-pg --keep 5 >out
is 'and goes by that' "$(cut -d : -f 1 out)" "$undated"

# who else writes does not know of f1.loads
load_all
sql 'DELETE FROM f1.loads'
f1-pg --keep 30 >out
is 'a session that another program wrote goes by its own time' "$(cut -d : -f 1 out)" "$old"

# samples only
load_all
results() {
	for table in session lap_history final_classification participants event tyre_stints; do
		sql "SELECT t::text FROM f1.$table t ORDER BY 1"
	done
	for view in races classification laps positions gaps stints pit_stops fastest_laps theoretical_best driver_consistency overtakes penalties incidents \
		tyre_wear fuel weather sessions drivers; do
		sql "SELECT to_jsonb(v) FROM f1.$view v ORDER BY 1"
	done
}
results >results.before
ends() {
	sql "SELECT * FROM f1.lap_data WHERE session_uid = f1.session_uid('$old') AND (car, overall_frame_identifier) IN (
		SELECT car, unnest(ARRAY[min(overall_frame_identifier), max(overall_frame_identifier)]) FROM f1.lap_data
		WHERE session_uid = f1.session_uid('$old')
		GROUP BY car, current_lap_num, pit_status, overall_frame_identifier - frame_identifier) ORDER BY car, overall_frame_identifier"
}
ends >ends.before
f1-pg --keep-samples 30 >out
like '--keep-samples 30 says what went' "$(cat out)" "^$old: [1-9][0-9]* samples dropped$"
results >results.after
same 'sessions, laps, results and events stay' results.before results.after
is 'motion, telemetry and the like go, but for the ends of a lap' "$(sql "SELECT (SELECT count(*) FROM f1.motion WHERE session_uid = f1.session_uid('$old')) <= $(wc -l <ends.before),
	(SELECT count(*) FROM f1.motion_ex WHERE session_uid = f1.session_uid('$old')), (SELECT count(*) FROM f1.car_damage WHERE session_uid = f1.session_uid('$old')) BETWEEN 8 AND $(wc -l <ends.before)")" 't|0|t'
ends >ends.after
is 'and nothing else' "$(sql "SELECT count(*) FROM f1.lap_data WHERE session_uid = f1.session_uid('$old')")" "$(wc -l <ends.after | tr -d ' ')"
same 'the first and the last sample of each lap of each car stay' ends.before ends.after
is 'the other sessions keep theirs' "$(rows_of "$young")" "$(cat young.before)"
is '--keep-samples again: nothing to do' "$(f1-pg --keep-samples 30)" ''
f1-pg <old.f1
ok 'loaded again, they are back' test "$(sql "SELECT count(*) FROM f1.motion WHERE session_uid = f1.session_uid('$old')")" -gt 1000
like 'and go again' "$(f1-pg --keep-samples 30)" "^$old: [1-9]"

# while another loads it
fresh
mkfifo fifo
exec 4<>fifo	# opening an end waits for the other
background f1-pg <fifo 2>err
loader=$pid
exec 3>fifo 4<&-
head -c $(($(wc -c <old.f1) / 2)) old.f1 >&3
until_true holds 'EXISTS (SELECT FROM f1.motion)'
run f1-pg --drop-session "$old" >out 2>err2
is 'a session that is being loaded stays: status' "$status" 75
is 'a session that is being loaded stays: words' "$(cat err2)" "f1-pg: session $old: is being loaded: left as it is"
run f1-pg --keep 30 >out 2>err2
is '--keep leaves it as well' "$status $(cat out)" '75 '
tail -c +$(($(wc -c <old.f1) / 2 + 1)) old.f1 >&3
exec 3>&-
finish "$loader"
is 'its load goes on' "$status" 0
like 'and then it can go' "$(f1-pg --drop-session "$old")" "^$old: $n rows dropped"
f1-pg <old.f1
is 'loaded again it is whole' "$(count "$old")" "$n"

# one that a loader has done with can go, while it loads another
fresh
samples() {
	sql "SELECT count(*) FROM f1.motion WHERE session_uid = f1.session_uid('$1')"
}
# above NUMBER SESSION: are there more samples of it?
above() {
	[ "$(samples "$2")" -gt "$1" ]
}
f1-pg <old.f1
all=$(samples "$old")
# its first event has frame 0 as its last ones have: one process cannot tell that it begins again
states() {
	rows_of "$old" | grep -v -E '^(loads|event)\|'
}
states >old.before
fresh
exec 4<>fifo
background f1-pg <fifo 2>err
loader=$pid
exec 3>fifo 4<&-
cat old.f1 >&3
until_true above $((all - 1)) "$old"
third=$(($(wc -c <young.f1) / 3))
head -c $third young.f1 >&3	# with it goes what the states of the old one said last
until_true above 0 "$young"
some=$(samples "$young")
tail -c +$((third + 1)) young.f1 | head -c $third >&3
until_true above "$some" "$young"
is 'one that a loader has done with: it goes' "$(f1-pg --drop-session "$old")" "$old: $n rows dropped"
{ tail -c +$((2 * third + 1)) young.f1; cat old.f1; } >&3
exec 3>&-
finish "$loader"
is 'and comes again, whole' "$(count "$old")" "$n"
states >old.after
same 'with all that its states said' old.before old.after

# also when only one of several connections has something of the next session
f1-route 'motion=motion.f1' <young.f1
fresh
exec 4<>fifo
background f1-pg -j 8 <fifo 2>err
loader=$pid
exec 3>fifo 4<&-
cat old.f1 >&3
until_true above $((all - 1)) "$old"
cat motion.f1 >&3
until_true above 0 "$young"
dropped() {
	f1-pg --drop-session "$old" >out 2>/dev/null
}
until_true dropped	# the others unlock it at about the time that this one writes
is 'with several connections: it goes' "$(cat out)" "$old: $n rows dropped"
exec 3>&-
finish "$loader"
done_testing
