#!/bin/sh
# the examples of the manuals and of README.md, as they stand there, with f1-sim for the game
# SPDX-License-Identifier: MIT
#
# An example is a line ".Dl COMMAND" of a manual, a block ".Bd -literal" in its section EXAMPLES, or a line of a block
# "```sh" in README.md; a line that begins with a tab goes on with the one before. The files they read have the same
# names everywhere: race.bin, race.bin.zst, race.pcap and the folder captures. What they listen to is f1-sim, on another
# port than 20777. A line of a crontab is run without its five fields, and ssh as a command of this machine.

# functions are called by ok and until_true
# shellcheck disable=SC2317
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-listen f1-replay f1-decode f1-ws f1-pg f1-sim

# --- the examples: folder examples, one file each, whose first line tells where it stands
mkdir examples work wrap made made/captures
# shellcheck disable=SC2016
extract='
	function put(line) {
		if (file == "")
			begin()
		print line >file
	}
	function begin() {
		file = sprintf("examples/%s.%04d", name, FNR)
		printf "# %s:%d\n", name, FNR >file
	}
	function end() {
		if (file != "")
			close(file)
		file = ""
	}
	function plain(s) {	# what roff makes of it
		gsub(/\\\(dq/, "\"", s)
		gsub(/\\e/, "\\", s)
		sub(/^\\&/, "", s)
		return s
	}
	name == "README.md" && /^```/ { end(); inside = $0 == "```sh"; next }
	name == "README.md" { if (inside) { if ($0 !~ /^\t/) end(); put($0) } next }
	/^\.Sh / { inside = $2 == "EXAMPLES"; next }
	/^\.Dl / { end(); put(plain(substr($0, 5))); end(); next }
	!inside { next }
	/^\.Bd -literal/ { block = 1; next }
	/^\.Ed/ { block = 0; end(); next }
	block { put(plain($0)) }'
for page in "$top"/man/f1-[!f]*.[15] "$top/man/f1.7" "$top/README.md"; do
	awk -v name="${page##*/}" "$extract" "$page"
done
set -- examples/*
ok "there are examples: $#" test $# -gt 40

# what README.md tells in passing: options that there are, and the packages that scripts/packages knows
# shellcheck disable=SC2016
grep -o '`f1-[a-z]* [^`]*`' "$top/README.md" | tr -d '`' | while read -r program words; do
	for word in $words; do
		case $word in
		-*) "$program" --help | grep -qE -- "(^|[ ,])$word([ ,]|\$)" || echo "$program $word" ;;
		esac
	done
done >unknown
is 'README.md names options that there are' "$(cat unknown)" ''
is 'README.md names the packages that it takes' "$(sed -n 's/^# apt install //p' "$top/README.md")" \
	"$(sed -n "s/^build='\(.*\)'/\1/p" "$top/scripts/packages" | sed 's/ libc6-dev / /')"

# --- what they read
sim() {
	f1-sim -y 2025 -c 4 -r 5 -l 1 -S "$@"
}
sim 1 >made/race.bin
sim 2 >made/captures/rain.bin
have zstd && zstd -q made/race.bin -o made/race.bin.zst && sim 3 | zstd -q >made/captures/sun.bin.zst

listening() {
	grep -qi ":$hex [0-9A-F]*:0000 " /proc/net/udp /proc/net/udp6 2>/dev/null
}

# a port below those that the kernel gives to others meanwhile
while :; do
	port=$((10000 + $(od -An -N2 -tu2 /dev/urandom) % 10000))
	hex=$(printf '%04X' "$port")
	listening || break
done

# the game: a short race in a second
play() {
	f1-sim -y 2025 -c 4 -r 5 -l 1 -s 100 -u "127.0.0.1:$port"
}

# a network capture, without rights: datagrams in made-up frames of bare IP
if have python3; then
	cat >capture.py <<-'END'
		import socket, struct, sys, time
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind(('127.0.0.1', int(sys.argv[1])))
		s.settimeout(20)
		with open(sys.argv[2], 'wb') as f:
		    f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
		    try:
		        while True:
		            p = s.recv(4096)
		            s.settimeout(1)
		            now = time.time()
		            p = struct.pack('>BBHHHBBH4s4sHHHH', 0x45, 0, len(p) + 28, 0, 0, 64, 17, 0, b'\x7f\0\0\1', b'\x7f\0\0\1',
		                20777, 20777, len(p) + 8, 0) + p
		            f.write(struct.pack('<IIII', int(now), int(now % 1 * 1e6), len(p), len(p)) + p)
		    except socket.timeout:
		        pass
	END
	background python3 capture.py "$port" made/race.pcap
	until_true listening
	play
	finish "$pid"
	cp made/race.pcap made/captures/wind.pcap
fi

# --- a database
postgres=
chmod 711 "$tmp"	# the server is another user when we are root
if have psql && "$top/scripts/pg-local" start "$tmp/pg" fsync=off >pg.out 2>&1; then
	postgres=1
	at_exit "'$top/scripts/pg-local' stop '$tmp/pg' immediate 2>/dev/null"
	PGHOST=$tmp/pg PGUSER=postgres PGDATABASE=f1 PAGER=
	export PGHOST PGUSER PGDATABASE PAGER
fi

# --- a broker; its port stands in place of the usual one
broker=
if have f1-kafka java mvn kcat && F1_BROKERS=$("$top/scripts/kafka-local" start "$tmp/kafka" num.partitions=3 2>kafka.out); then
	broker=1
	at_exit "'$top/scripts/kafka-local' stop '$tmp/kafka' kill 2>/dev/null"
	export F1_BROKERS
fi

# --- what stands at the head of a live pipeline says who it is, so that it can be stopped as Ctrl-C would
wrap() {
	real=$(command -v "$1") || return 0
	cat >"wrap/$1" <<-END
		#!/bin/sh
		echo \$\$ >'$tmp/head'
		exec $real $2 "\$@"
	END
	chmod +x "wrap/$1"
}
wrap f1-listen "-p $port"
wrap socat
wrap nc
wrap tcpdump
printf '#!/bin/sh\nexec %s -l 127.0.0.1:0 "$@"\n' "$(command -v f1-ws)" >wrap/f1-ws	# whoever has the port of the default
chmod +x wrap/f1-ws
# it starts the others itself
cat >wrap/f1-live <<-END
	#!/bin/sh
	echo \$\$ >'$tmp/head'
	exec env F1_LISTEN='-p $port' F1_WS='-l 127.0.0.1:0' PATH='$PATH' f1-live "\$@"
END
chmod +x wrap/f1-live
printf '#!/bin/sh\nshift\nexec "$@"\n' >wrap/ssh
chmod +x wrap/ssh
XDG_CACHE_HOME=${XDG_CACHE_HOME:-$HOME/.cache}	# what was fetched once
HOME=$tmp/work
export XDG_CACHE_HOME HOME

# what is missing for a command, or nothing
missing() {
	for tool in jq zstd zstdcat socat nc tcpdump python3; do
		case " $1 " in
		*[\ \|]$tool\ *) have "$tool" || echo "no $tool here" ;;
		esac
	done
	case $1 in
	*race.pcap* | *.pcap*) have python3 || echo 'no python3 here to make a network capture' ;;
	*"nc -ul"*) nc -h 2>&1 | grep -q OpenBSD || echo 'nc is not that of OpenBSD' ;;
	*python3*) python3 -c 'import msgpack' 2>/dev/null || echo 'no python3-msgpack here' ;;
	esac
	case $1 in
	*"f1-pg --ddl"*) ;;
	*f1-pg* | *f1-load* | *f1-export* | *psql* | *F1_SINKS*pg*) [ -n "$postgres" ] || echo 'no PostgreSQL here' ;;
	esac
	case $1 in
	*f1-kafka* | *kcat*) [ -n "$broker" ] || echo 'no Kafka here' ;;
	esac
	for tool in f1-route f1-ws; do
		case $1 in
		*$tool*) have $tool || echo "no $tool here" ;;
		esac
	done
	case $1 in
	*zst*) have zstd || echo 'no zstd here' ;;
	esac
}

prepare() {
	rm -rf work/captures
	cp -r made/* work/
	rm -f head
	case $1 in
	*'f1-kafka -f msgpack'* | *kcat*'| jq'*)	# the topics have the other format, of other examples
		"$top/scripts/kafka-local" stop "$tmp/kafka" kill
		rm -r "$tmp/kafka/data"
		"$top/scripts/kafka-local" start "$tmp/kafka" >kafka.out
		;;
	esac
	case $1 in
	*"f1-pg --ddl"*) ;;
	*f1-pg* | *f1-load* | *F1_SINKS*pg*)
		psql -qc 'SET client_min_messages = warning; DROP SCHEMA IF EXISTS f1 CASCADE'
		case $1 in
		*--init*) ;;
		*--keep*) f1-decode made/race.bin | f1-pg --init ;;
		*) f1-pg --init </dev/null ;;
		esac
		;;
	*psql* | *f1-export*)
		f1-decode made/race.bin | f1-pg --init
		;;
	esac
}

run_example() {
	(cd work && PATH=$tmp/wrap:$PATH && exec timeout 120 sh "$1")
}

head_listens() {
	case $1 in
	*tcpdump*) grep -qE 'listening on|tcpdump: ' err ;;
	*) [ -s head ] && listening ;;
	esac
}

# runs it with the game on, and ends it at its head
run_live() {
	sink=
	case $2 in
	*tcpdump*)	# it looks on while the game sends to another
		start f1-listen -p "$port" >/dev/null 2>&1
		sink=$pid
		;;
	esac
	background run_example "$1" >out 2>err
	example=$pid
	until_true head_listens "$2" && play
	if [ -s head ]; then
		kill -s TERM "$(cat head)" 2>/dev/null
	fi
	[ -z "$sink" ] || stop "$sink"
	finish "$example"
}

# the result of a command is plausible
plausible() {
	# words for a failure
	cat err
	head -n 3 out
	if grep -q '^usage: ' err; then
		return 1
	fi
	file=$(sed -n 's/.*> \([a-z0-9]*\.[a-z0-9.]*\)$/\1/p; s/.*-w \([a-z][a-z0-9.]*\).*/\1/p' "$2" | tail -n 1)
	case $1 in
	*kcat*) ;;
	*f1-kafka*) kcat -b "$F1_BROKERS" -Q -t f1.lap_data:0:-1 -t f1.lap_data:1:-1 -t f1.lap_data:2:-1 | grep ' [1-9][0-9]*$' && return ;;
	esac
	case $1 in
	*f1-live\ -n) grep '^f1-listen .* | f1-decode .* | f1-route ' out && return ;;
	*F1_SINKS*pg*) psql -Atc 'SELECT count(*) FROM f1.lap_data' | grep '^[1-9]' && return ;;
	*f1-live) f1-decode work/captures/*-Race.bin | grep -c lap_data && return ;;
	*--probe) grep '^127.0.0.1:[0-9]* sends format 2025' out && return ;;
	*"<<'END'"*python3*) grep -E '^[1-9][0-9]* km/h$' out && return ;;
	*"f1-pg --ddl"*) grep -c 'CREATE TABLE' "work/$file" && return ;;
	*f1.lap_history*f1-pg*) psql -Atc 'SELECT count(*) FROM f1.lap_history' | grep '^[1-9]' && return ;;
	*--names*) psql -Atc 'SELECT count(*) FROM f1.league_drivers' | grep '^[1-9]' && return ;;
	*f1-export\ --list*) cut -f 5 out | grep '^Race$' && return ;;
	*f1-export*\ -o\ sheets*) grep , work/sheets/points.csv && jq . work/sheets/laps.json && return ;;
	*f1-load*psql*) grep -E '^\([1-9][0-9]* rows?\)$' out && return ;;
	*f1-pg* | *f1-load*) psql -Atc 'SELECT count(*) FROM f1.lap_data' | grep '^[1-9]' && return ;;
	*f1-ws) return ;;
	*f1-ws\ -v) grep 'f1-ws: [1-9][0-9]* records, 0 rejected' err && return ;;
	*f1-ws\ -l*) return ;;
	*psql*) grep -E '^\([1-9][0-9]* rows?\)$' out && return ;;
	*/dev/null | "f1-replay "*" -u "*) return ;;
	esac
	case $file in
	*.bin.zst) zstd -q -t "work/$file" && [ "$(zstdcat "work/$file" | f1-decode 2>/dev/null | wc -c)" -gt 100000 ] && return ;;
	*.bin | *.pcap) [ "$(f1-decode "work/$file" | wc -c)" -gt 100000 ] && return ;;
	?*) test -s "work/$file" && return ;;
	esac
	[ -s out ] || return
	case $1 in
	*--layout* | *uniq*) return ;;
	*) jq . out >/dev/null ;;
	esac
}

