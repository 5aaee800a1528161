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
for year in 2018 2020 2023 2025; do
	scene "$year" ''
	scene "$year" loss
done
done_testing
