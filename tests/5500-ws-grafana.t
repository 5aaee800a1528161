#!/bin/sh
# f1-ws: the Grafana dashboard shows what f1-ws sends, and asks as the WebSocket plugin and Grafana allow
# SPDX-License-Identifier: MIT

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-sim f1-decode f1-ws jq node
grafana=$top/f1-ws/grafana
dashboard=$grafana/dashboards/f1-live.json
sources=$grafana/provisioning/datasources/f1.yaml

ok 'the dashboard is JSON' jq -e .panels "$dashboard"
is 'it has a uid of its own, and each panel a number' \
	"$(jq -r '[.uid, (.panels | length == (map(.id) | unique | length))] | map(tostring) | join(" ")' "$dashboard")" 'f1-live true'
is 'no panel lies on another' "$(jq '[.panels[].gridPos | [range(.x; .x + .w)] as $xs | [range(.y; .y + .h)] as $ys |
	$xs[] as $x | $ys[] as $y | [$x, $y]] | length == (unique | length) and (map(.[0]) | max) < 24' "$dashboard")" true
for uid in $(jq -r '[.. | .datasource? | objects | "\(.uid)/\(.type)"] | unique[]' "$dashboard"); do
	ok "$uid is provisioned" grep -qx -A 6 "    uid: ${uid%/*}" "$sources"
	ok "$uid: with that type" grep -qx "    type: ${uid#*/}" "$sources"
done

# the plugin's settings: two names for the address, and texts only
settings=$(awk '/^  - name:/ { ours = /F1 live/ } ours && /^      [a-zA-Z]/' "$sources")
is 'host and url are the same' "$(printf '%s\n' "$settings" | sed -n 's/^ *\(host\|url\): //p' | sort -u | wc -l)" 1
is 'both are there' "$(printf '%s\n' "$settings" | grep -c -E '^ +(host|url): ')" 2
is 'all settings are texts' "$(printf '%s\n' "$settings" | grep -v -c "^ *[a-zA-Z0-9]*: '[^']*'\$")" 0
ok 'the dashboards are where make install puts them' grep -q "^      path: /usr/local/share/f1/grafana/dashboards\$" \
	"$grafana/provisioning/dashboards/f1.yaml"

# the fields that panels show must be there in every year
mkfifo game feed
for year in 2018 2019 2020 2021 2022 2023 2024 2025 2026; do
	exec 5<>feed
	start f1-ws -l 127.0.0.1:0 <feed
	# a race for as long as node needs
	f1-sim -y $year -c 20 -l 5 -r 30 -s 8 >game 5>&- &
	race=$!
	f1-decode -t now <game >feed 5>&- &
	node "$top/tests/browser/grafana.mjs" "$dashboard" "$ready" $year >said 2>&1
	while read -r word dash name; do
		case $word-$dash in
		ok--) ok "$name" true ;;
		not-ok) ok "${name#- }" false ;;
		*) note "$word $dash $name" ;;
		esac
	done <said
	is "$year: all panels were looked at" "$(tail -n 1 said)" '# all'
	kill $race
	wait $race $!
	exec 5>&-
	finish "$pid"
done

# the query of the database
if have f1-pg psql && [ -d /usr/lib/postgresql ]; then
	pg_start
	f1-pg --init </dev/null
	f1-sim -y 2024 -c 20 -l 3 -r 10 | f1-decode -t now | f1-pg
	sql "$(jq -r '.panels[].targets[] | select(.rawSql).rawSql' "$dashboard")" >rows
	is 'the laps of the last session come, the fastest first' "$(wc -l <rows)" 20
	ok 'in order' sort -c -s -t '|' -k 3,3n rows
else
	skip 'no PostgreSQL here' 2
fi
done_testing