for example in examples/*; do
	where=$(sed -n '1s/^# //p' "$example")
	command=$(sed -e 1d -e "s/20777/$port/g" -e "s/localhost:9092/${F1_BROKERS-}/g" -e 's/:3001/:0/g' -e 's,build/bin/,,g' -e 's/^[0-9*]* [0-9*]* \* \* \* //' "$example")
	printf '%s\n' "$command" >"$tmp/command"
	name="$where: $(sed -e 1d -e 's/#/\\#/g' "$example" | head -n 1)"
	why=$(missing "$command" | head -n 1)
	if [ -n "$why" ]; then
		skip "$why ($where)" 2
		continue
	fi
	prepare "$command"
	case $command in
	*f1-live\ -n) run run_example "$tmp/command" >out 2>err </dev/null ;;
	*f1-listen* | *f1-live* | *UDP-RECV* | *"nc -ul"* | *"tcpdump -i"*)
		run_live "$tmp/command" "$command"
		if grep -qE 'tcpdump: .*(permission|permitted|No such device)' err; then
			skip "tcpdump may not capture here ($where)" 2
			continue
		fi
		# who is alone in its pipeline was ended by our signal
		case $command in
		*\|*) ;;
		*) [ "$status" -ne 143 ] || status=0 ;;
		esac
		;;
	*)
		run run_example "$tmp/command" >out 2>err </dev/null
		;;
	esac
	is "$name" "$status" 0
	ok "$where: a plausible result" plausible "$command" "$tmp/command"
done

done_testing
