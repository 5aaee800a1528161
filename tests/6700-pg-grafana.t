#!/bin/sh
# f1-pg: the Grafana dashboards hold together, are as Grafana's types want them, and every query answers what its panel needs
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-listen f1-ws f1-sim jq node
grafana=$top/f1-pg/grafana
sources=$grafana/provisioning/datasources/f1-pg.yaml

# tap FILE: the lines of a program of tests/grafana, counted here; it must have come to its end
tap() {
	while read -r word dash name; do
		case $word-$dash in
		ok--) ok "$name" true ;;
		not-ok) ok "${name#- }" false ;;
		*) note "$word $dash $name" ;;
		esac
	done <"$1"
	is 'to the end' "$(tail -n 1 "$1")" '# all'
}

node "$top/tests/grafana/static.mjs" "$sources" "$grafana"/dashboards/*.json >said 2>&1
tap said
is 'no uid is also one of f1-ws' "$(jq -r .uid "$grafana"/dashboards/*.json "$top"/f1-ws/grafana/dashboards/*.json | sort | uniq -d)" ''
ok 'the dashboards are where make install puts them' grep -q '^      path: /usr/local/share/f1/pg/grafana/dashboards$' \
	"$grafana/provisioning/dashboards/f1-pg.yaml"
# both may be copied into one Grafana
block() {
	sed -n '/^  - name: F1 database/,/^$/p' "$1" | grep -v '^$'
}
is 'the database is that of f1-ws' "$(block "$sources")" "$(block "$top/f1-ws/grafana/provisioning/datasources/f1.yaml")"
ok 'and no file would go over one of f1-ws' test -z "$( (cd "$grafana/provisioning" && find . -type f; cd "$top/f1-ws/grafana/provisioning" &&
	find . -type f) | sort | uniq -d)"
is 'no password in a file' "$(grep -h 'password:' "$sources" | sed 's/.*: //')" "\$F1_GRAFANA_PGPASSWORD"

if [ -e "$top/tests/grafana/node_modules/typescript/package.json" ]; then
	ok "the types of Grafana's schema" node "$top/tests/grafana/types.mjs" "$grafana"/dashboards/*.json
	# which see what is wrong
	mkdir wrong
	jq '(.panels[] | select(.type == "trend") | .options.legend.placement) |= "left"' "$grafana/dashboards/f1-car.json" >wrong/f1-car.json
	run node "$top/tests/grafana/types.mjs" wrong/f1-car.json >said 2>&1
	like 'they refuse a legend on the left' "$status $(cat said)" '^1 f1-car.json: panel [0-9]+: options: .*left'
else
	skip 'no @grafana/schema in tests/grafana: npm ci gets it' 2
fi

# what the health of the pipeline asks of Prometheus, the programs must write
f1-sim -y 2023 -c 4 -l 1 -r 5 --duration 5 >short.bin
start f1-listen -p 0 --metrics listen.prom >/dev/null
stop "$pid"
f1-decode --metrics decode.prom short.bin >short.f1
mkfifo feed
exec 5<>feed
start f1-ws -l 127.0.0.1:0 --metrics ws.prom <feed
exec 5>&-
finish "$pid"

pg_start jit=off
f1-pg --init --reader grafana --metrics pg.prom </dev/null
cat ./*.prom | grep -o '^f1_[a-z_]*' | sort -u >written
jq -r '.panels[].targets[]?.expr // empty' "$grafana/dashboards/f1-health.json" | grep -o 'f1_[a-z_]*' | sort -u >asked
ok 'metrics are asked for' test "$(wc -l <asked)" -gt 10
is 'and all of them are written' "$(comm -23 asked written)" ''
if have prometheus; then
	(mkdir prometheus && cd prometheus && exec node "$top/tests/grafana/metrics.mjs" "$grafana/dashboards/f1-health.json" "$tmp"/*.prom) >said 2>&1
	tap said
else
	skip 'no prometheus here'
fi

# nothing there yet: no error, and nothing to show
PGUSER=grafana node "$top/tests/grafana/queries.mjs" empty "$grafana"/dashboards/*.json >said 2>&1
tap said

# a season, by the reader's eyes
seed=0
race() {
	seed=$((seed + 1))
	f1-sim -S "$seed" -r 6 --lap-length 2500 "$@" | f1-decode ${epoch:+-t "$epoch"} | f1-pg || note "f1-pg: status $?"
}
race -y 2018 -c 6 -l 4
epoch=1700000000
race -y 2020 -c 8 -l 6 --scene flashback,weekend
race -y 2021 -c 8 -l 6 --scene late-start
epoch=
race -y 2023 -c 10 -l 6 --scene flashback,save-reload
race -y 2023 -c 10 -l 6 --scene red-flag,restricted
epoch=1760000000
race -y 2025 -c 10 -l 6 --scene flashback,weekend
race -y 2022 -c 1 -l 3
race -y 2024 -c 4 -l 1
for spa in ${F1_CAPTURES+"$F1_CAPTURES"/} "$top/../shared/captures/" "$top/../../shared/captures/"; do
	spa=${spa}f1-2020-patricknoir-spa-online.bin.zst
	! [ -e "$spa" ] || ! have zstd || break
done
if [ -e "$spa" ] && have zstd; then
	zstdcat "$spa" | f1-decode | f1-pg
else
	note 'without the race at Spa: it is not here'
fi
sql 'ANALYZE'
PGUSER=grafana node "$top/tests/grafana/queries.mjs" "$grafana"/dashboards/*.json >said 2>&1
tap said
done_testing
