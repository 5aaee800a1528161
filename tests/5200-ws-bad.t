#!/bin/sh
# f1-ws: clients that do wrong, many, slow or mute, take nothing from the others, nor memory or descriptors
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/ws.sh
. "$top/tests/ws.sh"
need f1-ws f1-decode f1-sim python3

f1-sim -y 2025 -c 3 -r 2 -l 1 --duration 2 | f1-decode >race.f1

# freed memory goes back in sanitizer builds, too
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=1
export ASAN_OPTIONS

resident() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status"
}
descriptors() {
	find "/proc/$server/fd" -mindepth 1 | wc -l
}
# f1-ws closes connections when its loop comes to it
few_descriptors() {
	[ "$(descriptors)" -le "$((before + 1))" ]
}

serve -v --timeout 3
before=$(descriptors)
client good "$port" /session
good=$pid

# --- frames
by_hand bad "$port" >outcomes 2>&1
outcome() {
	sed -n "s/^$1: //p" outcomes
}
is 'a ping is answered' "$(outcome 'a ping')" 'pong hello'
is 'a message is ignored' "$(outcome 'a message')" 'pong after'
is 'a message in parts is ignored' "$(outcome 'a message in parts')" 'pong after'
is 'goodbye is answered' "$(outcome goodbye)" 'closed 1000'
for case in 'a message too large' 'parts too large'; do
	is "$case: 1009" "$(outcome "$case")" 'closed 1009'
done
for case in 'bad UTF-8' 'half a character'; do
	is "$case: 1007" "$(outcome "$case")" 'closed 1007'
done
for case in 'opcode 3' 'opcode 11' 'reserved bits' 'a ping in parts' 'a continuation of nothing' 'a message within another'; do
	is "$case: 1002" "$(outcome "$case")" 'closed 1002'
done
for case in 'endless parts' 'a length of 2^63' 'a length of 2^40' 'a long ping' 'goodbye with a bad code' 'goodbye of one byte' garbage; do
	like "$case: closed" "$(sed -n "s/^$(printf '%s' "$case" | sed 's/\^/\\^/'): //p" outcomes)" '^closed'
done

# --- what is no HTTP
for kind in random headers line half; do
	case $kind in
	random) head -c 100000 /dev/urandom ;;
	headers) printf 'GET / HTTP/1.1\r\nHost: localhost\r\nX: ' && head -c 100000 /dev/zero | tr '\0' x ;;
	line) printf 'GET /' && head -c 100000 /dev/zero | tr '\0' x ;;
	half) printf 'GET / HT' ;;
	esac >sent
	by_hand raw "$port" <sent >answer 2>&1
	ok "$kind: nothing is served" sh -c '! grep -aq "200 OK" answer'
done

# --- many
by_hand many "$port" 2000 >many.out 2>&1
is '2,000 connections come and go' "$(cat many.out)" 'done'
ok 'their descriptors are given back' until_true few_descriptors
memory=$(resident)
by_hand many "$port" 2000 >many.out 2>&1
ok 'their descriptors are given back again' until_true few_descriptors
ok "no memory stays behind ($memory kB, then $(resident))" test "$(resident)" -le $((memory + 2048))

# --- a byte at a time, and mute
is 'who holds 1,000 connections keeps nobody out' "$(by_hand crowd "$port" 1000)" 101
is 'whoever sends headers for ever is closed' "$(by_hand loris "$port" 400 30)" '0 left'
ok 'their descriptors are given back, too' until_true few_descriptors
is '--timeout: whoever answers no ping is closed' "$(by_hand mute "$port" /event 20)" 'closed after pings'

# --- and all the time
is 'it lives' "$(ask "$port" /healthz)" 200
cat race.f1 >&3
exec 3>&-
finish "$good"
finish "$server"
is 'it ends well' "$status" 0
is 'a client that answers was served all the time' "$(wc -l <good.out | tr -d ' ')" \
	"$(f1-sim -y 2025 -c 3 -r 2 -l 1 --duration 2 | f1-decode --json | grep -c '"packet":"session",')"
is 'and has no other end' "$(tail -n 1 good.err)" 'closed 1001'
done_testing
