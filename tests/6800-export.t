#!/bin/sh
# f1-export: what is in the files is what the views and the game say, and no file is ever there in part
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-export f1-pg f1-decode f1-sim python3 jq

f1-export --help | awk '/^  /' | grep -oE '(^|[ ,])--?[a-zA-Z][a-z-]*' | tr -d ' ,' | sort -u >got
awk '$1 == ".It" && $2 == "Fl" { for (i = 2; i < NF; i++) if ($i == "Fl") print "-" $(i + 1) }' "$top/man/f1-export.1" | sort -u >want
same '--help and the manual name the same options' got want
like '--version' "$(f1-export -V)" '^f1-export [0-9]+\.[0-9]+'
run f1-export --help >/dev/full 2>err
is '--help on a full disk: status' "$status" 74

for bad in '' '--nothing latest' '-t laps' '-t laps x' '-t laps latest latest' 'latest' '-t laps,stints latest' '-t lap latest' '-t laps -f xml latest' \
    '-s A -t laps latest' '-t laps 12345678901234567890' '--points 25,x -t points latest' '--points f1 -t laps latest' '--lap 1 latest' \
    '--lap 1/x latest' '--lap 1/1 -t laps latest' '--parquet latest' '--parquet -f csv -o x latest' '--list latest' '--list -o x' -d; do
	# shellcheck disable=SC2086	# words are wanted
	run f1-export $bad >out 2>err
	is "f1-export $bad: status" "$status" 64
	like "f1-export $bad: usage" "$(cat err)" '^usage: f1-export '
done
ok 'wrong usage makes no folder' test ! -e x
# no second line gets into what psql reads, and no file of here is a table
touch laps
while IFS=' ' read -r option value rest; do
	# shellcheck disable=SC2086	# words are wanted
	run f1-export "$option" "$(printf %b "$value")" $rest >out 2>err
	is "f1-export $option $value: status" "$status" 64
done <<'END'
--lap 0/1\n\\!touch\040made\n0/1 latest
--lap 0/1\n0/1\040OR\040true latest
--points 25\nx -t points latest
-t la* latest
-- latest\n0
END
rm laps

# --- what is missing is told in one sentence, and no file is made
pg_start jit=off
# refused NAME STATUS PATTERN ARG…
refused() {
	refused_name=$1 refused_status=$2 refused_words=$3
	shift 3
	run f1-export "$@" >out 2>err
	is "$refused_name: status" "$status" "$refused_status"
	like "$refused_name: words" "$(cat err)" "^f1-export: $refused_words"
	is "$refused_name: one line, and nothing on stdout" "$(wc -l <err | tr -d ' ') $(wc -c <out | tr -d ' ')" '1 0'
}
refused 'no server' 69 'connection to server .* failed' -d "host=$tmp/nowhere" -o new latest
refused 'no schema' 69 'relation "f1.sessions" does not exist: f1-pg --init makes the schema' -o new latest
fresh
refused 'an empty database' 65 'the database has no session yet$' -o new latest
refused 'an empty database, a session' 65 '00000000000000aa: no such session' -o new 00000000000000aa
is 'an empty database: --list' "$(f1-export --list)" ''
ok 'no folder was made' test ! -e new

# --- a simulated race, against files that somebody has looked at
f1-sim -y 2025 -c 6 -l 8 -r 10 --lap-length 2500 -S 5 --scene red-flag >race.bin
f1-decode -t 1700000000 race.bin | f1-pg
race=$(sql 'SELECT race FROM f1.races')
id=$(sql 'SELECT race_id FROM f1.races')
all=classification,laps,stints,incidents,penalties,pit_stops,points
run f1-export -v -t "$all" -o 'sheets of Eva/1' latest 2>err
is 'all tables: status' "$status" 0
is 'all tables: the files' "$(ls -A 'sheets of Eva/1')" "$(printf '%s\n' $all | tr ',' '\n' | sed 's/.*/&.csv\n&.json/' | sort)"
is 'all tables: each is named' "$(sed 's,^f1-export: sheets of Eva/1/,,' err)" "$(ls 'sheets of Eva/1')"
for file in 'sheets of Eva/1'/*; do
	printf '== %s\n' "${file##*/}"
	cat "$file"
