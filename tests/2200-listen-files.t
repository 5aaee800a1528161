#!/bin/sh
# f1-listen: capture files, from the session's first datagram to their name on the disk
# SPDX-License-Identifier: MIT

# names are ours, and have no newlines; texts are for other shells
# shellcheck disable=SC2012,SC2016
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/listen.sh
. "$top/tests/listen.sh"
need f1-listen f1-decode f1-sim python3

# sim SEED [OPTION]…: a short race
sim() {
	seed=$1
	shift
	f1-sim -y 2023 -c 4 -r 5 -l 1 --duration 30 -S "$seed" "$@"
}

names() {
	(cd "$1" && echo *)
}

uid() {
	f1-decode -j "$1" | sed -n 's/.*"session_uid":"\([0-9a-f]*\)".*/\1/p' | sort -u
}

# --- a file for each session
sim 1 >sent.1
sim 2 >sent.2
one=$(uid sent.1 | grep -v '^0*$') two=$(uid sent.2 | grep -v '^0*$')
listen out -v -w 'cap/%Y/{uid}-{track}-{session}-{format}.bin'
year=$(date +%Y)
send 127.0.0.1 "$ready" sent.1 /dev/null
received 100
is "while it grows it is a .part" "$(names "cap/$year" | sed "s,.*\\.,.,")" .part
send 127.0.0.1 "$ready" sent.2 /dev/null
stop "$pid"
is 'status 0' "$status" 0
set -- cap/*/"$one"-*.bin
same 'the first session is in its file' "$1" sent.1
set -- cap/*/"$two"-*.bin
same 'the second in another one' "$1" sent.2
is 'and nothing else is there' "$(names "cap/$year" | wc -w | tr -d ' ')" 2
like 'the name tells track, session and format' "$1" "^cap/$year/$two-[A-Z][A-Za-z-]+-[A-Z][A-Za-z0-9-]+-2023[.]bin\$"
ok 'the track is the one that the packets tell' test -n "$(f1-decode -j "$1" | grep -m 1 '"packet":"session"')"
cat sent.1 sent.2 >sent
same 'stdout has both' sent out

# one socket, as of a game: the next session begins another file, and what the network let it overtake has its own
python3 - "$one" "$two" <<'END'
import sys
uid_at = 7	# in the header of 2023
uids = [int(uid, 16).to_bytes(8, "little") for uid in sys.argv[1:]]
first, second = (open(name, "rb").read() for name in ("sent.1", "sent.2"))
last = first.rindex(uids[0]) - uid_at
begin = second.index(uids[1]) - uid_at
next = second.index(uids[1], begin + uid_at + 1) - uid_at
open("one", "wb").write(first[:last] + second[:begin] + first[last:])	# the lobby between them is no session's
open("two", "wb").write(second[begin:])
open("both", "wb").write(first[:last] + second[:next] + first[last:] + second[next:])
END
listen out -v -w 'socket/{uid}.bin'
send 127.0.0.1 "$ready" both /dev/null
stop "$pid"
same 'a sender that begins a new session: the first file' one "socket/$one.bin"
same 'and the second' two "socket/$two.bin"
is 'and no third' "$(names socket | wc -w | tr -d ' ')" 2

# one socket that brings several games, as of an f1-listen that sends on what many rigs send to it
sim 3 >sent.3
python3 - "$one" "$two" "$(uid sent.3 | grep -v '^0*$')" <<'END'
import itertools, sys
packets = []
for i, uid in enumerate(sys.argv[1:], 1):
    data = open(f"sent.{i}", "rb").read()
    pieces = data.split(int(uid, 16).to_bytes(8, "little"))
    packets.append([pieces[j][-7:] + int(uid, 16).to_bytes(8, "little") + pieces[j + 1][:-7] for j in range(len(pieces) - 2)])
    open(f"rig.{uid}", "wb").write(b"".join(packets[-1]))
