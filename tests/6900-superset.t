#!/bin/sh
# f1-pg/superset: the queries run, and a real Superset takes the bundle, twice, and shows every chart with rows; make
# check-superset runs the second half, since Superset is large
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim python3 psql
bundle=$top/scripts/superset-bundle
sources=$top/f1-pg/superset
uri="postgresql://postgres@/f1?host=$tmp/pg"

# --- the bundle
for bad in '' 'a b c' 'mysql://u@h/d' 'postgresql://u@h' 'postgresql://u@h:x/d' 'postgresql://u:secret@h/d' 'postgresql://u@h/d?password=secret' '--nothing'; do
	# shellcheck disable=SC2086	# words are wanted
	run "$bundle" $bad >out 2>err
	is "superset-bundle $bad: status" "$status" 64
done
run env PGPASSWORD=x "$bundle" postgresql://h/d out.zip 2>err
is 'a password, and nobody to have it: status' "$status" 64
run "$bundle" "$uri" nowhere/x.zip 2>err
is 'no such folder' "$status $(cat err)" '74 superset-bundle: nowhere/x.zip: No such file or directory'
is 'and no file is left' "$(ls -A nowhere ./*.zip .superset* 2>/dev/null)" ''
run "$bundle" "$uri" one.zip
is 'the bundle: status' "$status" 0
"$bundle" "$uri" two.zip
same 'the same each time' one.zip two.zip
is 'it is for its owner alone' "$(stat -c %a one.zip)" 600
python3 -m zipfile -e one.zip one
is 'one root folder' "$(ls -A one)" f1-superset
is 'all that there is, and nothing else' "$(cd one/f1-superset && find . -type f | sort)" "$(cd "$sources" && find . -name '*.yaml' | sort)"
is 'the address is in it' "$(grep -h sqlalchemy_uri one/f1-superset/databases/*)" "sqlalchemy_uri: '$uri'"
PGPASSWORD="p@s:/'%" "$bundle" 'postgres://eva%40x@[::1]:5433/f1%#2?sslmode=require' three.zip
python3 -m zipfile -e three.zip three
is 'with a password of the environment' "$(grep -h sqlalchemy_uri three/f1-superset/databases/*)" \
	"sqlalchemy_uri: 'postgresql://eva%40x:p%40s%3A%2F%27%25@[::1]:5433/f1%#2?sslmode=require'"

# --- the sources: one uuid each, and what is named is there
uuids() {
	sed -n 's/^uuid: //p' "$@" | sort
}
ok 'version and type' grep -qx 'type: Dashboard' "$sources/metadata.yaml"
is 'no uuid twice' "$(uuids "$sources"/*/*.yaml | uniq -d)" ''
is 'every chart has its dataset' "$(sed -n 's/^dataset_uuid: //p' "$sources"/charts/*.yaml | sort -u)" "$(uuids "$sources"/datasets/*.yaml)"
is 'every dataset has the database' "$(sed -n 's/^database_uuid: //p' "$sources"/datasets/*.yaml | sort -u)" "$(uuids "$sources"/databases/*.yaml)"
is 'every chart is on the dashboard' "$(sed -n 's/^      uuid: //p' "$sources"/dashboards/*.yaml | sort)" "$(uuids "$sources"/charts/*.yaml)"

# --- the queries of the datasets, against a season and, if it is there, Spa
pg_start jit=off
fresh
for week in 1 2 3 4; do
	f1-sim -y 2025 -c 10 -l 8 -r 4 --lap-length 3000 -S "$week" | f1-decode -t $((1700000000 + 604800 * week)) | f1-pg
done
for captures in ${F1_CAPTURES+"$F1_CAPTURES"} "$top/../shared/captures" "$top/../../shared/captures" ''; do
	[ -d "$captures" ] && break
done
spa=$captures/f1-2020-patricknoir-spa-online.bin.zst
if [ -e "$spa" ] && have zstd; then
	zstdcat "$spa" | f1-decode -t 1710000000 | f1-pg