done >export.txt
same 'they are as they were' export.txt "$top/tests/golden/export.txt"
touch laps.begun	# a file of somebody else, which is not what f1-export makes
f1-export -o defaults "$race"
is 'the tables by default' "$(ls defaults)" "$(printf '%s\n' classification incidents laps stints | sed 's/.*/&.csv\n&.json/')"
f1-export --points f1 -f csv -o defaults2 "$race"
is 'with points, and one format' "$(echo defaults2/*)" 'defaults2/classification.csv defaults2/incidents.csv defaults2/laps.csv defaults2/points.csv defaults2/stints.csv'
for table in $(echo $all | tr ',' ' '); do
	f1-export -t "$table" "$race" >"$table.csv"
	same "$table to stdout" "$table.csv" "sheets of Eva/1/$table.csv"
	f1-export -t "$table" -f json "$race" | cmp - "sheets of Eva/1/$table.json" || echo "$table.json" >>differ
	sed -n "/^\.Ss Table $table\$/,/^\.El/p" "$top/man/f1-export.1" | awk '$1 == ".It" { for (i = 3; i <= NF; i++) if ($i != ",") print $i }' >want
	is "$table: the columns of the manual" "$(head -n 1 "$table.csv")" "race,$(paste -sd, want)"
done
ok 'and as JSON' test ! -e differ

# --- two forms of the same, and the same as the views: no table that a test knows of its own
cat >compare.py <<'P'
import csv, json, subprocess, sys
folder, race = sys.argv[1:]
n = 0
for table in 'classification', 'laps', 'stints', 'incidents', 'penalties', 'pit_stops':
    with open('%s/%s.json' % (folder, table), encoding='utf-8') as f:
        rows = json.load(f)
    with open('%s/%s.csv' % (folder, table), newline='', encoding='utf-8') as f:
        lines = list(csv.DictReader(f))
    text = lambda v: '' if v is None else {True: 't', False: 'f'}.get(v, v) if isinstance(v, bool) else v if isinstance(v, str) else json.dumps(v)
    number = lambda a, b: a == b or float(a) == float(b)
    assert len(rows) == len(lines), table
    for a, b in zip(rows, lines):
        assert list(a) == list(b), table
        for name in a:
            assert text(a[name]) == b[name] or number(text(a[name]), b[name]), (table, name, a[name], b[name])
            assert name not in ('driver', 'team', 'race') or a[name] is None or isinstance(a[name], str)
            assert not name.endswith('_ms') or a[name] is None or isinstance(a[name], int)
    view = subprocess.run(['psql', '-XAtqc', 'SELECT row_to_json(t) FROM f1.%s t WHERE race_id = %s' % (table, race)], capture_output=True, text=True, check=True)
    want = [json.loads(line) for line in view.stdout.splitlines()]
    key = lambda r: json.dumps([r[k] for k in sorted(r)])
    names = [name for name in rows[0] if name != 'race'] if rows else []
    assert sorted(key({k: r[k] for k in names}) for r in rows) == sorted(key({k: r[k] for k in names}) for r in want), table
    n += len(rows)
print(n)
P
like 'CSV, JSON and views say the same' "$(python3 compare.py 'sheets of Eva/1' "$id" 2>&1)" '^[1-9][0-9]+$'

# --- names as people choose them
printf 'name,race_number,team\n"O'"'"'Neil, ""Ünï"" \\. =1+1 \\n",%s,"<b>/\\u0041"\n\\.,%s,x\n' \
	"$(sql "SELECT race_number FROM f1.drivers WHERE race_id = $id AND car = 0")" "$(sql "SELECT race_number FROM f1.drivers WHERE race_id = $id AND car = 1")" >names.csv
