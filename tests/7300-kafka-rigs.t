#!/bin/sh
# many rigs: four games at once, by one listener or by four, into the same topics: all of each session is there, in order by
# car, and a real game's race comes through byte for byte
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/kafka.sh
. "$top/tests/kafka.sh"
need f1-kafka f1-decode f1-sim f1-listen python3
kafka_start num.partitions=3

# listen NAME TOPIC: a listener at $port; its raw stream goes to NAME.bin, its records to NAME.f1 and to the topic
listen() {
	mkfifo "$1.port"
	# shellcheck disable=SC2016
	background sh -c '
		{
			f1-listen -a 127.0.0.1 -p 0 --ready-fd 9 9>"$1.port" &
			echo $! >"$1.pid"
			wait
		} | tee "$1.bin" | f1-decode -t now | tee "$1.f1" | f1-kafka -f msgpack -t "$2"' sh "$1" "$2"
	echo "$pid" >"$1.pipeline"
	read -r port <"$1.port"
}

# over NAME: ends it at its head
over() {
	kill -s TERM "$(cat "$1.pid")"
	finish "$(cat "$1.pipeline")"
}

# play SEED PORT: a game
play() {
	background f1-sim -y 2025 -c 4 -l 1 -r 5 -S "$1" -s 40 -u "127.0.0.1:$2"
	games="$games $pid"
}

games_over() {
	for game in $games; do
		finish "$game"
	done
}

# all NAME TOPIC FRAMES RAW: are the records of FRAMES the messages of TOPIC? They are those of the raw captures
all() {
	consume_all "$2" >messages
	# shellcheck disable=SC2086
	f1-decode --json $4 >records.json
	ok "$1" python3 "$top/tests/messages.py" msgpack 3 records.json "$3" <messages
	ok "$1: of all four sessions" test "$(cut -d '"' -f 12 records.json | sort -u | wc -l)" -ge 4
}

games=
listen one one
for seed in 1 2 3 4; do
	play $seed "$port"
done
games_over
over one
is 'four games, one listener: status' "$status" 0
all 'four games, one listener: each record once, in order by session and car' one one.f1 one.bin

games=
for seed in 1 2 3 4; do
	listen rig$seed rigs
	echo "$port" >rig$seed.at
done
for seed in 1 2 3 4; do
	play $seed "$(cat rig$seed.at)"
done
games_over
failed=0
for seed in 1 2 3 4; do
	over rig$seed
	[ "$status" -eq 0 ] || failed=$status
done
is 'four games, four listeners: status' "$failed" 0
cat rig[1-4].f1 >rigs.f1
all 'four games, four listeners: each record once, in order by session and car' rigs rigs.f1 'rig1.bin rig2.bin rig3.bin rig4.bin'
consume rigs -f '%k %p\n' | sort -u >places
is 'a car is in one partition' "$(cut -d ' ' -f 1 places | uniq -d)" ''

# --- a real race
for captures in ${F1_CAPTURES+"$F1_CAPTURES"} "$top/../shared/captures" "$top/../../shared/captures" ''; do
	[ -d "$captures" ] && break
done
if [ -n "$captures" ] && have zstd; then
	run f1-kafka --create-topics partitions=1 -t spa </dev/null
	zstdcat "$captures"/*spa-online.bin.zst | f1-decode >spa.f1
	run f1-kafka -v -f msgpack -t spa <spa.f1 2>err
	is 'Spa: status' "$status" 0
	ok 'Spa: all records of the race' test "$(ends spa | cut -d ' ' -f 2)" -gt 800000
	consume spa -f '%R%s' | cmp - spa.f1 >differ 2>&1
	is 'Spa: the messages are the records, byte for byte and in order' "$(cat differ)" ''
	rm spa.f1
	run f1-kafka --create-topics partitions=1 -t spa-json </dev/null
	zstdcat "$captures"/*spa-online.bin.zst | f1-decode | head -c 300000000 >spa.f1
	f1-kafka -t spa-json <spa.f1 2>/dev/null
	consume spa-json -f '%s\n' >got
	zstdcat "$captures"/*spa-online.bin.zst | f1-decode --json | head -n "$(wc -l <got)" | cmp - got >differ 2>&1
	is 'Spa: the JSON is that of f1-decode --json' "$(cat differ)" ''
else
	skip 'no captures of real games here' 4
fi
done_testing
