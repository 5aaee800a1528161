#!/bin/sh
# f1-replay: captures of all kinds come out whole, at their pace, and what is wrong with them is said
# SPDX-License-Identifier: MIT

# functions are called by ok
# shellcheck disable=SC2317
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-replay f1-sim python3

# tool.py: makes captures and reads pcaps, by the descriptions of their formats
cat >tool.py <<'END'
import socket, struct, sys, time, zlib

EVENT = 45      # all packets made here are events of 2025

def event(uid, seconds, frame):
    return struct.pack('<HBBBBBQfIIBB4s', 2025, 25, 1, 18, 1, 3, uid, seconds, frame, frame, 0, 255, b'TEST').ljust(EVENT, b'\0')

def events(data):
    return [data[i:i + EVENT] for i in range(0, len(data), EVENT)]

def records(name):
    """(nanoseconds, IP packet) of a pcap as f1-replay writes it"""
    data = open(name, 'rb').read()
    magic, major, minor, zone, sigfigs, snap, link = struct.unpack('<IHHiIII', data[:24])
    assert (magic, major, minor, link) == (0xa1b23c4d, 2, 4, 101), 'head of a pcap'
    at, found = 24, []
    while at < len(data):
        s, ns, n, full = struct.unpack('<IIII', data[at:at + 16])
        assert n == full and ns < 10**9
        found.append((s * 10**9 + ns, data[at + 16:at + 16 + n]))
        at += 16 + n
    return found

def raw(name, runs):
    """events from runs of (uid, first time, step, how many)"""
    with open(name, 'wb') as f:
        frame = 0
        for uid, t, step, n in runs:
            for i in range(n):
                f.write(event(uid, t + i * step, frame))
                frame += 1

def pcap(name, times, magic=0xa1b2c3d4, link=101, scale=10**6):
    with open(name, 'wb') as f:
        f.write(struct.pack('<IHHiIII', magic, 2, 4, 0, 0, 65535, link))
        for i, t in enumerate(times):
            p = event(7, 1, i)
            p = struct.pack('>BBHHHBBH4s4sHHHH', 0x45, 0, len(p) + 28, i, 0, 64, 17, 0, b'\x0a\0\0\5', b'\x0a\0\0\6',
                            50000, 20777, len(p) + 8, 0) + p
            f.write(struct.pack('<IIII', int(t), int(t % 1 * scale), len(p), len(p)) + p)

def f1pcap(name, source, flags, order, version=1, promised=None, bad=False):
    data = events(open(source, 'rb').read())
    with open(name, 'wb') as f:
        f.write(b'F1UDP\0' + bytes([flags, (128 if order == '<' else 0) | version << 4 | 1]))
        f.write(struct.pack('<I', len(data) if promised is None else promised))
        for i, p in enumerate(data):
            p = zlib.compress(p) if flags & 1 else p
            if bad and i == len(data) - 1:
                p = b'no zlib'
            f.write(struct.pack(order + 'fI', 1.7e9, len(p)) + p)

def offsets(name):
    got = records(name)
    return [(t - got[0][0]) / 1e9 for t, _ in got]

