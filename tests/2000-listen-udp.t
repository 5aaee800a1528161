#!/bin/sh
# f1-listen: what is sent comes out, what is not the game's stays out, and it ends well
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/listen.sh
. "$top/tests/listen.sh"
need f1-listen python3

# this one gets nothing, and is asked at the end what it said about it
mkfifo silent.err
exec 6<>silent.err
start f1-listen -a 127.0.0.1 -p 0 >silent.out 2>silent.err
silent=$pid silent_port=$ready
exec 5<silent.err 6>&-

listen out -v
ok 'the port picked is told to --ready-fd' test "$ready" -gt 1023
for year in 2018 2019 2020 2021 2022 2023 2024 2025 2026; do
	send 127.0.0.1 "$ready" "$year" "sent.$year"
	total=$((${total:-0} + $(grep -c '^packet' "$top/lib/layout/$year")))
	ok "$year: its packets are received" received "$total"
done
cat sent.20?? >sent
same 'all packets of all years come out as they were sent' sent out
is 'they are counted' "${line%, * received from *}" "f1-listen: $total datagrams, $total packets, $(bytes sent) bytes, \
0 rejected, 0 ring drops, 0 unwritten, 0 kernel drops"
like 'by sender, too' "$line" ", $total received from \\(.*, 17 127[.]0[.]0[.]1:[0-9]+\\), 0 rejected from\$"

send 127.0.0.1 "$ready" foreign /dev/null
ok 'what is not the game'"'"'s is received' received $((total + 12))
same 'and left out' sent out
like 'and counted by reason' "${line#*bytes, }" '^12 rejected \(4 format, 1 id, 7 length\), 0 ring drops'
like 'and by sender' "$line" ', 12 rejected from \(12 127[.]0[.]0[.]1:[0-9]+\)$'
stop "$pid"
is 'SIGTERM: status 0' "$status" 0
read -r line <&7
is 'with -v the counters come at the end' "$(counted packets)" "$total"

# what each reason says, and that it is said once
start f1-listen -a 127.0.0.1 -p 0 >out 2>said
send 127.0.0.1 "$ready" foreign /dev/null
send 127.0.0.1 "$ready" foreign /dev/null
stop "$pid" INT
is 'SIGINT: status 0' "$status" 0
like 'the sender and the format are told' "$(cat said)" \
	'^f1-listen: 127[.]0[.]0[.]1:[0-9]+: 5 bytes, no F1 packet \(format 25960\): left out$'
like 'the packet id is told' "$(cat said)" 'format 2023 has no packet 99: left out$'
is 'each reason once' "$(grep -c 'left out$' said)" 3
ok 'nothing of it comes out' test ! -s out

# what the socket has when it is told to stop is still written: 50 datagrams fit into any buffer
start f1-listen -a 127.0.0.1 -p 0 >out 2>err.stop
kill -s STOP "$pid"
send 127.0.0.1 "$ready" 50 sent
kill -s TERM "$pid"
kill -s CONT "$pid"
finish "$pid"
is 'SIGTERM with datagrams waiting: status 0' "$status" 0
same 'they come out' sent out

listen out -v
listener=$pid
background env BURST=1 python3 "$top/tests/send.py" "$top" 127.0.0.1 "$ready" endless /dev/null
sender=$pid pid=$listener
ok 'a game that does not end' received 1000
stop "$listener"
is 'SIGTERM while the game sends on: status 0' "$status" 0
stop "$sender" KILL
line=$(tail -n 1 <&7)
is 'what it says it wrote is there' "$(bytes out)" "$(counted bytes)"
is 'and nothing that it took is missing' "$(counted datagrams)" "$(counted packets)"

# a burst beyond every buffer
start f1-listen -v -a 127.0.0.1 -p 0 >out 2>err.burst
kill -s STOP "$pid"
BURST=1 send 127.0.0.1 "$ready" 20000 sent
kill -s TERM "$pid"
kill -s CONT "$pid"
finish "$pid"
line=$(tail -n 1 err.burst)
ok 'a burst beyond every buffer: the kernel drops' test "$(counted 'kernel drops')" -gt 0
is 'received and dropped are what was sent' "$(($(counted datagrams) + $(counted 'kernel drops')))" 20000
is 'all that was received comes out' "$(bytes out)" "$(counted bytes)"
like 'the drops are told' "$(cat err.burst)" '^f1-listen: .*kernel dropped'

# a reader that stalls, and then reads
mkfifo pipe
exec 4<>pipe
start f1-listen -a 127.0.0.1 -p 0 >pipe 2>err.stall
exec 3<pipe 4>&-
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	send 127.0.0.1 "$ready" 60 sent.one
	cat sent.one
done >sent
kill -s TERM "$pid"
cat <&3 >out
finish "$pid"
is 'a reader that stalls, and SIGTERM: status 0' "$status" 0
ok 'more was sent than a pipe holds' test "$(bytes sent)" -gt 1048576
same 'it gets everything when it reads on' sent out
exec 3<&-

# a reader that leaves
exec 4<>pipe
start f1-listen -a 127.0.0.1 -p 0 >pipe 2>err.left
exec 3<pipe 4>&-
send 127.0.0.1 "$ready" 50 sent
head -c 1000 <&3 >out
exec 3<&-
finish "$pid"
is 'the reader leaves: status 0' "$status" 0
is 'and not a word' "$(grep -v 'socket buffer' err.left)" ''

