# shellcheck shell=sh
# ws: what the tests of f1-ws have in common; read after lib.sh
# SPDX-License-Identifier: MIT

# the variables are for the tests that read this
# shellcheck disable=SC2034,SC2154

# by_hand COMMAND PORT [ARG]…: see ws.py
by_hand() {
	timeout 120 python3 "$top/tests/ws.py" "$@"
}

# serve [OPTION]…: f1-ws reads what is written to descriptor 3 (exec 3>&- ends it); $server is its id, $port its port, what
# it says is in said, and stdout in out
serve() {
	rm -f in
	mkfifo in
	exec 5<>in	# opening an end waits for the other
	start f1-ws -l 127.0.0.1:0 "$@" <in >out 2>said
	exec 3>in 5<&-
	server=$pid port=$ready
}

# client NAME PORT TARGET [HEADER]…: a client in the background, once it is open; NAME.out has its messages, NAME.err what
# else it says; its id is in $pid
client() {
	name=$1
	shift
	client_of "$name" timeout 120 python3 "$top/tests/ws.py" read "$@"
}

# client_of NAME COMMAND…: the same for another command; no function, which would keep descriptor 3
client_of() {
	name=$1
	shift
	rm -f open
	mkfifo open
	exec 5<>open
	READY=/dev/fd/9
	export READY
	background "$@" >"$name.out" 2>"$name.err" 9>open	# whose end is the end of what is read here
	unset READY
	exec 6<open 5<&-
	read -r opened <&6
	exec 6<&-
}

# ask PORT TARGET [HEADER]…: the status that a GET is answered with; the answer is in answer
ask() {
	by_hand get "$@" >answer 2>answer.err
	sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' answer
}

# a counter of --metrics as /metrics tells it: counter NAME
counter() {
	by_hand get "$port" /metrics | tr -d '\r' | sed -n "s/^f1_ws_$1 //p"
}

# has_read NUMBER: has it read so many records?
has_read() {
	[ "$(counter records_total)" -eq "$1" ]
}