open("rigs", "wb").write(b"".join(b"".join(some) for some in itertools.zip_longest(*packets, fillvalue=b"")))
END
listen out -v -w 'rigs.d/{uid}.bin'
send 127.0.0.1 "$ready" rigs /dev/null
stop "$pid"
is 'three games from one socket, in turns: three files' "$(names rigs.d | wc -w | tr -d ' ')" 3
for file in rig.*; do
	same "all of ${file#rig.}" "$file" "rigs.d/${file#rig.}.bin"
done
listen out -v -w 'over/{uid}.bin'
cat "rig.$one" "rig.$two" >both
send 127.0.0.1 "$ready" both /dev/null
ok 'a session is closed when the next one has come and it is silent' wait_line "^f1-listen: over/$one.bin: "
is 'and the next one is not' "$(echo over/*.part)" "over/$two.bin.part"
stop "$pid"

# sessions faster than their files close: the numbers keep the order
python3 - "$one" >short <<'END'
import sys
uid = int(sys.argv[1], 16).to_bytes(8, "little")
data = open("sent.1", "rb").read()
at = data.index(uid) - 7
end = data.index(uid, at + 8) - 7
for i in range(1, 301):
    sys.stdout.buffer.write(data[at : at + 7] + i.to_bytes(8, "little") + data[at + 15 : end])
END
listen out -v -w fast/race.bin
send 127.0.0.1 "$ready" short /dev/null
stop "$pid"
is 'three hundred short sessions: as many files' "$(names fast | wc -w | tr -d ' ')" 300
# shellcheck disable=SC2046	# words are wanted
cat fast/race.bin $(ls fast/race.*.bin | sort -t . -k 2n) >fast.all
same 'in the order of their numbers' short fast.all

# --- no file is ever replaced; SIGHUP begins another
mkdir again
echo mine >again/race.bin
echo mine >again/race.2.bin.part
listen out -v -w again/race.bin
send 127.0.0.1 "$ready" 50 sent.a
received 50
kill -s HUP "$pid"
wait_line '^f1-listen: again/race.1.bin: 50 datagrams'
is 'after SIGHUP the file has its name' "$(names again)" 'race.1.bin race.2.bin.part race.bin'
send 127.0.0.1 "$ready" 60 sent.b
received 110
is 'the next one is another' "$(names again)" 'race.1.bin race.2.bin.part race.3.bin.part race.bin'
stop "$pid" INT
is 'SIGHUP has not ended it; SIGINT does: status 0' "$status" 0
same 'the first is whole' again/race.1.bin sent.a
same 'the second is whole' again/race.3.bin sent.b
is 'what was there is untouched' "$(cat again/race.bin again/race.2.bin.part)" 'mine
mine'

# --- kill -9
listen out -w killed.bin
send 127.0.0.1 "$ready" 500 sent
received 500
stop "$pid" KILL
ok 'kill -9 leaves a .part' test -f killed.bin.part
same 'with all that came' killed.bin.part sent
ok 'which f1-decode reads' f1-decode --strict killed.bin.part

# --- sizes and times
listen out -v -w 'size/part.bin' --rotate-size 100k
send 127.0.0.1 "$ready" 500 sent
received 500
stop "$pid"
# shellcheck disable=SC2046
cat size/part.bin $(cd size && ls part.*.bin | sort -t . -k 2n | sed 's,^,size/,') >joined
same '--rotate-size: joined they are what was sent' joined sent
is 'none is longer' "$(find size -size +100k | wc -l | tr -d ' ')" 0
ok 'and they are full' test "$(names size | wc -w)" -le 7
ok 'each is whole' sh -c 'for f in size/*; do f1-decode --strict "$f" >/dev/null || exit; done'
listen out -v -w 'time.bin' --rotate-time 2
send 127.0.0.1 "$ready" 50 sent
wait_line '^f1-listen: time.bin: 50 datagrams'
same '--rotate-time: it is closed when its time is over' time.bin sent
stop "$pid"
is 'and nothing is begun without a datagram' "$(echo time*)" time.bin

