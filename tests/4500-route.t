#!/bin/sh
# f1-route: rules take what their selectors take, to targets of every kind; what is no rule
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need tests/selector f1-sim f1-decode f1-route jq bash
selector=$O/tests/selector

f1-sim -y 2025 -c 4 -l 1 2>/dev/null | f1-decode >race.f1

# json FILE: its records as JSON
json() {
	"$selector" '*' <"$1"
}
# taken NAME FILE SELECTOR…: FILE holds what any of the selectors takes, in the order of the stream
taken() {
	taken_name=$1
	taken_file=$2
	shift 2
	for taken_selector in "$@"; do
		"$selector" "$taken_selector" <race.f1
	done | sort >expected
	json "$taken_file" | sort >got
	ok "$taken_name: some" test -s got
	same "$taken_name" got expected
}

mkfifo fifo
cat fifo >from.fifo &
reader=$!
run f1-route 'session,participants=a.f1' '*=all.f1' '6/player=fifo' 'lap_data/1hz=|cat >command.f1' motion=- <race.f1 >stdout.f1
is 'all targets: status' "$status" 0
finish $reader
same '* is everything' all.f1 race.f1
taken 'a file' a.f1 session participants
taken 'a FIFO' from.fifo 6/player
taken 'a command' command.f1 lap_data/1hz
taken 'stdout' stdout.f1 motion
bash -c 'f1-route session_history=>(cat >subst.f1; : >done) "event=/dev/fd/5" <race.f1 5>event.f1; wait $!; until [ -e done ]; do read -rt 0.05 <> <(:); done' 2>err
taken 'a substitution of the shell' subst.f1 session_history
taken 'a descriptor' event.f1 event

run f1-route session=a.f1 'car_telemetry/2hz=b.f1' else=c.f1 <race.f1
is 'else: status' "$status" 0
"$selector" session <race.f1 >expected
"$selector" car_telemetry/2hz <race.f1 >>expected
json c.f1 >>expected
json race.f1 | sort >all
sort expected >expected.sorted
same 'else takes what no rule took' expected.sorted all
run f1-route -a session=a.f1 <race.f1
"$selector" session <race.f1 >one
json a.f1 >got
cat one one >expected
same '--append keeps what the file held' got expected
f1-route session=a.f1 <race.f1
json a.f1 >got
same 'else it is emptied' got one

cat >rules.conf <<'END'
# what goes where

  session = nothing
END
run f1-route -r rules.conf --check 2>err
is 'a rule that is none in a file: status' "$status" 78
is 'and words' "$(cat err)" "f1-route: rules.conf:3: 'session ': no record of this name"
printf '# what\n\n\tsession=r1.f1 \r\nlap_data/player,6=|cat >"r 2.f1"\nelse~r3.f1' >rules.conf
run f1-route --check -r rules.conf </dev/null >out 2>err
is '--check: status' "$status" 0
is '--check says nothing' "$(cat out err)" ''
ok '--check opens nothing' test ! -e r1.f1
run f1-route -r rules.conf event=r4.f1 <race.f1
is 'rules of a file and of the command line: status' "$status" 0
taken 'a rule in a file' r1.f1 session
taken 'a command in a file' 'r 2.f1' lap_data/player 6
taken 'and one of the command line' r4.f1 event

f1-route -v --metrics metrics '*=|cat >/dev/null' 'session,event=|cat >"x y"' else=n.f1 <race.f1 2>err
all=$(json race.f1 | wc -l | tr -d ' ')
some=$(json race.f1 | jq -c 'select(.packet == "session" or .packet == "event")' | wc -l | tr -d ' ')
is 'counted' "$(cat err)" "f1-route: $all records, 0 malformed, $((all + some)) in ($all *=|cat >/dev/null, $some session,event=|cat >\"x y\"), \
$((all + some)) out ($all *=|cat >/dev/null, $some session,event=|cat >\"x y\"), 0 dropped"
like 'metrics by rule' "$(cat metrics)" "^f1_route_out_total\{rule=\"session,event=\|cat >.\"x y.\"\"\} $some\$"

# records of a kind that this version does not know
f1-route session,event=- <race.f1 | sed 's/\xa6packet\xa7session/\xa6packet\xa7cession/g' >new.f1
f1-route -v '*=x1' session=x2 else=x3 <new.f1 2>err
same 'unknown kinds go where everything goes' x1 new.f1
f1-route session=x2 else=x3 <new.f1 2>err
is 'and where the rest goes' "$(json x3 | jq -r .packet | sort -u | tr '\n' ' ')" 'cession event '

# refused STATUS WORDS ARG…
refused() {
	refused_status=$1
	refused_words=$2
	shift 2
	run f1-route "$@" <race.f1 >out 2>err
	is "$*: status" "$status" "$refused_status"
	like "$*: words" "$(cat err)" "$refused_words"
	ok "$*: nothing on stdout" test ! -s out
}
refused 64 'no rules'
refused 64 "rule 'session': neither = nor ~" session
refused 64 "no record of this name" sesion=-
refused 64 "'': no record of this name" session,=-
refused 64 "'': no record of this name" =-
refused 64 'no target' session=
refused 64 'no target' 'session=| '
refused 64 'is for the shell' 'session=>(cat)'
refused 64 'two rules for the target -' session=- event~-
refused 64 'two rules for else' else=a else=b
refused 64 'CAR is an index' motion/24=-
refused 64 'from 131072 to' -b 1k '*=-'
refused 74 '/nowhere/x: No such file' '*=/nowhere/x'
refused 74 'Is a directory' '*=.'
refused 74 '/dev/fd/88: Bad file descriptor' '*=/dev/fd/88'
refused 74 'nofile: No such file' -r nofile
done_testing