sql 'UPDATE f1.participants SET ai_controlled = 0, driver_id = 255 WHERE car < 2'
f1-pg --names names.csv
f1-export -t "$all" -o names "$race"
python3 compare.py names "$id" >out 2>&1 || cp out said
is 'names with quotes, commas, backslashes: CSV, JSON and views say the same' "$(cat said 2>/dev/null)" ''
is 'a name' "$(jq -r '.[] | select(.car == 0) | [.driver, .team] | join("|")' names/classification.json)" "O'Neil, \"Ünï\" \\. =1+1 \\n|<b>/\\u0041"
is 'another' "$(jq -r '.[] | select(.car == 1) | .driver' names/classification.json)" '\.'
PGCLIENTENCODING=LATIN1 f1-export -t classification "$race" >latin
same 'always UTF-8' latin names/classification.csv

# --- a session by all its names
f1-export -t laps "$race" >want
f1-export -t laps "$(printf %s "$race" | tr a-f A-F)" >upper
same 'in upper case' upper want
f1-export -t laps "$id" >byid
same 'by its race_id' byid want
f1-sim -y 2024 -c 4 -l 4 -r 6 --lap-length 2500 -S 6 --scene save-reload >reload.bin
f1-decode -t 1600000000 reload.bin | f1-pg
f1-export -t laps latest >got
same 'latest is the one received last, not the one loaded last' got want
two=$(sql 'SELECT race FROM f1.races WHERE parts = 2')
f1-export -t laps "$two" >first
f1-export -t laps "$(sql "SELECT session FROM f1.sessions WHERE race = '$two' AND part = 2")" >second
same 'any part of a race' second first
ok 'and it has laps' test "$(wc -l <first)" -gt 12
negative=$(sql 'SELECT min(race_id) FROM f1.races')
ok 'there is a race_id below 0' test "$negative" -lt 0
ok 'a race_id below 0' f1-export -t laps "$negative"
f1-sim -y 2018 -c 4 -l 2 -r 6 --lap-length 2500 -S 7 --scene weekend | f1-decode | f1-pg
old=$(sql "SELECT race FROM f1.races WHERE packet_format = 2018 AND is_race")
f1-export -t classification latest >got
is 'no time: latest is the one loaded last, and of a weekend the race' "$(sed -n '2s/,.*//p' got)" "$old"
f1-export --list >list
is '--list names all' "$(cut -f 1 list | sort)" "$(sql 'SELECT race FROM f1.races ORDER BY 1')"
is '--list: what it says' "$(grep "$two" list)" "$two	2020-09-13 12:26	2024	$(sql "SELECT track FROM f1.races WHERE race = '$two'")	Race	2	result"

