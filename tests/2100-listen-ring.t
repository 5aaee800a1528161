#!/bin/sh
# f1-listen: the ring between the socket and a slow reader; every datagram is delivered or counted
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/listen.sh
. "$top/tests/listen.sh"
need f1-listen f1-decode f1-sim python3

mkfifo pipe

# stalled [OPTION]…: a listener whose reader, descriptor 3, does not read
stalled() {
	exec 4<>pipe
	start f1-listen -v -a 127.0.0.1 -p 0 "$@" >pipe 2>err.stall
	exec 3<pipe 4>&-
}

# ended: the counters that it leaves
ended() {
	finish "$pid"
	exec 3<&-
	line=$(tail -n 1 err.stall)
}

# what a reader that stalls for a minute misses is in the ring: 22 cars at 60 Hz, as much as fast as it goes
f1-sim -y 2025 -c 22 -l 1 --duration 60 >game
stalled
send 127.0.0.1 "$ready" game sent
kill -s TERM "$pid"
cat <&3 >out
ended
is 'a reader that stalls for a minute of a race: status 0' "$status" 0
ok 'it is as much as that' test "$(bytes sent)" -gt 20000000
same 'it gets everything when it reads on' game out
like 'nothing is lost' "$line" ' 0 ring drops, 0 unwritten, 0 kernel drops'

# beyond the ring the oldest whole datagrams go
stalled -B 64k
send 127.0.0.1 "$ready" 5000 sent
kill -s TERM "$pid"
cat <&3 >out
ended
ok 'a ring of 64 kB: the oldest go' test "$(counted 'ring drops')" -gt 1000
is 'what is delivered and what is dropped is what was sent' "$(($(counted packets) + $(counted 'ring drops')))" 5000
is 'the bytes are counted' "$(bytes out)" "$(counted bytes)"
ok 'what comes out is whole' f1-decode --strict out
tail -c 60000 sent >sent.end
tail -c 60000 out >out.end
same 'and ends with the newest' sent.end out.end
like 'the drops are told' "$(cat err.stall)" '^f1-listen: the reader of stdout is too slow: the ring of 65536 bytes is full'

# a burst beyond every buffer, again and again
exact=0 complete=0 drops=0 rounds=20
for round in $(seq $rounds); do
	rm -f burst*.bin
	stalled -B 64k -w burst.bin
	kill -s STOP "$pid"
	BURST=1 send 127.0.0.1 "$ready" 10000 /dev/null
	kill -s CONT "$pid"
	kill -s TERM "$pid"
	cat <&3 >out
	ended
	kernel=$(counted 'kernel drops')
	[ "$(($(counted packets) + $(counted 'ring drops') + kernel))" -eq 10000 ] && [ "$(bytes out)" = "$(counted bytes)" ] &&
		[ "$status" -eq 0 ] && exact=$((exact + 1))
	[ "$(($(counted filed) + kernel))" -eq 10000 ] && f1-decode --strict burst.bin >/dev/null 2>&1 && complete=$((complete + 1))
	[ "$kernel" -gt 0 ] && [ "$(counted 'ring drops')" -gt 0 ] && drops=$((drops + 1))
	[ "$exact" -eq "$round" ] || note "round $round: $line"
done
is "a burst beyond every buffer, $rounds times: delivered, ring drops and kernel drops are what was sent" "$exact" "$rounds"
is 'the file has all but the kernel drops' "$complete" "$rounds"
is 'the ring and the kernel dropped' "$drops" "$rounds"

# a reader that does not read on
stalled -B 8M -w left.bin
send 127.0.0.1 "$ready" 3000 sent
kill -s TERM "$pid"
ended
is 'a reader that does not read on: status 75' "$status" 75
ok 'what it did not take is counted' test "$(counted unwritten)" -gt 1000
is 'delivered and unwritten are what was sent' "$(($(counted packets) + $(counted unwritten)))" 3000
like 'and told' "$(cat err.stall)" 'has stalled for 5 seconds: [0-9]* datagrams are left unwritten'
same 'the file has everything' sent left.bin

# a reader that leaves
stalled -w alone.bin
exec 3<&-
send 127.0.0.1 "$ready" 500 sent
stop "$pid"
line=$(tail -n 1 err.stall)
is 'the reader leaves, with --write: status 0' "$status" 0
same 'the file goes on' sent alone.bin
is 'what nobody read is counted' "$(($(counted packets) + $(counted unwritten)))" 500

# stdout that is a socket
cat >stdout.py <<'END'
# a program with a socket as its stdout; a child of ours opens GO, then copies so many bytes of it to FILE and leaves
# usage: stdout.py GO BYTES FILE COMMAND...
import os, socket, sys
ours, theirs = socket.socketpair()
if os.fork() == 0:
    theirs.close()
    os.closerange(8, 10)
    with open(sys.argv[1]), open(sys.argv[3], "wb") as to:
        left = int(sys.argv[2])
        while left > 0 and (data := ours.recv(min(left, 65536))):
            left -= to.write(data)
    os._exit(0)
ours.close()
os.dup2(theirs.fileno(), 1)
os.execvp(sys.argv[4], sys.argv[4:])
END
cat >in_socket <<'SH'
#!/bin/sh
ready=$1 n=$2
shift 2
exec python3 stdout.py go "$SOCKET_BYTES" out f1-listen "$ready" "$n" "$@"
SH
chmod +x in_socket
mkfifo go
has() {
	[ "$(bytes "$1")" -ge "$2" ]
}
for SOCKET_BYTES in 1000000000 1000; do
	export SOCKET_BYTES
	start ./in_socket -v -a 127.0.0.1 -p 0 2>err.socket
	send 127.0.0.1 "$ready" 3000 sent
	[ "$SOCKET_BYTES" -eq 1000 ] || kill -s TERM "$pid"
	echo >go
	finish "$pid"
	is "stdout is a socket, its reader stalls and takes up to $SOCKET_BYTES bytes: status 0" "$status" 0
	head -c "$SOCKET_BYTES" sent >sent.head
	until_true has out "$(bytes sent.head)"
	same 'it gets what came' sent.head out
done
if have nc; then
	# the socket is there before it listens
	background nc -l -U "socket.$$" >out
	reader=$pid
	until_true grep -q " 00010000 .* socket.$$\$" /proc/net/unix
	exec 4<>pipe
	background nc -N -U "socket.$$" <pipe
	start f1-listen -a 127.0.0.1 -p 0 >pipe 2>err.nc
	exec 4>&-
	send 127.0.0.1 "$ready" 3000 sent
	stop "$pid"
	finish "$reader"
	same 'through nc(1)' sent out
else
	skip 'no nc here'
fi

for wrong in 1k 0 x 64m; do
	run f1-listen -B "$wrong" >/dev/null 2>&1 </dev/null
	is "-B $wrong: status 64" "$status" 64
done
done_testing
