#!/bin/sh
# faults: short reads and writes, signals, slow and full disks, broken pipes, no memory, kill -9 and clocks that jump; every
# record is delivered, or counted and told
# SPDX-License-Identifier: MIT
#
# FAULT_SEED is another choice of moments, FAULT_ROUNDS how many choices (1), FAULT_PARTS after how many percent of its
# allocations f1-pg gets none. At the end a table tells what was done. In it
# each record that came in is delivered or lost; lost are those that the program counted, or told of by its status if
# that is all it could do; the rest would be unexplained.

# texts are for other shells and for SQL; the same file is read again and again
# shellcheck disable=SC2016,SC2094
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
# shellcheck source=tests/listen.sh
. "$top/tests/listen.sh"
need f1-listen f1-replay f1-decode f1-route f1-pg f1-sim python3
: "${FAULT_SEED:=1}" "${FAULT_ROUNDS:=1}" "${FAULT_PARTS:=1 30 60 90}"
library=$O/tests/fault.so
[ -e "$library" ] || skip_all "no $library: make check makes it"
LD_PRELOAD=$library f1-decode --version >out 2>err || {
	grep -q 'ASan' err && skip_all 'built with a sanitizer, before which nothing can be loaded'
	note <err
}

# fault KIND PROGRAM [ARG]…: the program under it; FAULT_… in the environment are for the library
cat >fault <<'SH'
#!/bin/sh
LD_PRELOAD=$FAULT_LIBRARY exec "$FAULT_PROGRAM" "$@"
SH
chmod +x fault
FAULT_LIBRARY=$library FAULT_REPORT=$tmp/report FAULT='' FAULT_PROGRAM=''
export FAULT_LIBRARY FAULT_REPORT FAULT FAULT_PROGRAM FAULT_SEED FAULT_EVERY FAULT_AFTER FAULT_TIMES FAULT_JUMP FAULT_OWN
fault() {
	FAULT=$1 FAULT_PROGRAM=$2
	shift 2
	timeout -k 1 30 "$tmp/fault" "$@"
}

# faulty EVERY AFTER TIMES: which calls
faulty() {
	FAULT_EVERY=$1 FAULT_AFTER=$2 FAULT_TIMES=$3
}

# strikes: those of the last program, of which nothing is left in the report; how many calls could be struck
strikes() {
	# shellcheck disable=SC2046	# two words
	set -- $(awk '{ t += $3; n += $4 } END { print t + 0, n + 0 }' report 2>/dev/null) 0 0
	tried=$1 struck=$2
	rm -f report
}

# tell FAULT PROGRAM IN DELIVERED LOST: a line of the table, with $struck
: >table
tell() {
	echo "$1 $2 $struck $3 $4 $5 $(($3 - $4 - $5))" >>table
}

# what the undisturbed programs find in a file
packets() {
	f1-decode -v "$1" 2>&1 >/dev/null | sed -n 's/^f1-decode: \([0-9]*\) packets.*/\1/p'
}
records() {
	f1-route -v '*=/dev/null' 2>&1 <"$1" | sed -n 's/^f1-route: \([0-9]*\) records.*/\1/p'
}
# said COUNTER FILE: what a program counted
said() {
	count=$(sed -n "s/^f1-[a-z]*: \\(.*, \\)*\\([0-9]*\\) $1\\([ ,].*\\)*\$/\\2/p" "$2" | tail -n 1)
	echo "${count:-0}"
}

f1-sim -y 2025 -c 6 -l 1 -r 10 --duration 30 >race.bin
f1-decode race.bin >race.f1
f1-decode --json race.bin >race.json
f1-route 'motion,lap_data/0=some.f1' 'car_telemetry,session=rest.f1' <race.f1
packets=$(packets race.bin) records=$(records race.f1)

# --- what must not be noticed
# unnoticed NAME PROGRAM WHAT N OUT EXPECTED: after it; WHAT is counted, N of them came in
unnoticed() {
	strikes
	is "$1: status" "$status" 0
	same "$1: nothing is missing, nothing else is there" "$5" "$6"
	ok "$1: it was struck" [ "$struck" -gt 0 ]
	tell "${1%%:*}" "$2" "$4" "$("$3" "$5")" 0
}