fi
for file in "$sources"/datasets/*.yaml; do
	name=$(basename "$file" .yaml)
	awk '/^sql: \|/ { inside = 1; next } /^[^ ]/ { inside = 0 } inside' "$file" >"$name.sql"
	psql -Xq --csv -v ON_ERROR_STOP=1 -f "$name.sql" >"$name.csv" 2>err || note <err
	is "$name: its columns are those of the query" "$(head -n 1 "$name.csv" | tr ',' '\n' | sort)" "$(sed -n 's/^- column_name: //p' "$file" | sort)"
	ok "$name: rows" test "$(wc -l <"$name.csv")" -gt 10
	is "$name: its time is marked" "$(sed -n 's/^main_dttm_col: //p' "$file") $(grep -A 3 '^- column_name: raced_at' "$file" | sed -n 's/^  is_dttm: //p')" 'raced_at true'
	# no row is there twice, or gone
	view=$(sed -n 's/.*FROM f1\.\([a-z_]*\) [a-z]$/\1/p' "$name.sql")
	is "$name: as many as $view has" "$(($(wc -l <"$name.csv") - 1))" "$(sql "SELECT count(*) FROM f1.$view")"
done
is 'no two races have the same name' "$(sql "SELECT count(DISTINCT race) - count(DISTINCT race_name) FROM ($(cat f1_results.sql)) r")" 0
is 'no two cars of a race have the same name' "$(sql "SELECT count(*) FROM (SELECT race, driver FROM ($(cat f1_results.sql)) r GROUP BY 1, 2 HAVING count(*) > 1) d")" 0

# --- Superset
if [ -z "${F1_SUPERSET-}" ]; then
	skip 'Superset is large: make check-superset' 14
	done_testing
fi
need node
for name in chromium chromium-browser google-chrome; do
	have "$name" && BROWSER=$(command -v "$name") && break
done
export BROWSER
venv=${XDG_CACHE_HOME:-$HOME/.cache}/f1/superset-$(sha256sum "$sources/requirements.txt" | cut -c 1-16)
if [ ! -x "$venv/bin/superset" ]; then
	note 'fetching Superset from PyPI'
	mkdir -p "${venv%/*}"
	rm -rf "$venv"
	if ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q -r "$sources/requirements.txt"; } >pip.out 2>&1; then
		note <pip.out
		rm -rf "$venv"
	fi
fi
ok 'Superset is there' test -x "$venv/bin/superset"
cat >superset_config.py <<END
SECRET_KEY = '$(openssl rand -hex 32 2>/dev/null || od -An -N 32 -t x1 /dev/urandom | tr -d ' \n')'
SQLALCHEMY_DATABASE_URI = 'sqlite:///$tmp/superset.db?check_same_thread=false'
END
SUPERSET_CONFIG_PATH=$tmp/superset_config.py SUPERSET_HOME=$tmp/superset FLASK_APP=superset
export SUPERSET_CONFIG_PATH SUPERSET_HOME FLASK_APP
superset() {
	"$venv/bin/superset" "$@" >superset.out 2>&1 || { grep -v '^  ' superset.out | tail -n 20 | note; return 1; }
}
ok 'it makes its tables' superset db upgrade
ok 'it takes an administrator' superset fab create-admin --username admin --firstname Eva --lastname Huber --email eva@example.org --password f1-test
ok 'it is set up' superset init
"$bundle" "$uri" bundle.zip
ok 'it imports the bundle' superset import-dashboards -p bundle.zip -u admin
# objects: what there is, by uuid and name
objects() {
	python3 - <<-'END'
		import sqlite3
		c = sqlite3.connect('superset.db')
		for table, name in ('dbs', 'database_name'), ('tables', 'table_name'), ('slices', 'slice_name'), ('dashboards', 'dashboard_title'):
		    for uuid, name in sorted((bytes(u).hex(), n) for u, n in c.execute('SELECT uuid, %s FROM %s' % (name, table))):
		        print(table, uuid, name)
		for table in 'dashboard_slices', 'table_columns', 'sql_metrics':
		    print(table, c.execute('SELECT count(*) FROM ' + table).fetchone()[0])
	END
}
objects >first
is 'the objects have the uuids of the sources' "$(awk 'length($2) == 32 { print $2 }' first | sort)" "$(uuids "$sources"/*/*.yaml | tr -d -)"
ok 'it imports it again' superset import-dashboards -p bundle.zip -u admin
objects >second
same 'imported twice is the same' first second

# a server, on a port of its own choice, and a browser
background "$venv/bin/gunicorn" -b 127.0.0.1:0 -k gthread --threads 6 --timeout 120 'superset.app:create_app()' >server.out 2>&1
until port=$(sed -n 's/.*Listening at: http:\/\/127.0.0.1:\([0-9]*\).*/\1/p' server.out) && [ -n "$port" ]; do
	kill -0 "$pid" || break
done
shots=$O/superset
rm -rf "$shots"
mkdir -p "$shots"
timeout -k 10 600 node "$top/tests/browser/superset.mjs" "http://127.0.0.1:$port" admin f1-test f1-history "$shots" >said 2>err || note <err
charts=$(find "$sources/charts" -name '*.yaml' | wc -l)
is "every chart was asked for, $charts" "$(awk '$1 == "chart" { print $2 }' said | sort -u | wc -l)" "$charts"
is 'every chart was answered with rows' "$(awk '$1 == "chart" && ($3 != 200 || $4 < 1)' said)" ''
is 'every filter, too' "$(awk '$1 == "filter" { print $3, ($4 > 0) }' said | sort | uniq -c | awk '{ print $1, $2, $3 }')" '3 200 1'
is 'the page complains of nothing' "$(grep '^error' said)" ''
is 'the classification is that of the last race' "$(python3 -c 'import sqlite3
print(sqlite3.connect("superset.db").execute("SELECT id FROM slices WHERE slice_name = ?", ("Classification",)).fetchone()[0])' |
	while read -r id; do awk -v id="$id" '$1 == "chart" && $2 == id { print $4 }' said; done)" \
	"$(sql "SELECT count(*) FROM f1.classification WHERE race_id = (SELECT race_id FROM f1.races WHERE is_race ORDER BY first_received_at DESC LIMIT 1)")"
is 'a photograph of each tab' "$(find "$shots" -size +20k | wc -l) $(grep -c '^tab' said)" '5 5'
note "photographs: $shots"
stop "$pid"
done_testing