start f1-listen -a 127.0.0.1 -p 0 >/dev/full 2>err.full
send 127.0.0.1 "$ready" 50 sent
finish "$pid"
is 'the disk is full: status 74' "$status" 74
like 'and said' "$(cat err.full)" '^f1-listen: stdout: No space left on device$'

run f1-listen -p "$silent_port" >/dev/null 2>err.taken
is 'the port is taken: status 69' "$status" 69
like 'and named' "$(cat err.taken)" "^f1-listen: bind .*:$silent_port: Address already in use\$"
like 'with what to do' "$(cat err.taken)" "^f1-listen: another program has port $silent_port \\('ss -ulpn' tells which\\): .*--reuse-port"
# f1-listen without a right that the superuser has
cat >without <<'SH'
#!/bin/sh
set -- f1-listen "$@"
[ "$(id -u)" -ne 0 ] || set -- setpriv "--bounding-set=-$RIGHT" "--inh-caps=-$RIGHT" "$@"
exec "$@"
SH
chmod +x without
if have setpriv && [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null)" = 1024 ]; then
	RIGHT=net_bind_service run ./without -p 77 >/dev/null 2>err.low
	is 'a port below 1024 without rights: status 69' "$status" 69
	like 'and named' "$(cat err.low)" '^f1-listen: bind .*:77: Permission denied$'
	like 'with what to do' "$(cat err.low)" '^f1-listen: ports below 1024 are for the superuser: choose another'
else
	skip 'every port is for everybody here, or no setpriv' 3
fi
limit=$(cat /proc/sys/net/core/rmem_max 2>/dev/null)
if have setpriv && [ "${limit:-8388608}" -lt 8388608 ]; then
	RIGHT=net_admin start ./without -a 127.0.0.1 -p 0 >out 2>err.small
	stop "$pid"
	like 'a small socket buffer: what allows more' "$(cat err.small)" \
		"^f1-listen: socket buffer: $limit bytes granted, 8388608 wanted: sysctl net.core.rmem_max=8388608 allows it\$"
else
	skip 'everybody may have a large buffer here, or no setpriv'
fi
run f1-listen -a 192.0.2.1 -p 0 >/dev/null 2>err.foreign
is 'an address of another machine: status 69' "$status" 69
like 'and named' "$(cat err.foreign)" '^f1-listen: bind 192[.]0[.]2[.]1:0: Cannot assign requested address$'
run f1-listen -a no-such-name.invalid -p 0 >/dev/null 2>err.name
is 'a name that does not resolve: status 69' "$status" 69
like 'and named' "$(cat err.name)" '^f1-listen: no-such-name[.]invalid: '
for wrong in '-p 65536' '-p -1' '-p x' operand; do
	# shellcheck disable=SC2086
	run f1-listen $wrong >/dev/null 2>err.wrong
	is "f1-listen $wrong: status 64" "$status" 64
done
run f1-listen -p 0 >&- 2>err.closed
is 'stdout is closed: status 74' "$status" 74

if have script && script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	run script -qec 'f1-listen -p 0' /dev/null </dev/null >terminal 2>&1
	is 'stdout is a terminal: status 64' "$status" 64
	like 'and said' "$(tr -d '\r' <terminal)" '^f1-listen: .*binary'
else
	skip 'no script(1) to make a terminal' 2
fi

if grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null; then
	start f1-listen -a ::1 -p 0 >out 2>err.six
	send ::1 "$ready" 2023 sent
	send ::1 "$ready" foreign /dev/null
	stop "$pid"
	same 'IPv6: what is sent comes out' sent out
	like 'IPv6: the sender is told' "$(cat err.six)" '^f1-listen: \[::1\]:[0-9]+: '
	start f1-listen -p 0 >out 2>err.both
	send ::1 "$ready" 2023 sent.6
	send 127.0.0.1 "$ready" 2024 sent.4
	send 127.0.0.1 "$ready" foreign /dev/null
	stop "$pid"
	cat sent.6 sent.4 >sent
	same 'without -a it takes IPv6 and IPv4' sent out
	like 'an IPv4 sender is told as one' "$(cat err.both)" '^f1-listen: 127[.]0[.]0[.]1:[0-9]+: '
else
	skip 'no IPv6 here' 4
fi

start f1-listen -a 127.0.0.1 -p 0 --metrics metrics >out 2>err.metrics
send 127.0.0.1 "$ready" foreign /dev/null
stop "$pid" HUP
is 'SIGHUP: status 0' "$status" 0
like '--metrics counts' "$(cat metrics)" '^f1_listen_rejected_total\{reason="format"\} 4$'

if have f1-sim; then
	f1-sim -y 2023 -c 4 -l 1 >sent
	listen out
	f1-sim -y 2023 -c 4 -l 1 -s 0 -u "127.0.0.1:$ready"
	stop "$pid"
	if grep -q 'kernel dropped' <&7; then
		skip 'the kernel dropped datagrams: its buffer is small here'
	else
		same 'a simulated game comes out whole' sent out
	fi
else
	skip 'f1-sim is not built'
fi

# the one that got nothing
while read -r line <&5; do
	case $line in *nothing*) break ;; esac
done
like 'when nothing comes it asks' "$line" \
	"^f1-listen: 127[.]0[.]0[.]1:$silent_port: nothing came in 10 seconds: is UDP telemetry on in the game.*$silent_port"
stop "$silent"
is 'and goes on until it is asked to stop' "$status" 0
done_testing
