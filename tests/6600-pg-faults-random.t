#!/bin/sh
# f1-pg, the server or the connection dies at a random moment of a load, again and again: in the end the rows are those of
# an undisturbed load
# SPDX-License-Identifier: MIT
#
# FAULTS is how many (12), FAULTS_SEED another choice of moments.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim
pg_start
: "${FAULTS:=12}" "${FAULTS_SEED:=1}"

# two races behind one another: two sessions, and more rows than a batch holds
{
	f1-sim -y 2025 -c 12 -l 2 -r 30 --lap-length 3000
	f1-sim -y 2022 -c 12 -l 1 -r 30 --lap-length 3000 -S 2
} | f1-decode >race.f1
size=$(wc -c <race.f1)
fresh
f1-pg <race.f1
contents >whole
sql 'CREATE TABLE public.frames AS SELECT session_uid, overall_frame_identifier, count(*) AS n FROM f1.motion GROUP BY 1, 2'

# numbers from 0 to 32767, the same for a seed
random=$FAULTS_SEED
next() {
	random=$(((random * 1103515245 + 12345) & 0x7fffffff))
	n=$((random >> 16))
}


i=0
while [ $i -lt "$FAULTS" ]; do
	i=$((i + 1))
	next
	where=$((size * n / 32768))
	next
	jobs=$((n % 2 + 1))
	case $((i % 3)) in
	0) fault='f1-pg is killed' ;;
	1) fault='the server crashes' ;;
	2) fault='the connection is cut' ;;
	esac
	fresh
	rm -f fifo
	mkfifo fifo
	exec 4<>fifo	# opening an end waits for the other
	background f1-pg -j $jobs --retry 60 <fifo 2>err
	loader=$pid
	exec 3>fifo 4<&-
	# the pipe holds less than what is sent: when head is done f1-pg is in the middle of it
	head -c $where race.f1 >&3
	case $fault in
	'f1-pg is killed')
		kill -KILL "$loader"
		finish "$loader"
		;;
	'the server crashes')
		pg_stop immediate
		"$top/scripts/pg-local" start "$tmp/pg" fsync=off >/dev/null
		;;
	*)
		sql "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'f1-pg'" >killed
		;;
	esac
	if [ "$fault" = 'f1-pg is killed' ]; then
		exec 3>&-
		# a batch is there as a whole or not at all: one frame at most is there in part, the last one, and all kinds of
		# record that come with every frame end in the same
		is "$i: no half batch" "$(sql 'SELECT count(*) <= 1 FROM (SELECT count(*), session_uid, overall_frame_identifier FROM f1.motion
			GROUP BY 2, 3) m JOIN public.frames f USING (session_uid, overall_frame_identifier) WHERE m.count <> f.n')" t
		[ $jobs -gt 1 ] || is "$i: in no table" "$(sql 'SELECT coalesce(max(n) - min(n) <= 2, true) FROM (SELECT count(DISTINCT (session_uid, overall_frame_identifier)) AS n
			FROM f1.motion UNION ALL SELECT count(DISTINCT (session_uid, overall_frame_identifier)) FROM f1.car_telemetry
			UNION ALL SELECT count(DISTINCT (session_uid, overall_frame_identifier)) FROM f1.car_status) x')" t
		f1-pg -j $jobs <race.f1
		status=$?
	else
		tail -c +$((where + 1)) race.f1 >&3
		exec 3>&-
		finish "$loader"
	fi
	is "$i: -j $jobs, $fault at $where of $size bytes: status" "$status" 0 || note <err
	contents >got
	same "$i: the rows are those of an undisturbed load" got whole || diff got whole | note
done
done_testing
