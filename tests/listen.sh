# shellcheck shell=sh
# listen: what the tests of f1-listen have in common; read after lib.sh
# SPDX-License-Identifier: MIT

# the variables are for the tests that read this
# shellcheck disable=SC2034,SC2154

# send HOST PORT SET FILE: sends a set of datagrams and writes them to FILE. A set is a year (each of its packets with
# random fields, headers and lengths from lib/layout), foreign, a number N of packets, endless, or the name of a raw
# capture of 2023 to 2025.
# It does not get ahead of the receiver by more than any socket holds, but with BURST in the environment; FROM is the address
# to send from, if that is not HOST; GAP, such as 60-66, is the frames of a capture to leave out.
send() {
	python3 "$top/tests/send.py" "$top" "$@"
}

# listen OUT [OPTION]…: a listener with its stdout at OUT; what it says comes by descriptor 7
listen() {
	out=$1
	shift
	rm -f err
	mkfifo err
	exec 6<>err
	start f1-listen -a 127.0.0.1 -p 0 "$@" >"$out" 2>err
	exec 7<err 6>&-
}

# received N: asks the listener for its counters until it has N datagrams or more; the last line is in $line
# shellcheck disable=SC2317
received() {
	tries=0
	while [ $((tries += 1)) -lt 20000 ] && kill -s USR1 "$pid"; do
		while read -r line <&7; do
			case $line in
			"f1-listen: "[0-9]*" datagrams, "*) break ;;
			esac
		done
		n=$(counted datagrams)
		[ "${n:-0}" -lt "$1" ] || return 0
	done
	note "waited for $1 datagrams, last said: $line"
	return 1
}

# a count of the line of counters: counted NAME
counted() {
	printf '%s\n' "$line" | sed -n "s/.* \\([0-9]*\\) $1.*/\\1/p"
}

bytes() {
	wc -c <"$1" | tr -d ' '
}

# wait_line PATTERN: reads what the listener says until a line matches
# shellcheck disable=SC2317
wait_line() {
	while read -r line <&7; do
		printf '%s\n' "$line" | grep -qE -e "$1" && return
	done
	return 1
}
