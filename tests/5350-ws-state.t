#!/bin/sh
# f1-ws: what the live page knows, without a browser
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need node

# it prints the TAP
timeout -k 10 60 node "$top/tests/browser/state.mjs"
