#!/bin/sh
# f1-pg: what is kept beside the samples is what they say: made on the way, or by --init of what an older version loaded
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim
pg_start

kept='lap_ends passes session_info frames'
say() {
	for table in $kept; do
		sql "SELECT '$table', t::text FROM f1.$table t WHERE session_uid <> 0 ORDER BY 2"
	done
}

for year in 2018 2021 2025; do
	fresh
	for scene in chained-flashbacks,loss,reorder save-reload,duplicates,frame0-end weekend; do
		f1-sim -y $year -S $year -c 6 -l 2 -r 10 --lap-length 2500 --scene $scene >race.bin || exit
		f1-decode race.bin | f1-pg
	done
	say >on.the.way
	ok "$year: there is something" test "$(wc -l <on.the.way)" -gt 100
	for table in $kept; do
		sql "TRUNCATE f1.$table"
	done
	f1-pg --init </dev/null
	say >afterwards
	same "$year: --init makes the same of the samples" on.the.way afterwards
	sql 'SELECT i FROM f1.incidents i ORDER BY 1' >incidents
	f1-decode race.bin | f1-pg
	say >again
	same "$year: and loading once more changes nothing" on.the.way again
	sql 'SELECT i FROM f1.incidents i ORDER BY 1' >incidents.again
	same "$year: nor the incidents" incidents incidents.again
done
done_testing
