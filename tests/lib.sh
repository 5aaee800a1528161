# shellcheck shell=sh
# tests: TAP in sh; a test is executable, begins with #!/bin/sh and reads this first
# SPDX-License-Identifier: MIT
#
#	# shellcheck source=tests/lib.sh
#	. "$(dirname "$0")/lib.sh"
#	need f1-listen jq                               else the whole test is skipped, with the reason
#	start f1-listen -p 0 >out 2>err                 in the background; $ready is what it says to --ready-fd, $pid its id
#	ok 'it listens' test "$ready" -gt 0             runs the command
#	is 'nothing said' "$(cat err)" ''               compares two texts
#	stop "$pid"                                     SIGTERM and wait; $status is its exit status
#	is 'ends well' "$status" 0
#	done_testing
#
# A test runs in an empty folder of its own, $tmp, which goes away with everything that start started. $top is the
# project's top, $O the build's folder (build unless the environment says otherwise), $O/bin is first in PATH. Count no
# test inside ( ) or behind a |: the numbers would be lost. No sleep: wait for what a program
# says, or what is to come about (until_true). A test that hangs is ended after $TEST_LIMIT seconds, 900 if it is not set.

# the variables are for the tests that read this
# shellcheck disable=SC2034

LC_ALL=C
export LC_ALL