# --- a command for each
printf '#!/bin/sh\necho "closed $*" >&2\ncat "$2" >>closed\n' >closed.sh
chmod +x closed.sh
listen out -v -w 'my race.bin' --on-close "$tmp/closed.sh word"
send 127.0.0.1 "$ready" 50 sent.a
received 50
kill -s HUP "$pid"
ok '--on-close is run with the name' wait_line '^closed word my race.bin$'
send 127.0.0.1 "$ready" 60 sent.b
received 110
stop "$pid"
is 'status 0' "$status" 0
cat sent.a sent.b >sent
same 'and at the end it is waited for' closed sent
run f1-listen --on-close true -p 0 </dev/null >/dev/null 2>err.usage
is '--on-close without --write: status 64' "$status" 64
start f1-listen -a 127.0.0.1 -p 0 -w failing.bin --on-close 'exit 3; #' >out 2>said
send 127.0.0.1 "$ready" 50 sent
stop "$pid"
is 'a command that fails: status 74' "$status" 74
like 'and said' "$(cat said)" '^f1-listen: --on-close: status 3$'
same 'the file is there' failing.bin sent

# --- the disk is full: here a limit of the shell
cat >limited <<'SH'
#!/bin/sh
ulimit -f 200	# of 512 bytes
exec f1-listen "$@"
SH
chmod +x limited
mkfifo limited.out
background sh -c 'cat limited.out >out.limited'
reader=$pid
mkfifo err.fifo
exec 6<>err.fifo
start ./limited -v -a 127.0.0.1 -p 0 -w full.bin >limited.out 2>err.fifo
exec 7<err.fifo 6>&-
send 127.0.0.1 "$ready" 500 sent
ok 'a file that cannot grow: it is said' wait_line 'full.bin.part: File too large'
ok 'the rest comes' received 500
ok 'is counted' test "$(counted 'file drops')" -gt 100
is 'exactly' "$(($(counted filed) + $(counted 'file drops')))" 500
kill -s HUP "$pid"
send 127.0.0.1 "$ready" 20 sent.next
ok 'the next file' received 520
stop "$pid"
is 'the status tells: 74' "$status" 74
finish "$reader"
cat sent sent.next >sent.all
same 'the stream goes on' sent.all out.limited
ok 'the file ends with a whole datagram' f1-decode --strict full.bin
same 'the next one is written' full.1.bin sent.next

if [ "$(id -u)" -eq 0 ] && mkdir small && mount -t tmpfs -o size=64k none small 2>/dev/null; then
	at_exit "umount '$tmp/small'"
	start f1-listen -v -a 127.0.0.1 -p 0 -w small/full.bin >out 2>said
	send 127.0.0.1 "$ready" 500 sent
	stop "$pid"
	line=$(tail -n 1 said)
	is 'the disk is full: status 74' "$status" 74
	is 'said once' "$(grep -c 'No space left on device' said)" 1
	same 'the stream goes on' sent out
	is 'filed and dropped are what was sent' "$(($(counted filed) + $(counted 'file drops')))" 500
	ok 'the file is whole' f1-decode --strict small/full.bin
else
	skip 'no rights to mount a small file system' 5
fi

# --- what cannot be
for wrong in 'x{driver}.bin' 'x{uid.bin' '' 'folder/'; do
	run f1-listen -p 0 -w "$wrong" </dev/null >/dev/null 2>err.usage
	is "-w '$wrong': status 64" "$status" 64
done
echo file >file
run f1-listen -p 0 -w file/race.bin </dev/null >/dev/null 2>err.usage
is 'a folder that cannot be made: status 74' "$status" 74
like 'and named' "$(cat err.usage)" '^f1-listen: file: (Not a directory|Permission denied)$'
done_testing
