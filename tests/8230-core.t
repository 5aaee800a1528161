#!/bin/sh
# the core, f1-listen, f1-decode and f1-route, where there is little: no library but msgpack-c, another C library, a Raspberry Pi
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-decode f1-sim
have make || skip_all 'no make here'

core='f1-listen f1-decode f1-route'
for year in 2018 2022 2026; do
	f1-sim -y $year -c 4 -l 1 --duration 30
done >race.bin
f1-decode race.bin >race.f1
# headers that are the same for all machines, for compilers that know only their own
include=$(echo '#include <msgpack.h>' | cc -E -H - 2>&1 >/dev/null | sed -n 's,^\. \(.*\)/msgpack\.h$,\1,p')
mkdir headers
for name in msgpack msgpack.h linux asm-generic; do
	ln -s "${include:-/usr/include}/$name" headers/
done
for folder in /usr/include/asm "/usr/include/$(cc -print-multiarch 2>/dev/null)/asm"; do
	[ ! -e "$folder" ] || ln -sfn "$folder" headers/asm
done

# build NAME [VARIABLE=VALUE]...: makes the core in a folder of that name
build() {
	folder=$tmp/$1
	shift
	# shellcheck disable=SC2086	# words are wanted
	env -u MAKEFLAGS make -C "$top" O="$folder" PKG_CONFIG=false CFLAGS=-O1 LDFLAGS= "$@" $core >"$folder.log" 2>&1 || { tail -n 20 "$folder.log"; false; }
}

if ok 'without pkg-config and libpcap' build core; then
	core/bin/f1-decode race.bin >got
	same 'f1-decode decodes' race.f1 got
	core/bin/f1-decode race.bin | core/bin/f1-route '*=got'
	same 'f1-route routes' race.f1 got
	printf '\324\303\262\241' >game.pcap
	run core/bin/f1-decode game.pcap 2>err
	is 'a capture of the network: status' "$status" 65
	is 'and why' "$(cat err)" 'f1-decode: game.pcap: a pcap or pcapng file, and this program was built without libpcap'
fi

if have musl-gcc; then
	if ok 'musl' build musl CC=musl-gcc CPPFLAGS="-I$tmp/headers"; then
		musl/bin/f1-decode race.bin | musl/bin/f1-route '*=got'
		same 'musl: f1-decode and f1-route' race.f1 got
		start musl/bin/f1-listen -a 127.0.0.1 -p 0 -w heard.bin >out 2>err
		f1-sim -y 2024 -c 2 -l 1 --duration 5 -s 0 -u "127.0.0.1:$ready"
		stop "$pid"
		same 'musl: f1-listen' out heard.bin
		ok 'heard something' test -s out
	fi
else
	skip 'no musl-gcc here' 4
fi

if have aarch64-linux-gnu-gcc qemu-aarch64; then
	if ok 'arm64' build arm64 CC=aarch64-linux-gnu-gcc CPPFLAGS="-I$tmp/headers"; then
		qemu-aarch64 -L /usr/aarch64-linux-gnu arm64/bin/f1-decode race.bin >got
		same 'arm64: f1-decode' race.f1 got
	fi
else
	skip 'no cross compiler for arm64, or no qemu-user, here' 2
fi
done_testing
