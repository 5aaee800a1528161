#!/bin/sh
# f1-pg: the views that read samples, against the records: traces, wear, fuel, weather, overtakes, gaps
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim python3
pg_start jit=off
fresh
for year in 2018 2020 2022 2024 2026; do
	f1-sim -y $year -S $year -c 8 -l 4 -r 10 --lap-length 2500 --scene loss >race.bin
	f1-decode race.bin | f1-pg
	f1-decode --json race.bin | grep -E '^.{10}"(session|lap_data|motion|car_telemetry|car_status|car_damage)"' >records
	ok "$year" python3 "$top/tests/samples.py" <records
done
done_testing
