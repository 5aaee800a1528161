#!/bin/sh
# the corpora of tests/fuzz: every entry takes all that was found to be hard
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

for entry in "$top"/tests/fuzz/*.c; do
	name=$(basename "$entry" .c)
	[ "$name" = replay ] && continue
	replay=$O/fuzz/replay-$name
	if ! [ -x "$replay" ]; then
		skip "$name: not built (make fuzz-replay)"
		continue
	fi
	corpus=$top/tests/fuzz/corpus/$name
	got=$("$replay" "$corpus" 2>err)
	is "$name" "$got" "$(find "$corpus" -type f ! -name '.*' | wc -l | tr -d ' ') inputs" || tail -n 20 err | note
done

done_testing
