#!/bin/sh
# the sandbox: what is refused, what goes on, and who is in it
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need tests/sandbox f1-decode f1-replay f1-route f1-listen f1-ws f1-sim
sandbox=$O/tests/sandbox
grep -q "^Seccomp:" /proc/self/status || skip_all "no seccomp in this kernel"
: >written
"$sandbox" >out 2>&1
grep -q '^network: done' out && skip_all 'built with a sanitizer, or for a machine without a sandbox'

refused() {
	is "$1: is refused" "$(sed -n "s/^$1: //p" out)" 'Operation not permitted'
}
may() {
	is "$1: goes on" "$(sed -n "s/^$1: //p" out)" 'done'
}

for what in 'another program' 'another process' network 'local socket' trace kill folder 'open to read' 'open to write' 'new file' metrics; do
	refused "$what"
done
may memory
"$sandbox" /dev/null >out
note 'with files'
may 'open to read'
for what in 'another program' 'open to write' 'new file' metrics; do
	refused "$what"
done
"$sandbox" --metrics metrics >out
note 'with --metrics'
may metrics
for what in 'another program' 'another process' network; do
	refused "$what"
done
is 'the file is written' "$(cat metrics)" 1
"$sandbox" stay >out
note 'who only stays the program that it is'
for what in 'another program' trace kill; do
	refused "$what"
done
for what in 'another process' network 'local socket' 'new file' memory; do
	may "$what"
done

# in PID: is the process in a sandbox?
in_sandbox() {
	sed -n 's/^\(NoNewPrivs\|Seccomp\):[[:space:]]*//p' "/proc/$1/status" | xargs
}
f1-sim -c 2 -l 1 --duration 3 >race.bin
mkfifo raw
exec 4<>raw
start f1-decode raw >/dev/null
is 'f1-decode is in it' "$(in_sandbox "$pid")" '1 2'
kill -KILL "$pid" && finish "$pid"
start f1-replay -s 0 raw >/dev/null
is 'f1-replay is in it' "$(in_sandbox "$pid")" '1 2'
kill -KILL "$pid" && finish "$pid"
start f1-ws -l 127.0.0.1:0 <raw
is 'f1-ws stays the program that it is' "$(in_sandbox "$pid")" '1 2'
kill -KILL "$pid" && finish "$pid"
start f1-listen -a 127.0.0.1 -p 0 -w '%H%M%S.bin' >/dev/null
is 'f1-listen, too' "$(in_sandbox "$pid")" '1 2'
kill -KILL "$pid" && finish "$pid"
start f1-listen -a 127.0.0.1 -p 0 -w '%H%M%S.bin' --on-close true >/dev/null
is 'but not if it is to run commands' "$(in_sandbox "$pid")" "$(in_sandbox $$)"
kill -KILL "$pid" && finish "$pid"
start f1-route '*=all.f1' <raw
is 'f1-route is in it' "$(in_sandbox "$pid")" '1 2'
kill -KILL "$pid" && finish "$pid"
start f1-route '*=|cat >all.f1' <raw
is 'f1-route is in it once its commands run' "$(in_sandbox "$pid")" '1 2'
kill -KILL "$pid" && finish "$pid"
start f1-route --restart 1 '*=|cat >all.f1' <raw
is 'and not if it is to start them again' "$(in_sandbox "$pid")" "$(in_sandbox $$)"
kill -KILL "$pid" && finish "$pid"
exec 4<&-
f1-decode --metrics metrics race.bin >race.f1
is 'f1-decode reads files and writes its metrics there' "$(grep -c '^f1_decode_packets' metrics)" 1
f1-decode race.bin | f1-route --metrics metrics '*=again.f1'
same 'f1-route writes what it has opened' race.f1 again.f1
is 'and its metrics' "$(grep -c '^f1_route_records' metrics)" 1
start f1-listen -a 127.0.0.1 -p 0 >heard.bin
f1-replay -s 3 -u "127.0.0.1:$ready" race.bin	# at once it is more than a socket holds
stop "$pid"
same 'f1-replay sends' race.bin heard.bin
# what Node and inetd give their children for a pipe
if have python3; then
	cat >child.py <<-'END'
		import socket, subprocess, sys
		ours, theirs = socket.socketpair()
		with open('race.f1', 'rb') as stream:
		    child = subprocess.Popen(['f1-route', '*=-'], stdin=stream, stdout=theirs)
		theirs.close()
		while data := ours.recv(65536):
		    sys.stdout.buffer.write(data)
		sys.exit(child.wait())
	END
	ok 'f1-route writes to a socket' sh -c 'python3 child.py >again.f1'
	same 'all of it' race.f1 again.f1
else
	skip 'no python3 here' 2
fi
done_testing