# --- points
practice=$(sql 'SELECT race FROM f1.races WHERE NOT is_race LIMIT 1')
refused 'no race: no points' 65 "$practice: .* is no race, so it gives no points" -t points "$practice"
points() {
	f1-export -t points -f json "$@" | jq -r '.[] | [.position, .position_points, .fastest_lap_points, .points] | join(",")' | tr '\n' ' '
}
is 'in 2018 the fastest lap gives none' "$(points "$old")" '1,25,0,25 2,18,0,18 3,15,0,15 4,12,0,12 '
sql "UPDATE f1.final_classification SET best_lap_time_in_ms = 60000 + 100 * position WHERE session_uid IN (SELECT session_uid FROM f1.sessions WHERE race = '$two')"
is 'in 2024 it does' "$(points "$two")" '1,25,1,26 2,18,0,18 3,15,0,15 4,0,0,0 '
is 'in 2025 it does not' "$(points "$race")" '1,25,0,25 2,18,0,18 3,15,0,15 4,12,0,12 5,10,0,10 6,0,0,0 '
is 'points of a league' "$(points --points 10,6.5,1 "$two")" '1,10,0,10 2,6.5,0,6.5 3,1,0,1 4,0,0,0 '
is 'and for the fastest lap' "$(points --points 10,9,1+2 "$two")" '1,10,2,12 2,9,0,9 3,1,0,1 4,0,0,0 '
final="f1.final_classification SET %s WHERE position = %s AND session_uid IN (SELECT session_uid FROM f1.sessions WHERE race = '$two')"
change() {
	# shellcheck disable=SC2059	# it is a format
	sql "UPDATE $(printf "$final" "$2" "$1")"
}
change 4 'best_lap_time_in_ms = 50000'
is 'the fastest lap of one without points gives none' "$(points --points 10,9,1+2 "$two")" '1,10,0,10 2,9,0,9 3,1,0,1 4,0,0,0 '
change 2 'best_lap_time_in_ms = 50'
is 'the order is that of the points' "$(points --points 10,9,1+2 "$two")" '2,9,2,11 1,10,0,10 3,1,0,1 4,0,0,0 '
change 1 'num_laps = 20'
change 2 'num_laps = 20, result_status = 5'
change 3 'num_laps = 18, result_status = 7'
change 4 'num_laps = 17, result_status = 7'
is 'retired after nine tenths: points; disqualified, or before: none' "$(points --points 25,18,15,12 "$two")" '1,25,0,25 3,15,0,15 2,0,0,0 4,0,0,0 '

# --- the trace of a lap
f1-export --lap 2/5 "$race" >trace.csv
sed -n '/^\.Ss A trace/,/^\.El/p' "$top/man/f1-export.1" | awk '$1 == ".It" { for (i = 3; i <= NF; i++) if ($i != ",") print $i }' >want
is 'a trace: the columns of the manual' "$(head -n 1 trace.csv)" "$(paste -sd, want)"
psql -XqAt --csv -c "SELECT lap_distance, lap_ms, session_time, speed, throttle, brake, steer, gear, rpm, drs, ers_store, ers_mode, position, x, y, z
	FROM f1.lap_trace WHERE race_id = $id AND car = 2 AND lap_num = 5 ORDER BY lap_distance" >want
tail -n +2 trace.csv >got
same 'a trace: it is that of the view' got want
ok 'a trace: it is a lap' test "$(wc -l <want)" -gt 200
best=$(sql "SELECT lap_num FROM f1.fastest_laps WHERE race_id = $id AND car = 2")
f1-export --lap 2/best -o traces "$race"
is 'the best lap: the files' "$(echo traces/*)" "traces/trace-2-$best.csv traces/trace-2-$best.json"
f1-export --lap "2/$best" "$race" >trace.csv
same 'the best lap' "traces/trace-2-$best.csv" trace.csv
is 'a trace as JSON has as many samples' "$(jq length "traces/trace-2-$best.json")" "$(($(wc -l <trace.csv) - 1))"
refused 'no such lap' 65 'there are no samples of lap 99 of car 2$' --lap 2/99 -o no "$race"
refused 'no such car' 65 'car 21 has no lap that counts$' --lap 21/best -o no "$race"
is 'and no file' "$(ls -A no 2>/dev/null)" ''

# --- never half a file: the folder is as it was, and nothing else is left in it
cp -R names before
unchanged() {
	ok "$1: the files are as they were, and no other is there" diff -r names before
}
sql "UPDATE f1.league_drivers SET team = 'other'"
refused 'a file in place of the folder' 74 'names/laps.csv: ' -o names/laps.csv "$race"
mkdir mixed mixed/laps.csv
refused 'a folder in place of a file' 74 'mixed/laps.csv: Is a directory$' -o mixed "$race"
is 'a folder in place of a file: no other file' "$(ls -A mixed)" laps.csv
refused 'a folder that cannot be made' 74 '/proc/f1/x: ' -o /proc/f1/x "$race"
# shellcheck disable=SC2016	# for the shell inside
refused_by_size='trap "" XFSZ; ulimit -f 4; exec f1-export "$@"'
run sh -c "$refused_by_size" sh -o names -f json "$race" >out 2>err
is 'a full disk: status' "$status" 74
like 'a full disk: words' "$(cat err)" '^f1-export: could not write COPY data: '
unchanged 'a full disk'
apart=$([ "$(id -u)" -eq 0 ] && echo -m || echo -rm)
if unshare "$apart" true 2>/dev/null; then
	mkdir small
	# shellcheck disable=SC2016	# for the shell inside
	run unshare "$apart" sh -c 'mount -t tmpfs -o size=16k small small && TMPDIR=$PWD/small exec f1-export "$@"' sh --lap 2/5 "$race" >out 2>err
	is 'a full TMPDIR' "$status $(cat err out)" '74 f1-export: could not write COPY data: No space left on device'
