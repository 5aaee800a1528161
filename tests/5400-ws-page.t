#!/bin/sh
# f1-ws: the live page in a real browser, from UDP to what stands on the screen
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need f1-sim f1-listen f1-decode f1-ws node
browser=
for name in chromium chromium-browser google-chrome; do
	have "$name" && browser=$(command -v "$name") && break
done
[ -n "$browser" ] || skip_all 'no chromium here'
[ -d "$top/tests/browser/node_modules/playwright-core" ] || skip_all 'no playwright-core here: npm ci in tests/browser'
[ -f "$O/share/f1/www/index.html" ] || skip_all 'the page is not built'

# it prints the TAP
BROWSER=$browser timeout -k 10 300 node "$top/tests/browser/live-page.mjs"
