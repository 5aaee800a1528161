#!/bin/sh
# f1-pg: the views show what a race was, whatever the stream did: scenes of f1-sim, against what really happened
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim python3
pg_start jit=off
fresh

# scene YEAR SCENE,… [OPTION]…: all of them come into one database, a season of accidents
seed=0
scene() {
	seed=$((seed + 1))
	year=$1 scenes=$2
	shift 2
	f1-sim -y "$year" -S "$seed" -c 8 -l 4 -r 6 --lap-length 2500 ${scenes:+--scene "$scenes"} --truth truth.json "$@" >race.bin
	f1-decode race.bin | f1-pg || note "f1-pg: status $?"
	ok "$year ${scenes:-plain}" python3 "$top/tests/views.py" truth.json
}

for year in 2018 2019 2020 2021 2022 2023 2024 2025 2026; do
	scene "$year" chained-flashbacks,uid0,late-ssta,duplicates
	scene "$year" flashback,save-reload -l 6
	scene "$year" late-start -l 5
	scene "$year" weekend,spectator,frame0-end
	scene "$year" restricted,rejoin,red-flag,pause
	scene "$year" flashback,reorder
done
scene 2019 flashback,save-reload -S 1002 -c 6		# while a car is in the pits
scene 2023 flashback,save-reload -S 1005 -c 6
for year in 2018 2020 2023 2025; do
	scene "$year" ''
	scene "$year" loss
done

# a session that was skipped is there, without laps and result, and in nobody's way
before=$(sql 'SELECT count(*), sum(lap_ms) FROM f1.laps WHERE complete')
for year in 2019 2024; do
	uids=$(sql 'SELECT session FROM f1.sessions')
	f1-sim -y $year -S "$year" -c 6 -r 10 --duration 4 | f1-decode | f1-pg
	skipped=$(sql 'SELECT session FROM f1.sessions' | grep -v -x -F "$uids")
	is "$year skipped: the session" "$(sql "SELECT r.parts, r.has_result, (SELECT count(*) FROM f1.laps l WHERE l.race_id = r.race_id AND complete),
		(SELECT count(*) FROM f1.classification c WHERE c.race_id = r.race_id AND NOT told AND laps = 0),
		(SELECT count(*) FROM f1.fastest_laps b WHERE b.race_id = r.race_id) FROM f1.races r WHERE r.race = '$skipped'")" '1|f|0|6|0'
done
is 'the laps of the others are as they were' "$(sql 'SELECT count(*), sum(lap_ms) FROM f1.laps WHERE complete')" "$before"
done_testing