# listened [OPTION]…: f1-listen, under the fault, has got the race; its stdout is in out, what it said in said
listened() {
	rm -f pipe
	mkfifo pipe
	background cat pipe >out
	reader=$pid
	start "$tmp/fault" -v -a 127.0.0.1 -p 0 "$@" >pipe 2>said
	send 127.0.0.1 "$ready" race.bin sent
	stop "$pid"
	ended=$status
	finish "$reader"
	status=$ended
}

seed=$FAULT_SEED
while [ "$FAULT_SEED" -lt $((seed + FAULT_ROUNDS)) ]; do
	for kind in short-read short-write eintr eagain; do
		faulty 2 0 0
		# through pipes, which a file never makes wait
		cat <race.bin | { fault $kind f1-decode; echo $? >status; } | cat >out
		status=$(cat status)
		unnoticed "$kind: f1-decode" f1-decode records "$records" out race.f1
		cat <race.bin | { fault $kind f1-decode -j; echo $? >status; } | cat >out
		strikes
		same "$kind: f1-decode -j" out race.json
		cat <race.f1 | { fault $kind f1-route 'motion,lap_data/0=some' 'car_telemetry,session=rest' '*=|cat >command' '*=-'
			echo $? >status; } | cat >out
		status=$(cat status)
		unnoticed "$kind: f1-route" f1-route records "$records" out race.f1
		same "$kind: f1-route: a command" command race.f1
		same "$kind: f1-route: a file" some some.f1
		same "$kind: f1-route: another" rest rest.f1
		cat <race.bin | { fault $kind f1-replay -s 0; echo $? >status; } | cat >out
		status=$(cat status)
		unnoticed "$kind: f1-replay" f1-replay packets "$packets" out race.bin
		FAULT=$kind FAULT_PROGRAM=f1-listen
		rm -f cap*
		listened -w cap.bin
		unnoticed "$kind: f1-listen" f1-listen packets "$packets" out race.bin
		same "$kind: f1-listen -w" cap.bin race.bin
	done
	FAULT_SEED=$((FAULT_SEED + 1))
done
FAULT_SEED=$seed

# --- a slow disk: files take 50 ms for a write; what need not wait for them does not, and the game is not told to wait
FAULT=slow
faulty 1 0 0
run fault slow f1-decode <race.bin >out
unnoticed 'slow: f1-decode' f1-decode records "$records" out race.f1
run fault slow f1-replay -s 0 <race.bin >out
unnoticed 'slow: f1-replay' f1-replay packets "$packets" out race.bin
cat <race.f1 | { fault slow f1-route '*=all' '*=-'; echo $? >status; } | cat >out
status=$(cat status)
unnoticed 'slow: f1-route' f1-route records "$records" out race.f1
same 'slow: f1-route: the file' all race.f1
rm -f cap*
FAULT=slow FAULT_PROGRAM=f1-listen
start "$tmp/fault" -v -a 127.0.0.1 -p 0 -w cap.bin >out 2>said
f1-sim -y 2025 -c 6 -s 2 --duration 8 -u "127.0.0.1:$ready"	# it does not wait
stop "$pid"
f1-sim -y 2025 -c 6 --duration 8 >sent
unnoticed 'slow: f1-listen' f1-listen packets "$(packets sent)" out sent
same 'slow: f1-listen -w' cap.bin sent
is 'slow: f1-listen: the kernel need not drop' "$(said 'kernel drops' said)" 0

