#!/bin/sh
# f1-pg: the server, the connection and f1-pg itself die in the middle: nothing is lost, nothing is twice
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim
pg_start

f1-sim -y 2025 -c 6 -l 2 -r 20 | f1-decode >race.f1
size=$(wc -c <race.f1)
fresh
f1-pg <race.f1
contents >whole

# open_load [OPTION]…: f1-pg reads from descriptor 3
open_load() {
	fresh
	rm -f fifo
	mkfifo fifo
	exec 4<>fifo	# opening an end waits for the other
	start f1-pg -v "$@" <fifo 2>err
	exec 3>fifo 4<&-
}

# give PERCENT: what it has not got of so much of race.f1
give() {
	tail -c +$((given + 1)) race.f1 2>/dev/null | head -c $((size * $1 / 100 - given)) >&3
	given=$((size * $1 / 100))
}

# begin_load [OPTION]…: and has written some rows of the first half
begin_load() {
	open_load "$@"
	given=0
	give 50
	until_true holds 'EXISTS (SELECT FROM f1.motion)'
}

# end_load: the rest
end_load() {
	give 100
	exec 3>&-
	finish "$pid"
}

begin_load
if grep -q '^Seccomp:' /proc/self/status && ! readelf -d "$O/bin/f1-pg" 2>/dev/null | grep -q asan; then
	is 'it stays the program that it is' "$(sed -n 's/^Seccomp:[[:space:]]*//p' "/proc/$pid/status")" 2
else
	skip 'no sandbox here'
fi
sql 'SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '"'f1-pg'" >killed
is 'the connection is cut: one is there' "$(cat killed)" 1
end_load
is 'the connection is cut: status' "$status" 0
contents >got
same 'the connection is cut: all rows are there' got whole
like 'the connection is cut: words' "$(cat err)" 'connection lost: trying again'

begin_load
pg_stop immediate
"$top/scripts/pg-local" start "$tmp/pg" fsync=off >/dev/null
end_load
is 'the server crashes and comes back: status' "$status" 0
contents >got
same 'the server crashes and comes back: all rows are there' got whole
like 'the server crashes: words' "$(cat err)" 'connected again'

# up to 2022 the first records wait for what the database says of their session
f1-sim -y 2021 -c 2 -l 1 -r 5 | f1-decode >old.f1
fresh
f1-pg <old.f1
contents >old
open_load
pg_stop immediate
"$top/scripts/pg-local" start "$tmp/pg" fsync=off >/dev/null
cat old.f1 >&3
exec 3>&-
finish "$pid"
is 'the server crashes before it is asked: status' "$status" 0
like 'the server crashes before it is asked: words' "$(cat err)" 'connected again'
contents >got
same 'the server crashes before it is asked: all rows are there' got old

begin_load --retry 0
pg_stop immediate
end_load
is 'the server stays away: status' "$status" 75
like 'the server stays away: words' "$(cat err)" '^f1-pg: [1-9][0-9]* rows were read and not written$'
"$top/scripts/pg-local" start "$tmp/pg" fsync=off >/dev/null
f1-pg <race.f1
contents >got
same 'the server stays away: loading again completes it' got whole

begin_load
kill -KILL "$pid"
exec 3>&-
finish "$pid"
f1-pg <race.f1
contents >got
same 'f1-pg is killed: loading again completes it' got whole

begin_load
give 97	# it has five seconds for the rest
kill -TERM "$pid"
end_load
is 'asked to stop: it reads on to the end of input' "$status" 0
contents >got
same 'asked to stop: and all rows are there' got whole

# hold SQL: somebody with a connection, who reads on from descriptor 5
hold() {
	rm -f hold
	mkfifo hold
	exec 4<>hold
	background psql -XAtq -v ON_ERROR_STOP=1 <hold
	holder=$pid
	exec 5>hold 4<&-
	echo "$1" >&5
}
# locks CONDITION: waits until there is such a lock
locks() {
	until_true holds "EXISTS (SELECT FROM pg_locks WHERE $1)"
}

# --init while somebody loads, who has come to one table and not yet to the next
fresh
hold 'BEGIN; LOCK TABLE f1.session IN ROW EXCLUSIVE MODE;'
locks "granted AND mode = 'RowExclusiveLock' AND relation = 'f1.session'::regclass"
background f1-pg --init </dev/null 2>err
init=$pid
locks "NOT granted AND relation = 'f1.session'::regclass"
echo 'LOCK TABLE f1.lap_data IN ROW EXCLUSIVE MODE; COMMIT;' >&5
exec 5>&-
finish "$holder"
is '--init does not stand in the way of who loads' "$status" 0
finish "$init"
is 'nor the other way round' "$status $(cat err)" '0 '

# a table that somebody holds for longer than the server's limit
hold 'BEGIN; LOCK TABLE f1.lap_data, f1.league_drivers;'
locks "granted AND mode = 'AccessExclusiveLock' AND relation = 'f1.league_drivers'::regclass"
PGOPTIONS='-c lock_timeout=10ms'
export PGOPTIONS
printf 'name,race_number\nA,1\n' >names.csv
for what in '75 --retry 60' '69 --init' '69 --names names.csv'; do
	# shellcheck disable=SC2086	# words are wanted
	run f1-pg ${what#* } <race.f1 2>err
	is "a table that somebody holds: ${what#* }: status" "$status" "${what%% *}"
	is "a table that somebody holds: ${what#* }: why, once" "$(grep -c '^f1-pg: database: canceling statement due to lock timeout$' err)" 1
done
unset PGOPTIONS
exec 5>&-
finish "$holder"

# a server that takes no rows
sql "ALTER DATABASE f1 SET default_transaction_read_only = on"
run f1-pg <race.f1 2>err
is 'a read-only database: status' "$status" 75
like 'a read-only database: words' "$(cat err)" 'read-only transaction'
is 'a read-only database: said once' "$(grep -c read-only err)" 1
done_testing
