#!/bin/sh
# the tests themselves: one that hangs is ended, with what it waits for, and fails
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-listen

# a_test LINE…: as one of our files would run, with a limit of four seconds
a_test() {
	TEST_LIMIT=4 sh -c "$(printf '%s\n' ". '$top/tests/lib.sh'" "$@" done_testing)" "$top/tests/a.t"
}

# what a test may wait for: a process, a command, a substitution, a pipeline, all processes
mkfifo never
while read -r hangs; do
	run a_test "at_exit 'echo cleaned'" 'ok before true' "$hangs" 'ok after true' >out 2>err
	is "$hangs: fails" "$status" 1
	is "$hangs: ends where it is, and cleans up" "$(cat out)" 'ok 1 - before
cleaned'
	is "$hangs: is told" "$(grep "no end" err)" "$top/tests/a.t: no end within 4 seconds"
done <<END
background cat '$tmp/never'; finish "\$pid"
cat '$tmp/never'
is nothing "\$(cat '$tmp/never' | cat)" ''
( cat '$tmp/never'; true ) | cat
start f1-listen -p 0 >pipe; wait
END

# and one that does not is not waited for
is 'a test waits for what it started only' "$(a_test 'true & wait' 'ok alone true' | cat)" 'ok 1 - alone
1..1'
done_testing