# --- the disk is full from some write on; after it the program must have counted what is not in the file
# full NAME PROGRAM WHAT IN CLAIMED OUT: the program said that CLAIMED of IN are written
full() {
	is "$1: status" "$status" 74
	like "$1: words" "$(cat said)" '(out|full.*): No space left on device$'
	ok "$1: said once, or for the file and its end" [ "$(grep -c 'No space' said)" -le 2 ]
	tell "${1%%:*}" "$2" "$4" "$("$3" "$6" 2>/dev/null)" "$(($4 - $5))"
}
for after in 0 1 2; do
	faulty 1 $after 0
	run fault enospc f1-decode -v <race.bin >out 2>said
	strikes
	full "enospc: f1-decode, after $after writes" f1-decode records "$records" "$(said records said)" out
	like "enospc: f1-decode: what is lost is told" "$(cat said)" "^f1-decode: [1-9][0-9]* records are not written$"
	run fault enospc f1-decode -j -v <race.bin >out 2>said
	strikes
	is "enospc: f1-decode -j: what it says that it wrote is there" "$(grep -c '}$' out)" "$(said records said)"
	run fault enospc f1-replay -v -s 0 <race.bin >out 2>said
	strikes
	full "enospc: f1-replay, after $after writes" f1-replay packets "$packets" "$(said packets said)" out
	like "enospc: f1-replay: what is lost is told" "$(cat said)" '^f1-replay: [1-9][0-9]* packets are not written$'
	run fault enospc f1-route -v '*=full.f1' 'session=|cat >command' <race.f1 2>said
	strikes
	full "enospc: f1-route, after $after writes" f1-route records "$(sed -n 's/.* in (\([0-9]*\) \*=full.*/\1/p' said)" \
		"$(sed -n 's/.* out (\([0-9]*\) \*=full.*/\1/p' said)" full.f1
	f1-route 'session=-' <race.f1 >expected
	same 'enospc: f1-route: the other target has its records' command expected
	FAULT=enospc FAULT_PROGRAM=f1-listen
	rm -f full*
	listened -w full.bin
	strikes
	full "enospc: f1-listen, after $after writes" f1-listen packets "$(said datagrams said)" \
		"$(said filed said)" full.bin.part
	same 'enospc: f1-listen: the stream goes on' out race.bin
done

if [ "$(id -u)" -eq 0 ] && mkdir small && mount -t tmpfs -o size=256k none small 2>/dev/null; then
	at_exit "umount '$tmp/small'"
	struck=1
	run f1-decode -v <race.bin >small/full 2>said
	full 'tmpfs: f1-decode' f1-decode records "$records" "$(said records said)" small/full
	run f1-replay -v -s 0 <race.bin >small/full 2>said
	full 'tmpfs: f1-replay' f1-replay packets "$packets" "$(said packets said)" small/full
	rm small/full
	run f1-route -v '*=small/full.f1' <race.f1 2>said
	full 'tmpfs: f1-route' f1-route records "$(said in said)" "$(said out said)" small/full.f1
	rm small/full.f1
	FAULT=none FAULT_PROGRAM=f1-listen
	listened -w small/full.bin
	struck=1
	full 'tmpfs: f1-listen' f1-listen packets "$(said datagrams said)" "$(said filed said)" small/full.bin
	same 'tmpfs: f1-listen: the stream goes on' out race.bin
else
	skip 'no rights to mount a small file system' 13
fi

# --- a reader leaves: what was given to it is there, the rest is counted; the status is that of STYLE
for after in 0 1 2; do
	faulty 1 $after 1
	{ fault epipe f1-decode -v 2>said; echo $? >status; } <race.bin | cat >out
	strikes
	is "epipe: f1-decode, after $after writes: a quiet end" "$(cat status)" 0
	tell epipe f1-decode "$records" "$(records out)" "$((records - $(said records said)))"
	{ fault epipe f1-replay -v -s 0 2>said; echo $? >status; } <race.bin | cat >out
	strikes
	is "epipe: f1-replay, after $after writes: a quiet end" "$(cat status)" 0
	tell epipe f1-replay "$packets" "$(packets out)" "$((packets - $(said packets said)))"
	run fault epipe f1-route -v '*=|cat >gone' 'session=all' <race.f1 2>said
	strikes
	is "epipe: f1-route, after $after writes: the status tells" "$status" 75
	like "epipe: f1-route: so does it" "$(cat said)" 'its reader has ended; [0-9]* records were waiting for it$'
	in=$(sed -n 's/.* in (\([0-9]*\) \*=|cat >gone.*/\1/p' said) dropped=$(sed -n 's/.* dropped (\([0-9]*\) \*=|cat >gone.*/\1/p' said)
	tell epipe f1-route "$in" "$(records gone)" "${dropped:-0}"
	same 'epipe: f1-route: the other target has its records' all expected
	FAULT=epipe FAULT_PROGRAM=f1-listen FAULT_AFTER=$((after + 1))	# first it says that it is ready
	rm -f cap*
	listened -w cap.bin
	strikes
	is "epipe: f1-listen, after $after writes: a quiet end" "$status" 0
	same 'epipe: f1-listen: the file goes on' cap.bin race.bin
	tell epipe f1-listen "$(said datagrams said)" "$(packets out)" "$(said unwritten said)"
done

