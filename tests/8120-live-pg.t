#!/bin/sh
# f1-live with a database that comes late and goes for a while: the page goes on, and f1-load brings what was missed
# SPDX-License-Identifier: MIT

# functions are called by ok and until_true
# shellcheck disable=SC2317
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-live f1-load f1-listen f1-decode f1-route f1-ws f1-pg f1-sim curl

pg_start
pg_stop
env --default-signal=INT,HUP F1_SINKS='ws pg' F1_LISTEN='-a 127.0.0.1 -p 0' F1_WS='-l 127.0.0.1:0' F1_PG='--init --retry 1 -v' \
	F1_RESTART=1 F1_CAPTURES="$tmp/captures" TMPDIR="$tmp" f1-live 2>err &
live=$!
tap_started="$tap_started $live"
until_true grep -q '^f1-live: ready' err
port=$(sed -n 's/^f1-live: ready: UDP port \([0-9]*\).*/\1/p' err)
page=$(sed -n 's/^f1-live: ready: .* page on port \([0-9]*\)/\1/p' err)

# drive SEED: a race of its own session, which takes a few seconds
drive() {
	f1-sim -y 2025 -c 4 -r 10 -s 10 --duration 20 -S "$1" -u "127.0.0.1:$port"
	f1-sim -y 2025 -c 4 -r 10 --duration 20 -S "$1" >"sent.$1"
	cat "sent.$1" >>sent
}
page_has() {
	[ "$(curl -s "http://127.0.0.1:$page/metrics" | sed -n 's/^f1_ws_records_total //p')" -ge "$(f1-decode -v sent 2>&1 >/dev/null |
		sed 's/.* packets, \([0-9]*\) records.*/\1/')" ]
}
rows() {
	sql 'SELECT count(*) FROM f1.car_telemetry' 2>/dev/null || echo 0
}
has_rows() {
	[ "$(rows)" -ge "$1" ]
}

sums() {
	cksum "$@" | cut -d ' ' -f 1-2 | sort
}

# --- no database yet
ok 'without a database f1-pg fails, and is started again' until_true grep -q 'f1-pg.*: ended with status 69' err
drive 1
ok 'the page has all records nevertheless' until_true page_has
pg_start
all=$(f1-decode -j sent | grep -c '"packet":"car_telemetry"')
ok 'once the database is there it gets all, which waited in the buffer' until_true has_rows "$all"

# --- it goes away in the middle of a race
drive 2 &
driver=$!
until_true has_rows "$((all + 20))"
pg_stop immediate
wait $driver
ok 'the page has all records nevertheless' until_true page_has
pg_start
before=$(rows)
drive 3
ok 'and then rows come again' until_true has_rows "$((before + 200))"
stop "$live"
ok 'it ends, and tells if a sink failed' test "$status" -eq 75
note "$(grep -c 'ended with status' err) times f1-pg ended"

# --- what was missed is in the captures
is 'the captures have all' "$(sums captures/*)" "$(sums sent.*)"
run f1-load -q captures >out 2>&1
is 'f1-load brings it' "$status$(cat out)" 0
is 'now all rows are there' "$(rows)" "$(f1-decode -j sent | grep -c '"packet":"car_telemetry"')"
done_testing
