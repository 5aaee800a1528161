#!/bin/sh
# the buffer of f1-route against a model: what is written, dropped, and comes back when a reader ends
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need tests/route-buffer

for size in 131072 524288 8388608; do
	for share in 50 80; do
		for seed in 1 2 3; do
			ok "$size bytes, $share % added, seed $seed" "$O/tests/route-buffer" $seed $size $share
		done
	done
done
done_testing