# --- no memory, at one allocation after the other (of many at some): either it can do without, or it says so before anything is lost
# starved PROGRAM WHAT IN EXPECTED COMMAND…: COMMAND reads and writes files, out is what it delivers
starved() {
	program=$1 what=$2 in=$3 expected=$4 wrong='' at=0 runs=0
	shift 4
	while [ $at -lt 2000 ]; do
		faulty 1 $at 1
		rm -f out
		run "$@" >/dev/null 2>said
		strikes
		[ "$struck" -gt 0 ] || break
		if [ "$status" -eq 0 ]; then
			cmp -s out "$expected" || wrong="$wrong $at:$status"
			tell malloc "$program" "$in" "$("$what" out)" 0
		else
			case $status in
			69 | 71) grep -qiE 'memory|OOM' said || wrong="$wrong $at:$status" ;;
			*) wrong="$wrong $at:$status" ;;
			esac
			tell malloc "$program" 0 "$(wc -c <out | tr -d ' ')" 0
		fi
		runs=$((runs + 1))
		at=$((at + (at < 8 ? 1 : 29)))
	done
	is "malloc: $program: an allocation fails, $runs times: it goes well or is told, status 71 (an address: 69)" "$wrong" ''
}
decode() {
	fault malloc f1-decode <race.bin >out
}
route() {
	: >out
	fault malloc f1-route '*=out' <race.f1
}
# it listens, or says why not
hear() {
	FAULT=malloc FAULT_PROGRAM=f1-listen
	rm -f cap*
	if start "$tmp/fault" -a 127.0.0.1 -p 0 -w cap.bin -f 127.0.0.1:9 --metrics metrics >out; then
		send 127.0.0.1 "$ready" few.bin sent
		kill -s TERM "$pid"
	fi
	wait "$pid"
}
head -c 100000 race.bin >some.bin
f1-replay -s 0 <some.bin >few.bin 2>/dev/null	# whole packets
fault malloc f1-replay -s 0 <race.bin >out
strikes
is 'malloc: f1-replay asks for none' "$tried" 0
starved f1-decode records "$records" race.f1 decode
starved f1-route records "$records" race.f1 route
starved f1-listen packets "$(packets few.bin)" few.bin hear

# --- the whole pipeline into a database
pg_start
fresh
f1-pg <race.f1
# every table's name, and what makes a row itself: all of it for a sample, its key for a state, which changes
sql "CREATE TABLE public.tables AS SELECT c.relname AS name, CASE WHEN bool_or(a.attname = 'overall_frame_identifier') THEN '*'
		ELSE string_agg(quote_ident(a.attname), ', ') END AS row
	FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
	WHERE i.indisprimary AND c.relnamespace = 'f1'::regnamespace AND c.relname IN ($(pg_tables | sed "s/.*/'&'/" | paste -sd ,)) GROUP BY 1"
sql 'CREATE SCHEMA whole'
sql "DO \$\$ DECLARE t text; BEGIN FOR t IN SELECT name FROM tables LOOP
	EXECUTE format('CREATE TABLE whole.%1\$I AS SELECT * FROM f1.%1\$I', t); END LOOP; END \$\$"
every() {	# a query of each table, their answers added
	sql "SELECT string_agg(format('SELECT %L::text AS t, $1', name, name, row), ' UNION ALL ' ORDER BY name) FROM tables" >query.sql
	sql "$(cat query.sql) ORDER BY 1"
}
# contents: the tables at one go
contents() {
	every 'count(*), sum(hashtextextended(t::text, 0)) FROM f1.%2$I t'
	for table in lap_ends passes session_info frames; do
		echo "SELECT count(*), sum(hashtextextended(t::text, 0)) FROM f1.$table t;"
	done | psql -XAtq -v ON_ERROR_STOP=1
}
rows() {
	every 'count(*) FROM f1.%2$I' | awk -F '|' '{ n += $2 } END { print n + 0 }'
}
foreign_rows() {
	every 'count(*) FROM (SELECT %3$s FROM f1.%2$I EXCEPT SELECT %3$s FROM whole.%2$I) x' | awk -F '|' '{ n += $2 } END { print n + 0 }'
}
empty() {
	sql "TRUNCATE $(sed 's/|.*//; s/^/f1./' whole.tables | paste -sd ,), f1.lap_ends, f1.passes, f1.session_info, f1.frames, f1.loads"
}
contents >whole
every 'count(*) FROM f1.%2$I' >whole.tables
all=$(rows)

