#!/bin/sh
# the shortest text of a float32, against strtof
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need tests/shortest
"$O/tests/shortest"
