#!/bin/sh
# the shortest text of a float32, against strtof
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
[ -x "$O/tests/shortest" ] || skip_all 'tests/shortest is not built: make check'
"$O/tests/shortest"