def receive(name):
    """arrival by the kernel's clock, against a pcap's times, wherever both begin; says the median and the last error in microseconds"""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, 35, 1)      # SO_TIMESTAMPNS
    s.bind(('127.0.0.1', 0))
    s.settimeout(20)
    print(s.getsockname()[1], flush=True)
    want, got = offsets(name), []
    for _ in want:
        p, extra, _, _ = s.recvmsg(4096, 64)
        got.append(struct.unpack('<qq', extra[0][2][:16]))
    got = [(a - got[0][0]) + (b - got[0][1]) / 1e9 for a, b in got]
    late = sorted(g - w for g, w in zip(got, want))
    begin = late[len(late) // 2]
    errors = sorted(abs(e - begin) for e in late)
    print(round(errors[len(errors) // 2] * 1e6), round(abs(got[-1] - want[-1] - begin) * 1e6), flush=True)

what, *args = sys.argv[1:]
if what == 'offsets':
    print(' '.join('%.3f' % t for t in offsets(args[0])))
elif what == 'payloads':
    sys.stdout.buffer.write(b''.join(p[28:] for _, p in records(args[0])))
elif what == 'raw':
    raw(args[0], eval(args[1]))
elif what == 'pcap':
    pcap(args[0], eval(args[1]), **eval(args[2]) if len(args) > 2 else {})
elif what == 'f1pcap':
    f1pcap(args[0], args[1], int(args[2]), args[3], **eval(args[4]) if len(args) > 4 else {})
elif what == 'receive':
    receive(args[0])
elif what == 'frames':      # the frame numbers of events
    print(' '.join(str(struct.unpack('<I', p[19:23])[0]) for p in events(open(args[0], 'rb').read())))
END
tool() {
	python3 tool.py "$@"
}
# the positions that a raw capture gets, as the times of a pcap
positions() {
	f1-replay -s 0 --pcap "$@" >positions.pcap && tool offsets positions.pcap
}

# --- whole, byte for byte
for year in 2018 2022 2025; do
	f1-sim -y "$year" -c 4 -r 5 -l 1 >"$year.bin"
	f1-replay -s 0 "$year.bin" >out 2>err
	same "$year: a simulated race comes out as it was" "$year.bin" out
	is "$year: in silence" "$(cat err)" ''
done
f1-replay -s 0 <2025.bin >out
same 'from stdin' 2025.bin out
cat 2018.bin 2025.bin 2022.bin >all.bin
f1-replay -s 0 2018.bin - 2022.bin <2025.bin >out
same 'files in order, - is stdin' all.bin out
f1-replay -s 1000 2025.bin >out
same 'paced, too' 2025.bin out
f1-replay -s 0 --pcap all.bin >all.pcap
f1-replay -s 0 all.pcap >out
same 'raw to pcap and back' all.bin out
f1-replay -s 0 --pcap all.pcap >again.pcap
same 'pcap to pcap: times, addresses and all' all.pcap again.pcap
if have f1-decode; then
	run f1-decode --strict all.pcap >/dev/null
	is 'f1-decode takes the pcap' "$status" 0
else
	skip 'f1-decode is not built'
fi
if have tcpdump; then
	tcpdump -r all.pcap -nn -c 1 >out 2>/dev/null
	like 'tcpdump reads it, with made-up addresses' "$(cat out)" 'IP 192[.]0[.]2[.]1[.]20777 > 192[.]0[.]2[.]2[.]20777: UDP'
	tcpdump -r all.pcap -w other.pcap 2>/dev/null
	f1-replay -s 0 other.pcap >out
	same 'and what tcpdump writes replays' all.bin out
else
	skip 'no tcpdump here' 2
fi
if have tshark; then
	tshark -r all.pcap -o ip.check_checksum:TRUE -T fields -e ip.checksum.status -e udp.length 2>/dev/null | sort -u >out
	like 'tshark reads it' "$(cat out)" '^1'
	is 'and finds no bad checksum' "$(grep -vc '^1' out)" 0
else
	skip 'no tshark here' 2
fi

for captures in ${F1_CAPTURES+"$F1_CAPTURES"} "$top/../shared/captures" "$top/../../shared/captures"; do
	[ -d "$captures" ] && break
done
if [ -d "$captures" ]; then
	for file in "$captures"/*.bin; do
		f1-replay -s 0 "$file" >out 2>err
		same "${file##*/}" "$file" out
	done
	for file in "$captures"/*.bin.zst; do
		if have zstd; then
			zstd -qdc "$file" >big
			ok "${file##*/}" sh -c 'f1-replay -s 0 <big | cmp - big'
			rm -f big
		else
			skip 'no zstd here'
		fi
	done
	for file in "$captures"/other-games/*.pcap.gz; do
		gzip -dc "$file" >foreign.pcap
		run f1-replay -s 0 foreign.pcap 2025.bin >out 2>err
		is "${file##*/}: another game: status 65" "$status" 65
		like 'it is said' "$(cat err)" '^f1-replay: foreign.pcap: no F1 packet in it$'
		same 'and the next file is replayed' 2025.bin out
	done
else
	skip 'no captures of real games here; F1_CAPTURES names their folder'
fi

# --- .f1pcap
tool raw events.bin "[(5, 1, 0.1, 20)]"
for flags in 0 1; do
	for order in '<' '>'; do
		tool f1pcap events.f1pcap events.bin "$flags" "$order"
		f1-replay -s 0 events.f1pcap >out 2>err
		same ".f1pcap: flags $flags, order $order" events.bin out
	done
done
is '.f1pcap: session time is its time' "$(positions events.f1pcap)" "$(positions events.bin)"
tool f1pcap bad.f1pcap events.bin 1 '<' "{'bad': True}"
run f1-replay -s 0 bad.f1pcap >out 2>err
is '.f1pcap that does not decompress: status 65' "$status" 65
like 'it is said' "$(cat err)" '^f1-replay: bad.f1pcap: packet 20 does not decompress$'
is 'what was before is replayed' "$(wc -c <out | tr -d ' ')" $((19 * 45))
for size in 9 13 50 300; do
	head -c "$size" events.f1pcap >cut.f1pcap
	run f1-replay -s 0 cut.f1pcap >out 2>err
	is ".f1pcap cut at $size: status 65" "$status" 65
	like ".f1pcap cut at $size: is said" "$(cat err)" '^f1-replay: cut.f1pcap: .*cut off$'
done
tool f1pcap new.f1pcap events.bin 2 '<'
run f1-replay -s 0 new.f1pcap >out 2>err
is '.f1pcap with flags that nobody knows: status 65' "$status" 65

# --- pace: positions tell it without waiting
tool raw steady.bin "[(5, 100, 0.5, 5)]"
is 'session time is the pace' "$(positions steady.bin)" '0.000 0.500 1.000 1.500 2.000'
tool raw back.bin "[(5, 100, 0.5, 3), (5, 90, 0.5, 3)]"
is 'a flashback takes no time' "$(positions back.bin)" '0.000 0.500 1.000 1.000 1.500 2.000'
tool raw jump.bin "[(5, 100, 0.5, 3), (5, 4000, 0.5, 3)]"
is 'a jump takes no time' "$(positions jump.bin)" '0.000 0.500 1.000 1.000 1.500 2.000'
tool raw new.bin "[(5, 100, 0.5, 3), (6, 0, 0.5, 3)]"
is 'a new session takes no time' "$(positions new.bin)" '0.000 0.500 1.000 1.000 1.500 2.000'
tool raw zero.bin "[(5, 100, 0.5, 2), (0, 4711, 9, 2), (5, 101, 0.5, 2)]"
is 'packets between sessions take no time' "$(positions zero.bin)" '0.000 0.500 0.500 0.500 1.000 1.500'
tool raw nan.bin "[(5, 100, 0.5, 2), (5, float('nan'), 0, 1), (5, float('inf'), 0, 1), (5, 101, 0.5, 1)]"
is 'nor do times that are none' "$(positions nan.bin)" '0.000 0.500 0.500 0.500 1.000'
tool raw order.bin "[(5, 100, 0.5, 2), (5, 100.25, 0, 1), (5, 101, 0.5, 1)]"
is 'what came out of order does not shift the rest' "$(positions order.bin)" '0.000 0.500 0.500 1.000'
tool raw two.bin "[(5, 100, 0, 1), (6, 7, 0, 1), (5, 100.5, 0, 1), (6, 7.5, 0, 1), (5, 101, 0, 1), (6, 8, 0, 1)]"
is 'two games in a capture run side by side' "$(positions two.bin)" '0.000 0.000 0.500 0.500 1.000 1.000'
tool raw gap.bin "[(5, 100, 0.5, 2), (5, 130, 0.5, 2)]"
is 'a pause is kept' "$(positions gap.bin)" '0.000 0.500 30.000 30.500'
is '--max-gap cuts it' "$(positions --max-gap 2 gap.bin)" '0.000 0.500 2.500 3.000'
is 'a file follows another at once' "$(positions steady.bin steady.bin)" \
	'0.000 0.500 1.000 1.500 2.000 2.000 2.500 3.000 3.500 4.000'

# and really waiting
cat back.bin jump.bin new.bin zero.bin nan.bin order.bin >odd.bin
run timeout 60 f1-replay -s 20 odd.bin >out
is 'nothing stalls it' "$status" 0
same 'and nothing is lost' odd.bin out
tool pcap hour.pcap '[1000, 1000.25, 4600, 4600.25, 900]'
run timeout 60 f1-replay -s 10 --max-gap 0.5 hour.pcap >out
is '--max-gap: an hour between two packets of a pcap' "$status" 0
is 'all of it' "$(tool frames out)" '0 1 2 3 4'
tool pcap nano.pcap '[5, 5.5, 6.25]' "{'magic': 0xa1b23c4d, 'scale': 10**9}"
f1-replay -s 0 --pcap nano.pcap >out
same 'times and addresses of a pcap are kept' nano.pcap out

# --- UDP, against the clock
tool pcap game.pcap '[1 + i / 60 for i in range(60)]' "{'magic': 0xa1b23c4d, 'scale': 10**9}"
mkfifo said
exec 5<>said
background python3 tool.py receive game.pcap >said
receiver=$pid
exec 6<said 5<&-
read -r port <&6
run f1-replay -u "127.0.0.1:$port" game.pcap 2>err
is 'UDP: status 0' "$status" 0
read -r median last <&6
exec 6<&-
finish "$receiver"
note "error of arrival: median $median us, at the end $last us"
ok 'UDP: in time, within a millisecond' test "${median:-999999}" -lt 1000
ok 'UDP: no drift' test "${last:-999999}" -lt 100000
run f1-replay -s 0 -v -u 127.0.0.1:9 2025.bin 2>err
is 'UDP: nobody listening is no error' "$status" 0
like 'UDP: all is sent' "$(cat err)" ' 0 unsent'
if have f1-listen; then
	start f1-listen -a 127.0.0.1 -p 0 >heard
	run f1-replay -s 50 -u "127.0.0.1:$ready" 2025.bin
	stop "$pid"
	same 'f1-listen hears what was captured' 2025.bin heard
else
	skip 'f1-listen is not built'
fi

# --- a part of it
tool raw parts.bin "[(0xabc, 1, 1, 10), (0, 3, 1, 2), (0xdef, 1, 1, 10)]"
frames() {
	f1-replay -s 0 "$@" parts.bin >out && tool frames out
}
is '--from' "$(frames --from 9)" '8 9 20 21'
is '--to' "$(frames --to 2)" '0 1 12 13'
is '--from and --to' "$(frames --from 3 --to 4)" '2 3 10 11 14 15'
is '--session' "$(frames --session 0000000000000DEF --from 9)" '20 21'
is '--session 0x' "$(frames --session 0xabc --to 2)" '0 1'
is 'what is left out takes no time' "$(positions --from 9 parts.bin)" '0.000 1.000 1.000 2.000'
f1-replay -s 0 -v --session abc parts.bin 2>err >out
like 'and is counted' "$(cat err)" '^f1-replay: 22 packets read, 10 packets, 450 bytes, 12 left out'

# --- again and again
cat events.bin events.bin events.bin >three
f1-replay -s 0 --loop events.bin 2>err | head -c "$(wc -c <three)" >out
same '--loop' three out
is 'the end of its reader is quiet' "$(cat err)" ''
(f1-replay -s 0 --loop 2>err; echo $? >code) <events.bin | head -c "$(wc -c <three)" >out
same '--loop: a file as stdin' three out
is 'status 0' "$(cat code)" 0
run timeout 20 f1-replay -s 0 --loop --from 1e6 events.bin 2>err
is '--loop without a packet ends' "$status" 0
# shellcheck disable=SC2002	# a pipe is meant
cat events.bin | f1-replay -s 0 --loop 2>err >out
like '--loop of a pipe cannot be' "$(cat err)" '^f1-replay: --loop: stdin is no file'

# --- a bad network
bad_network() {
	f1-replay -s 0 -v --loss 0.1 --dup 0.1 --reorder 0.1 "$@" 2025.bin 2>err
}
bad_network >one
bad_network >two
same 'the same seed does the same' one two
bad_network --seed 2 >two
ok 'another seed does not' sh -c '! cmp -s one two'
like 'it is counted' "$(cat err)" ' [1-9][0-9]* lost, [1-9][0-9]* doubled, [1-9][0-9]* reordered, 0 unsent'
run f1-replay -s 0 --loss 1 2025.bin >out
is '--loss 1' "$(wc -c <out | tr -d ' ')" 0
f1-replay -s 0 --dup 1 events.bin >out
is '--dup 1' "$(wc -c <out | tr -d ' ')" $((40 * 45))
f1-replay -s 0 --reorder 0.3 events.bin >out
is '--reorder loses nothing' "$(tool frames out | tr ' ' '\n' | sort -n | tr '\n' ' ')" "$(tool frames events.bin) "
ok 'and reorders' sh -c '! cmp -s out events.bin'

# --- the end
mkfifo slow
tool raw slow.bin "[(5, 0, 50, 3)]"
exec 6<>slow
start f1-replay slow.bin >slow
head -c 45 <&6 >first
stop "$pid"
is 'SIGTERM in a pause: status 0' "$status" 0
exec 6<&-
head -c 45 slow.bin >out
same 'what was due had come' out first
if have script; then
	f1-sim -y 2025 -c 4 -r 60 -l 1 --duration 30 >long.bin
	script -qec 'f1-replay -s 100 long.bin >/dev/null' /dev/null </dev/null >screen 2>&1
	ok 'progress on a terminal: position, speed, session, track' \
		grep -aE '0:00:[0-9][0-9]  x100  session [0-9a-f]{16} at [0-9.]+ s  [A-Z][a-z]+' screen
	script -qec 'stty cols 40; f1-replay -s 100 long.bin >/dev/null' /dev/null </dev/null >screen 2>&1
	is 'and no longer than its line' "$(python3 -c 'print(max(len(line.strip()) for line in open("screen").read().split("\033[K")))')" 39
else
	skip 'no script here' 2
fi

# --- what is wrong is said, and the others go on
# wrong NAME STATUS WORDS ARG…: all but one operand are good
wrong() {
	wrong_name=$1 wrong_status=$2 wrong_words=$3
	shift 3
	run f1-replay -s 0 "$@" 2025.bin >out 2>err
	is "$wrong_name: status $wrong_status" "$status" "$wrong_status"
	like "$wrong_name: is said" "$(cat err)" "^f1-replay: $wrong_words"
}
torn_n=1	# one record of 16 + 28 + 45 bytes is whole
head -c 150 nano.pcap >torn.pcap
wrong 'a truncated pcap' 65 'torn.pcap: after [0-9]+ packets: truncated' torn.pcap
is 'its packets are replayed, and the next file' "$(wc -c <out | tr -d ' ')" $(($(wc -c <2025.bin) + torn_n * 45))
head -c 10 nano.pcap >head.pcap
wrong 'a pcap without its head' 65 'head.pcap: ' head.pcap
tool pcap link.pcap '[1]' "{'link': 105}"
wrong 'a pcap of another link type' 65 'link.pcap: link type IEEE802_11 [(]105[)] carries no IP that we can read' link.pcap
same 'and the next file is replayed' 2025.bin out
wrong 'a directory' 74 '[.]: Is a directory' .
same 'and the next file is replayed' 2025.bin out
wrong 'a missing file' 74 'nowhere.bin: No such file' nowhere.bin
same 'and the next file is replayed' 2025.bin out
echo secret >locked
chmod 0 locked
if [ "$(id -u)" -ne 0 ]; then
	wrong 'an unreadable file' 74 'locked: Permission denied$' locked
elif have setpriv; then
	run setpriv --bounding-set=-dac_override,-dac_read_search f1-replay -s 0 locked 2025.bin >out 2>err
	is 'an unreadable file: status 74' "$status" 74
	like 'an unreadable file: is said' "$(cat err)" '^f1-replay: locked: Permission denied$'
else
	skip 'everything is readable for the superuser' 2
fi
head -c 5000 /dev/zero >zeros
wrong 'no capture at all' 65 'zeros: no F1 packet in it' zeros
: >empty
run f1-replay -s 0 empty >out 2>err
is 'an empty file is an empty capture' "$status$(cat out err)" 0
{ head -c 20000 2025.bin; printf 'garbage'; cat 2025.bin; } >dirty
run f1-replay -s 0 -v dirty >out 2>err
is 'garbage in a raw stream: status 0' "$status" 0
like 'is counted' "$(cat err)" '[1-9][0-9]* bytes skipped'
run timeout 60 f1-replay -u no-such-host.invalid:20777 2025.bin 2>err
is 'a name that does not resolve: status 69' "$status" 69
like 'is said' "$(cat err)" '^f1-replay: no-such-host.invalid:20777: '
for where in 127.0.0.1 127.0.0.1: :20777 127.0.0.1:65536 ::1:20777; do
	run f1-replay -u "$where" 2025.bin 2>err
	is "-u $where: status 64" "$status" 64
done
for option in --session=xyz --session=12345678901234567 --loss=2 --speed=-1 --speed=0.0001 --max-gap=-1 --from=x; do
	run f1-replay "$option" 2025.bin >out 2>err
	is "$option: status 64" "$status" 64
done
run f1-replay --pcap -u 127.0.0.1:9 2025.bin 2>err
is '--pcap and -u: status 64' "$status" 64
run f1-replay -s 0 2025.bin >/dev/full 2>err
is 'a full disk: status 74' "$status" 74
like 'is said' "$(cat err)" '^f1-replay: stdout: No space left'
f1-replay -s 0 --metrics metrics 2025.bin >/dev/null
like '--metrics' "$(cat metrics)" '^f1_replay_packets_total [1-9]'

done_testing
