#!/bin/sh
# f1-live: the whole pipeline by the environment; it says when it is ready, starts sinks again and ends with the right status
# SPDX-License-Identifier: MIT

# functions are called by ok and until_true
# shellcheck disable=SC2317
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-listen f1-decode f1-route f1-ws f1-sim f1-live python3 curl

# who supervises: a line for each message that comes to NOTIFY_SOCKET, in notified
cat >supervisor.py <<'END'
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True:
    text, about, _, _ = s.recvmsg(4096, socket.CMSG_SPACE(64))
    for level, kind, data in about:	# systemd-notify waits until the descriptor is closed
        if kind == socket.SCM_RIGHTS:
            for fd in array.array("i", data[:len(data) // 4 * 4]):
                os.close(fd)
    print(text.decode().strip(), flush=True)
END
mkfifo notified
exec 6<>notified
background python3 supervisor.py "$tmp/notify" >notified
exec 7<notified 6>&-
read -r said <&7
NOTIFY_SOCKET=$tmp/notify
export NOTIFY_SOCKET

# live [NAME=VALUE]…: in the background, where a shell has SIGINT ignored, until it is ready; $port is that of UDP, $page that of the page
live() {
	rm -f err
	{
		env --default-signal=INT,HUP F1_LISTEN='-a 127.0.0.1 -p 0 -v' F1_WS='-l 127.0.0.1:0 -v' TMPDIR="$tmp" "$@" f1-live 2>err 6>&- 7>&- &
	} 8<&0
	pid=$!
	tap_started="$tap_started $pid"
	while read -r said <&7; do
		[ "$said" != READY=1 ] || break
	done
	until_true grep -q '^f1-live: ready' err
	port=$(sed -n 's/^f1-live: ready: UDP port \([0-9]*\).*/\1/p' err)
	page=$(sed -n 's/^f1-live: ready: .* page on port \([0-9]*\)/\1/p' err)
}

# children NAME: the processes of that name below f1-live
children() {
	for process in /proc/[0-9]*; do
		# the name is in brackets; the fourth field is the parent
		read -r stat <"$process/stat" || continue
		case $stat in
		*"($1) "*)
			parent=${stat#*) ? }
			parent=${parent%% *}
			grandparent=$(sed 's/.*) . \([0-9]*\) .*/\1/' "/proc/$parent/stat")
			[ "$parent" != "$pid" ] && [ "$grandparent" != "$pid" ] || echo "${process#/proc/}"
			;;
		esac
	done 2>/dev/null
}

# notices TEXT: the supervisor is told so
notices() {
	read -r said <&7
	case $said in
	BARRIER*) read -r said <&7 ;;
	esac
	[ "$said" = "$1" ] || {
		echo "was told $said"
		return 1
	}
}

# records: those that the page has had
records() {
	curl -s "http://127.0.0.1:$page/metrics" | sed -n 's/^f1_ws_records_total //p'
}
has_records() {
	[ "$(records)" -ge "$1" ]
}

# --- the live page and captures
live F1_CAPTURES="$tmp/captures/of a rig"
ok 'it is ready when both ports are there' test "$port" -gt 0 -a "$page" -gt 0
f1-sim -y 2025 -c 6 -s 20 --duration 30 -u "127.0.0.1:$port"
f1-sim -y 2025 -c 6 --duration 30 >sent
total=$(f1-decode -v <sent 2>&1 >/dev/null | sed 's/.* packets, \([0-9]*\) records.*/\1/')
ok 'all records come to the page' until_true has_records "$total"
kill -s USR1 "$pid"
ok 'SIGUSR1: counters' until_true grep -q "^f1-route: $total records" err
kill -s HUP "$pid"
closed() {
	test -e "$(echo "$tmp/captures/of a rig"/*-Catalunya-Race.bin)"
}
ok 'SIGHUP: the capture is closed' until_true closed
same 'and whole' "$(echo "$tmp/captures/of a rig"/*.bin)" sent
stop "$pid"
is 'SIGTERM: status 0' "$status" 0
ok 'the supervisor is told' notices STOPPING=1
is 'it leaves nothing behind' "$(echo "$tmp"/f1-live.*)" "$tmp/f1-live.*"
is 'nor any process' "$(children f1-ws)$(children f1-listen)" ''

# --- without systemd-notify
mkdir bin
for tool in sh env mkdir mktemp mkfifo rm cat sed socat f1-listen f1-decode f1-route f1-ws f1-live; do
	ln -s "$(command -v "$tool" || echo /nowhere)" "bin/$tool"
done
if have socat; then
	live PATH="$tmp/bin"
	ok 'ready by socat' test "$port" -gt 0
	stop "$pid"
	is 'and ends well' "$status" 0
	ok 'the supervisor is told' notices STOPPING=1
else
	skip 'no socat here' 3
fi

# --- a sink that dies
live F1_RESTART=1 F1_CAPTURES="$tmp/second" F1_METRICS="$tmp"
first=$(children f1-ws)
kill -s KILL "$first"
another() {
	again=$(children f1-ws)
	[ -n "$again" ] && [ "$again" != "$first" ]
}
ok 'a sink that is killed is started again' until_true another
like 'it is said' "$(cat err)" '^f1-route: .*f1-ws.*: killed by signal 9'
has_page() {
	page=$(grep -o 'listening on 127.0.0.1:[0-9]*' err | sed -n '2s/.*://p;$s/.*://p' | tail -n 1)
	ports=$(sed -n 's/^ *[0-9]*: 0100007F:\([0-9A-F]*\) 00000000:0000 0A .*/\1/p' /proc/net/tcp)
	for hex in $ports; do
		page=$(printf %d "0x$hex")
		curl -s -m 2 "http://127.0.0.1:$page/metrics" 2>/dev/null | grep -q "^f1_ws_records_total $1\$" && return
	done
	return 1
}
f1-sim -y 2024 -c 6 -s 50 --duration 10 -u "127.0.0.1:$port"
total=$(f1-sim -y 2024 -c 6 --duration 10 | f1-decode -v 2>&1 >/dev/null | sed 's/.* packets, \([0-9]*\) records.*/\1/')
ok 'and takes all records that come then' until_true has_page "$total"
for name in f1-listen f1-decode f1-route f1-ws; do
	ok "F1_METRICS: $name" until_true test -s "$name.prom"
done
stop "$pid" INT
is 'the status tells that a sink failed' "$status" 75
ok 'the supervisor is told' notices STOPPING=1

# --- what stands in the middle dies: all ends, and the captures are complete
for victim in f1-decode f1-route f1-listen; do
	rm -rf second
	live F1_CAPTURES="$tmp/second"
	f1-sim -y 2024 -c 6 -s 50 --duration 10 -u "127.0.0.1:$port"
	kill -s KILL "$(children $victim)"
	finish "$pid"
	is "$victim is killed: status 137" "$status" 137
	is "$victim is killed: nothing runs on" "$(children f1-ws)$(children f1-listen)$(children f1-route)" ''
	[ $victim = f1-listen ] ||
		is "$victim is killed: the capture is complete" "$(f1-decode second/*.bin | cksum)" "$(f1-sim -y 2024 -c 6 --duration 10 | f1-decode | cksum)"
done

# --- what cannot be
unset NOTIFY_SOCKET
try() {
	run env F1_LISTEN='-a 127.0.0.1 -p 0' TMPDIR="$tmp" "$@" >out 2>err
}
try F1_SINKS=wz f1-live
is 'an unknown sink: status 78' "$status" 78
like 'is named' "$(cat err)" "^f1-live: F1_SINKS: 'wz' is none of ws, pg and kafka"
try F1_SINKS= f1-live
is 'nothing to do: status 78' "$status" 78
try F1_WS=--nope f1-live
is 'a wrong option of a sink: status 64' "$status" 64
like 'is named' "$(cat err)" '^f1-ws: unknown option --nope'
try F1_LISTEN='-p x' f1-live
is 'a wrong option of f1-listen: status 64' "$status" 64
try F1_WS_SELECT=no_such_record f1-live
is 'a wrong selector: status 64' "$status" 64
start f1-listen -a 127.0.0.1 -p 0 >/dev/null
try F1_LISTEN="-a 127.0.0.1 -p $ready" F1_WS='-l 127.0.0.1:0' f1-live
is 'the port is taken: status 69' "$status" 69
stop "$pid"
try f1-live --nope
is 'an unknown option: status 64' "$status" 64
try F1_SINKS='ws pg kafka' F1_CAPTURES="it's here" F1_PG_SELECT=lap_history,event f1-live --dry-run
is 'what would run' "$(cat out)" "f1-listen -a 127.0.0.1 -p 0 -w 'it'\\''s here/%F-{track}-{session}.bin' | f1-decode -t now | \
f1-route --restart 5 -b 64M '*~|exec f1-ws ' 'lap_history,event~|exec f1-pg --init' '*~|exec f1-kafka '"
for option in -h --help -V --version; do
	try f1-live $option
	is "$option: status 0" "$status" 0
	like "$option: on stdout" "$(cat out)" '^(usage: f1-live|f1-live [0-9])'
done
done_testing