else
	skip 'no file system of its own here'
fi
run f1-export -t laps "$race" >/dev/full 2>err
is 'stdout is full: status' "$status" 74
is 'stdout is full: words' "$(cat err)" 'f1-export: stdout: No space left on device'
{
	f1-export --lap 2/5 -f json "$race" 2>err
	echo $? >left
} | head -n 1 >out
is 'a reader that leaves' "$(cat left err)" 0

# the connection breaks in the middle: it waits for a lock, and is ended there
mkfifo hold
exec 5<>hold
background psql -XAtq <hold >held 2>&1
holder=$pid
echo 'BEGIN; LOCK TABLE f1.league_drivers IN ACCESS EXCLUSIVE MODE; SELECT 1;' >&5
until grep -q 1 held; do
	kill -0 "$holder" || break
done
background f1-export -o names "$race" >out 2>err
waiting="SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'COPY%'"
until [ -n "$(sql "$waiting")" ]; do
	kill -0 "$pid" || break
done
is 'it is at work' "$(sql "SELECT pg_terminate_backend(pid) FROM ($waiting) w")" t
finish "$pid"
is 'the connection breaks: status' "$status" 75
like 'the connection breaks: words' "$(cat err)" '^f1-export: the database failed: terminating connection'
unchanged 'the connection breaks'
background f1-export -o names "$race" >out 2>err
until [ -n "$(sql "$waiting")" ]; do
	kill -0 "$pid" || break
done
kill -TERM "$pid"
echo 'ROLLBACK; \q' >&5
exec 5>&-
finish "$pid"
finish "$holder"
unchanged 'SIGTERM'
f1-export -o names "$race"
ok 'and when all is well they are new' grep -q other names/classification.csv

