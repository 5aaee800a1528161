#!/bin/sh
# f1-route --restart: a command that fails is started again, and gets whole records
# SPDX-License-Identifier: MIT

# what has a dollar is for the commands
# shellcheck disable=SC2016
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need tests/selector f1-sim f1-decode f1-route

f1-sim -y 2025 -c 4 -l 1 -r 10 2>/dev/null | f1-decode >race.f1
size=$(wc -c <race.f1)
ok 'more than a pipe holds' test "$size" -gt 3000000

# count NAME: of the only rule
count() {
	sed -n "s/^f1_route_$1_total{.*} //p" metrics
}

# flaky END: takes a part of what comes the first time, and ends so; the next time it takes all
flaky() {
	cat >flaky <<-EOF
		if [ -e again ]; then
			exec cat >rest.f1
		fi
		: >again
		head -c 1000000 >part.f1
		$1
	EOF
	rm -f again part.f1 rest.f1
	: >rest.f1
	run f1-route -b 16M --restart 1 --metrics metrics "$2" '*=all.f1' <race.f1 2>err
}

for end in 'exit 3' 'exit 69' 'kill -KILL $$'; do
	flaky "$end" '*=|exec sh ./flaky'
	is "$end: started again" "$(count restarts | head -n 1)" 1
	is "$end: the status tells that records were lost" "$status" 75
	like "$end: said" "$(cat err)" '^f1-route: \|exec sh \./flaky: (ended with status (3|69)|killed by signal 9 )'
	same "$end: others go on" all.f1 race.f1
	ok "$end: the first has the beginning" cmp -n 1000000 part.f1 race.f1
	ok "$end: the second has the end, from a whole record on" "$O/tests/selector" '*' <rest.f1
	tail -c "$(wc -c <rest.f1 | tr -d ' ')" race.f1 >end.f1
	same "$end: and nothing else" rest.f1 end.f1
	ok "$end: what it had read is lost, and not more" test "$(($(wc -c <rest.f1) + 1000000 + 200000))" -gt "$size"
	is "$end: in = out + dropped" "$(count in | head -n 1)" "$(($(count out | head -n 1) + $(count dropped | head -n 1)))"
done

# a command that cannot begin: nothing is lost, whether it reads nothing or a part of a record
for buffer in 128k 256k 64M; do
	rm -f tries
	: >tries
	run f1-route -b $buffer --restart 1 --metrics metrics \
		'*=|echo >>tries; if [ "$(wc -l <tries)" -lt 3 ]; then exit 69; fi; exec cat >got.f1' '*=all.f1' <race.f1 2>err
	is "-b $buffer: it was begun three times" "$(wc -l <tries | tr -d ' ')" 3
	same "-b $buffer: others go on" all.f1 race.f1
	if [ $buffer = 64M ]; then
		same "-b $buffer: a command that could not begin has lost nothing" got.f1 race.f1
		is "-b $buffer: all went out" "$(count out | head -n 1)" "$(count in | head -n 1)"
	else	# the pipe holds more than the buffer keeps
		ok "-b $buffer: what it gets are whole records" "$O/tests/selector" '*' <got.f1
		tail -c "$(wc -c <got.f1 | tr -d ' ')" race.f1 >end.f1
		same "-b $buffer: to the end" got.f1 end.f1
	fi
	is "-b $buffer: in = out + dropped" "$(count in | head -n 1)" "$(($(count out | head -n 1) + $(count dropped | head -n 1)))"
done

# one that drops: what comes behind a command that dies is whole records in their order, none twice
rm -f again
"$O/tests/selector" '*' <race.f1 >all.json
run f1-route -b 128k --restart 1 --metrics metrics \
	'*~|if [ -e again ]; then exec cat >rest.f1; fi; : >again; head -c 300000 >part.f1; exit 3' \
	'*=|until grep -q failed-already waits 2>/dev/null; do sleep 0.05; done; exec cat >all.f1' <race.f1 2>err &
router=$!
until_true grep -q 'ended with status 3' err
echo failed-already >waits
finish $router
same 'others go on' all.f1 race.f1
"$O/tests/selector" '*' <rest.f1 >rest.json
is 'whole records in their order, none twice, none new' "$(diff all.json rest.json | grep -c '^>')" 0

for end in 'exit 0' 'exit 64' 'exit 78' 'no-such-program-here'; do
	flaky "$end" '*=|exec sh ./flaky'
	is "$end: not started again" "$(count restarts | head -n 1)" 0
	is "$end: status" "$status" 75
	like "$end: said" "$(cat err)" 'its reader has ended; [0-9]+ records were waiting for it'
	same "$end: others go on" all.f1 race.f1
done

# a command that fails while nothing comes is seen, too
: >began
mkfifo in
exec 5<>in
start f1-route --restart 1 '*=|echo >>began; if [ -e once ]; then cat >got.f1; else : >once; kill -KILL $$; fi' <in 2>err
began_twice() {
	[ "$(wc -l <began)" -eq 2 ]
}
ok 'a command that dies in silence is started again' until_true began_twice
cat race.f1 >&5
exec 5>&-
stop "$pid"
same 'and gets all that comes' got.f1 race.f1

run f1-route --restart 0 '*=x' <race.f1 2>err
is '--restart 0: status 64' "$status" 64
done_testing