# completed NAME FAULT PROGRAM TOLD: what is there is a part of the whole, what is not was told, and loading again completes it
completed() {
	there=$(rows)
	is "$1: what is there is a part of the whole" "$(foreign_rows)" 0
	lost=0
	[ "$4" = no ] || lost=$((all - there))
	tell "$2" "$3" "$all" "$there" "$lost"
	f1-pg <race.f1
	contents >got
	same "$1: loading again completes it" got whole
}

for kind in short-read short-write eintr eagain; do
	empty
	faulty 3 0 0
	run fault $kind f1-pg <race.f1 2>said
	strikes
	is "$kind: f1-pg: status" "$status" 0 || note <said
	contents >got
	same "$kind: f1-pg: all rows are there" got whole
	ok "$kind: f1-pg: it was struck" [ "$struck" -gt 0 ]
	tell $kind f1-pg "$all" "$(rows)" 0
done
empty
faulty 10 12 3
run fault epipe f1-pg <race.f1 2>said
strikes
is "epipe: f1-pg: it connects again, status 0" "$status" 0 || note <said
ok 'epipe: f1-pg: it was struck' [ "$struck" -gt 0 ]
contents >got
same 'epipe: f1-pg: all rows are there' got whole
tell epipe f1-pg "$all" "$(rows)" 0

# The moments are chosen from all that it allocates itself. (libpq, if it has no memory when a COPY begins, waits for ever for
# a server that waits for it.)
FAULT_OWN=1
faulty 1 1000000000 1
empty
fault malloc f1-pg <race.f1
strikes
allocations=$tried
for part in $FAULT_PARTS; do
	empty
	faulty 1 $((allocations * part / 100)) 1
	run fault malloc f1-pg <race.f1 2>said
	strikes
	is "malloc: f1-pg at $part % of its allocations: it was struck" "$struck" 1
	like "malloc: f1-pg at $part %: the status tells" "$status" '^(0|69|71|75)$'
	[ "$status" -eq 0 ] || ok "malloc: f1-pg at $part %: it is told" [ -s said ]
	told=no
	[ "$status" -eq 0 ] || told=yes
	completed "malloc: f1-pg at $part %" malloc f1-pg $told
done

FAULT_OWN=0

# --- kill -9 and signals: f1-replay | f1-decode | f1-route | f1-pg, each a process that we know
# begin_pipeline [PERCENT]: so much of the race goes in by descriptor 3, or half of it, until rows are there
size=$(wc -c <race.bin)
begin_pipeline() {
	given=$((size * ${1:-50} / 100))
	empty
	rm -f in raw rec routed
	mkfifo in raw rec routed
	exec 4<>in 5<>raw 6<>rec 7<>routed
	start f1-replay -v -s 0 <in >raw 2>said.replay
	replay=$pid
	start f1-decode -v <raw >rec 2>said.decode
	decode=$pid
	start f1-route -v '*=routed' <rec 2>said.route
	route=$pid
	start f1-pg -v <routed 2>said.pg
	pg=$pid
	exec 3>in
	head -c "$given" race.bin >&3
	[ $# -gt 0 ] || until_true holds 'EXISTS (SELECT FROM f1.motion)'
	exec 4<&- 5<&- 6<&- 7<&-
}
# end_pipeline: the rest; $statuses of all
end_pipeline() {
	tail -c +$((given + 1)) race.bin 2>/dev/null >&3
	exec 3>&-
	statuses=
	for process in $replay $decode $route $pg; do
		finish "$process"
		statuses="$statuses $status"
	done
}
struck=1
for victim in replay decode route pg; do
	begin_pipeline
	eval "kill -KILL \$$victim"
	end_pipeline
	case $victim in
	replay) expected='^ 137 0 0 0$' ;;
	decode) expected='^ 0 137 (0|65) 0$' ;;
	route) expected='^ 0 0 137 (0|65)$' ;;
	pg) expected='^ 0 0 75 137$' ;;
	esac
	like "kill -9: f1-$victim: the others end by themselves" "$statuses" "$expected"
	completed "kill -9: f1-$victim" kill-9 f1-$victim yes
done