# --- a schema of an older version
sql "ALTER TABLE f1.stints RENAME COLUMN average_ms TO mean_ms; DROP VIEW f1.pit_stops;
	CREATE OR REPLACE FUNCTION f1.views_version() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT ''old'''"
cp -R names/. before
cp names/*.csv before
refused 'a column is not there yet' 69 'column "average_ms" does not exist: f1-pg --init makes the schema, or brings it up to this version$' -o names "$race"
unchanged 'a column is not there yet'
refused 'a view is not there yet' 69 'relation "f1.pit_stops" does not exist: f1-pg --init' -t pit_stops "$race"
f1-pg --init </dev/null
ok 'f1-pg --init mends it' f1-export -t pit_stops,stints -o mended "$race"
sql 'CREATE ROLE guest LOGIN'
PGUSER=guest refused 'no right to read' 69 'permission denied for schema f1$' -t laps "$race"

# --- Parquet
mkdir wrap
for tool in f1-export sh psql mktemp rm grep sed head tail cat tr mkdir mv wc awk; do
	ln -s "$(command -v $tool)" wrap/
done
PATH=$tmp/wrap refused 'no DuckDB, no pyarrow' 69 'Parquet needs DuckDB .*: none of them is here$' --parquet -o columns "$race"
printf '#!/bin/sh\ncat >/dev/null\necho "Error: it is broken" >&2\nexit 1\n' >wrap/duckdb
chmod +x wrap/duckdb
PATH=$tmp/wrap refused 'DuckDB fails' 74 '[a-z_]+\.parquet: Error: it is broken$' --parquet -o columns "$race"
is 'DuckDB fails: no file' "$(ls -A columns)" ''
# with what this machine has; make check-superset fetches both
bins=$(dirname "$(command -v python3)")
if [ -n "${F1_SUPERSET-}" ]; then
	bins=
	for module in duckdb==2.0.0 pyarrow==26.0.1; do
		venv=${XDG_CACHE_HOME:-$HOME/.cache}/f1/$module
		if [ ! -x "$venv/bin/pip" ] && ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q "$module"; } >pip.out 2>&1; then
			note <pip.out
			rm -rf "$venv"
		fi
		bins="$bins $venv/bin"
	done
fi
for bin in $bins; do
	if ! engine=$("$bin/python3" -c 'from importlib.util import find_spec as f; print("duckdb" if f("duckdb") else "pyarrow" if f("pyarrow") else "")') || [ -z "$engine" ]; then
		skip 'no DuckDB or pyarrow here' 4
		continue
	fi
	PATH=$bin:$PATH
	run f1-export --parquet -o "parquet-$engine" "$race" 2>err
	is "Parquet by $engine: status" "$status$(cat err)" 0
	like "Parquet by $engine: all that the tables have" "$(python3 "$top/tests/parquet.py" "parquet-$engine" "$id" 2>&1)" '^[0-9]{5,}$'
	for table in classification laps stints timeline lap_data car_telemetry motion event; do
		[ -s "parquet-$engine/$table.parquet" ] || echo "$table"
	done >missing
	is "Parquet by $engine: tables and views" "$(cat missing)" ''
	f1-export --parquet -o "parquet-$engine-2" "$two"
	like "Parquet by $engine: of two parts" "$(python3 "$top/tests/parquet.py" "parquet-$engine-2" "$(sql "SELECT race_id FROM f1.races WHERE race = '$two'")" 2>&1)" '^[0-9]{4,}$'
done

# --- a real race, online at Spa in 2020
for captures in ${F1_CAPTURES+"$F1_CAPTURES"} "$top/../shared/captures" "$top/../../shared/captures" ''; do
	[ -d "$captures" ] && break
done
if [ ! -e "$captures/f1-2020-patricknoir-spa-online.bin.zst" ] || ! have zstd; then
	skip 'no capture of Spa here' 4
	done_testing
fi
fresh
zstdcat "$captures/f1-2020-patricknoir-spa-online.bin.zst" >spa.bin
f1-decode spa.bin | f1-pg
race=$(sql 'SELECT race FROM f1.races WHERE is_race')
f1-export --points f1 -o spa latest
f1-export -t penalties,pit_stops -o spa latest
like 'Spa: CSV, JSON and views say the same' "$(python3 compare.py spa "$(sql "SELECT f1.session_uid('$race')")" 2>&1)" '^[1-9][0-9]+$'
f1-decode --json spa.bin | grep '^{"packet":"final_classification"' | jq -r --arg race "$race" 'select(.session_uid == $race) |
	[.position, .car, .grid_position, .num_laps, (.total_race_time * 1000 | round), .penalties_time, (.best_lap_time * 1000 | round | if . == 0 then "" else . end),
	 .num_pit_stops, .points] | map(tostring) | join(",")' | sort -n >want
python3 -c 'import csv, sys
for r in csv.DictReader(open("spa/classification.csv")):
    print(*(r[n] for n in "position car grid_position laps race_ms penalty_seconds best_ms pit_stops points".split()), sep=",")' | sort -n >got
same "Spa: the game's own classification" got want
is 'Spa: all of them' "$(wc -l <want | tr -d ' ')" 15
is "Spa: the points of f1 are the game's, for the fastest lap and one who retired, too" "$(tail -n +2 spa/points.csv | cut -d, -f 3,10 | sort)" \
	"$(cut -d, -f 2,9 want | sort)"
done_testing