top=$(cd "$(dirname "$0")/.." && pwd) || exit
case ${O:=build} in
/*) ;;
*) O=$top/$O ;;
esac
PATH=$O/bin:$PATH
export O PATH

tap_n=0
tap_failed=0
tap_planned=
tap_started=
tap_at_exit=:

tmp=$(mktemp -d "${TMPDIR:-/tmp}/f1-test.XXXXXX") || exit

tap_cleanup() {
	for tap_pid in $tap_started; do
		kill -KILL "$tap_pid" 2>/dev/null && wait "$tap_pid" 2>/dev/null
	done
	eval "$tap_at_exit"
	cd / && rm -rf "$tmp"
}
trap tap_cleanup EXIT
trap 'exit 1' HUP INT TERM
# no child of the test, whose wait would be for it, too
tap_started=$(perl "$top/tests/limit.pl" "${TEST_LIMIT:-900}" $$ "$0" >/dev/null & echo $!)
cd "$tmp" || exit

# at_exit COMMAND: runs COMMAND (one text) when the test ends, the last one first
at_exit() {
	tap_at_exit="$1
$tap_at_exit"
}

# plan N: so many tests; or call done_testing at the end
plan() {
	tap_planned=$1
	printf '1..%d\n' "$1"
}

done_testing() {
	[ -n "$tap_planned" ] || plan "$tap_n"
	[ "$tap_n" -eq "$tap_planned" ] && [ "$tap_failed" -eq 0 ]
	exit
}

# note TEXT…: words for people; from stdin without TEXT
note() {
	if [ $# -gt 0 ]; then
		printf '%s\n' "$*"
	else
		cat
	fi | sed 's/^/# /'
}

# ok NAME COMMAND [ARG]…: does COMMAND succeed? What it prints is shown if it does not.
ok() {
	tap_name=$1
	shift
	tap_n=$((tap_n + 1))
	if "$@" >"$tmp/.output" 2>&1; then
		printf 'ok %d - %s\n' "$tap_n" "$tap_name"
		return 0
	fi
	printf 'not ok %d - %s\n' "$tap_n" "$tap_name"
	tap_failed=$((tap_failed + 1))
	case $1 in
	tap_*) ;;
	*) note "failed: $*" ;;
	esac
	note <"$tmp/.output"
	return 1
}

# is NAME GOT EXPECTED
is() {
	ok "$1" tap_is "$2" "$3"
}

tap_is() {
	[ "$1" = "$2" ] && return
	printf 'got\n%s\nexpected\n%s\n' "$1" "$2"
	return 1
}

# like NAME GOT PATTERN: an extended regular expression in one of the lines
like() {
	ok "$1" tap_like "$2" "$3"
}

tap_like() {
	printf '%s\n' "$1" | grep -E -e "$2" && return
	printf 'got %s\nexpected %s\n' "$1" "$2"
	return 1
}

# same NAME FILE FILE: byte for byte
same() {
	ok "$1" tap_same "$2" "$3"
}

tap_same() {
	cmp "$1" "$2" && return
	diff "$1" "$2" | head -n 6 | cut -c 1-300
	return 1
}

# skip REASON [N]: stands for N tests that cannot run here
skip() {
	tap_skips=${2:-1}
	while [ "$tap_skips" -gt 0 ]; do
		tap_skips=$((tap_skips - 1))
		tap_n=$((tap_n + 1))
		printf 'ok %d # SKIP %s\n' "$tap_n" "$1"
	done
}

# skip_all REASON: before the first test
skip_all() {
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}

# have PROGRAM…: ours must be built (those of tests/*.c are named with their folder), others installed
have() {
	for tap_program in "$@"; do
		case $tap_program in
		f1-*) [ -x "$O/bin/$tap_program" ] || return ;;
		tests/*) [ -x "$O/$tap_program" ] || return ;;
		*) command -v "$tap_program" >/dev/null || return ;;
		esac
	done
}

need() {
	for tap_needed in "$@"; do
		have "$tap_needed" || skip_all "no $tap_needed here$(case $tap_needed in f1-* | tests/*) echo ': make check builds it' ;; esac)"
	done
}

# captures: $captures is the folder of real games, or the whole test is skipped
captures() {
	for captures in ${F1_CAPTURES+"$F1_CAPTURES"} "$top/../shared/captures" "$top/../../shared/captures"; do
		[ -d "$captures" ] && return
	done
	skip_all 'no captures of real games here; F1_CAPTURES names their folder'
}

# start PROGRAM [ARG]…: runs it in the background until it says that it is ready; stdin, stdout and stderr are the
# caller's, descriptors 3 to 7 (the test's FIFOs, whose ends it would keep open) are closed. Fails, with an empty $ready,
# if it ends before.
start() {
	tap_program=$1
	shift
	rm -f "$tmp/.ready"
	mkfifo "$tmp/.ready" || return
	# a shell gives its background jobs /dev/null to read
	{
		"$tap_program" --ready-fd 9 "$@" <&8 8<&- 9>"$tmp/.ready" 3>&- 4>&- 5>&- 6>&- 7>&- &
	} 8<&0
	pid=$!
	tap_started="$tap_started $pid"
	ready=
	read -r ready <"$tmp/.ready"
}

# background COMMAND [ARG]…: the same for what knows no --ready-fd; does not wait
background() {
	{
		"$@" <&8 8<&- 3>&- 4>&- 5>&- 6>&- 7>&- &
	} 8<&0
	pid=$!
	tap_started="$tap_started $pid"
}

# finish PID: waits for its end; $status is the exit status
finish() {
	status=0
	wait "$1" 2>/dev/null || status=$?
	tap_left=
	for tap_pid in $tap_started; do
		[ "$tap_pid" = "$1" ] || tap_left="$tap_left $tap_pid"
	done
	tap_started=$tap_left
}

# stop PID [SIGNAL]: asks it to end (SIGTERM) and waits
stop() {
	kill -s "${2:-TERM}" "$1"
	finish "$1"
}

# run COMMAND [ARG]…: $status is its exit status; for commands that may fail
run() {
	status=0
	"$@" || status=$?
}

# python [ARG]…: python3 that knows our modules, such as frames
python() {
	PYTHONPATH=$top/tests PYTHONDONTWRITEBYTECODE=1 python3 "$@"
}

# frames_in FILE: how many records it has
frames_in() {
	python -c 'import sys
from frames import frames
print(len(list(frames(open(sys.argv[1], "rb").read()))))' "$1"
}

# killed SIGNAL PID: sends it, as long as the process has not ended
killed() {
	kill -s "$1" "$2" 2>/dev/null
	! grep -qs '^State:.[^ZX]' "/proc/$2/status"
}

# until_true COMMAND [ARG]…: asks again and again, for two minutes at most
until_true() {
	tap_tries=2400
	until "$@"; do
		tap_tries=$((tap_tries - 1))
		[ $tap_tries -gt 0 ] || return
		sleep 0.05
	done
}