# a signal at one moment after the other: before there is anything, in its middle, and at its end
sum=0
for signal in TERM.0 INT.5 TERM.20 HUP.50 INT.80 TERM.100; do
	moment="SIG${signal%.*} to all at ${signal#*.} %"
	begin_pipeline "${signal#*.}"
	kill -s "${signal%.*}" "$replay" "$decode" "$route" "$pg"
	end_pipeline
	is "$moment: they end well" "$statuses" ' 0 0 0 0'
	is "$moment: what f1-replay passed on f1-decode got" "$(said packets said.decode)" "$(said packets said.replay)"
	is "$moment: and f1-route" "$(said records said.route)" "$(said records said.decode)"
	is "$moment: and f1-pg" "$(said records said.pg)" "$(said records said.decode)"
	head -c "$given" race.bin >part.bin
	ok "$moment: it was what was there, or a part of it" [ "$(said packets said.replay)" -le "$(packets part.bin)" ]
	sum=$((sum + $(said packets said.replay)))
	completed "$moment" "SIG${signal%.*}" all yes
done
ok "signals: something had been passed on, $sum packets" [ "$sum" -gt 0 ]

# Ctrl-C and Ctrl-C again: the first is taken, then the next one ends it
interrupted() {
	left=0
	for process in $pg $route $decode; do
		killed INT "$process" || left=$((left + 1))
	done
	[ "$left" -eq 0 ]
}
begin_pipeline
until_true interrupted
end_pipeline
# f1-decode may see first that its reader has gone
like 'SIGINT twice: they are gone' "$statuses" '^ 0 (130|0) (130|75) 130$'
completed 'SIGINT twice' SIGINT-twice all yes

# --- the clock is put forward or back
for FAULT_JUMP in 86400 -86400; do
	faulty 1 100 1
	empty
	f1-decode <race.bin | { fault clock f1-pg; echo $? >status; }
	strikes
	is "clock $FAULT_JUMP: f1-pg: status" "$(cat status)" 0
	contents >got
	same "clock $FAULT_JUMP: f1-pg: all rows are there" got whole
	fault clock f1-decode -t now <race.bin >out
	strikes
	ok "clock $FAULT_JUMP: f1-decode: it was struck" [ "$struck" -gt 0 ]
	is "clock $FAULT_JUMP: f1-decode -t now" "$(records out)" "$records"
	tell clock f1-decode "$records" "$(records out)" 0
	rm -f cap*
	FAULT=clock FAULT_PROGRAM=f1-listen FAULT_AFTER=1
	rm -f err
	mkfifo err
	exec 6<>err
	start "$tmp/fault" -a 127.0.0.1 -p 0 -v -w 'cap-%Y%m%d%H%M%S.bin' --rotate-time 1 >out 2>err
	exec 7<err 6>&-
	send 127.0.0.1 "$ready" 50 sent.1
	ok "clock $FAULT_JUMP: f1-listen: a file is closed when its time is over" wait_line '^f1-listen: cap.*: [0-9]* datagrams'
	send 127.0.0.1 "$ready" 60 sent.2
	ok "clock $FAULT_JUMP: f1-listen: and the next one" wait_line '^f1-listen: cap.*: [0-9]* datagrams'
	stop "$pid"
	strikes
	is "clock $FAULT_JUMP: f1-listen: status" "$status" 0
	ok "clock $FAULT_JUMP: f1-listen: it was struck" [ "$struck" -gt 0 ]
	cat sent.1 sent.2 >sent
	same "clock $FAULT_JUMP: f1-listen: nothing is missing" out sent
	cat cap-*.bin >files
	is "clock $FAULT_JUMP: f1-listen -w: nor in the files" "$(packets files)" 110
	tell clock f1-listen 110 "$(packets out)" 0
done

# --- the table
is 'nothing is unexplained' "$(awk '$7 != 0' table)" ""
{
	echo 'fault program runs struck in delivered lost unexplained'
	awk '{ k = $1 " " $2; if (!(k in n)) order[++m] = k; n[k]++; s[k] += $3; i[k] += $4; d[k] += $5; l[k] += $6; u[k] += $7 < 0 ? -$7 : $7 }
		END { for (j = 1; j <= m; j++) { k = order[j]; print k, n[k], s[k], i[k], d[k], l[k], u[k] } }' table
} | awk '{ printf "%-14s %-10s %6s %8s %9s %10s %9s %12s\n", $1, $2, $3, $4, $5, $6, $7, $8 }' | note
done_testing
