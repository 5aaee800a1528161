#!/bin/sh
# f1-pg --init and --ddl: the schema, told by the layouts
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode

ok '--ddl needs no database' sh -c 'PGHOST=/nowhere f1-pg --ddl >ddl.sql'
like 'a table a record' "$(cat ddl.sql)" '^CREATE TABLE IF NOT EXISTS f1.car_telemetry \('
run f1-pg --schema 'f1; DROP' --ddl >out 2>err
is 'a schema name is a name' "$status" 64
run f1-pg -d "host=$tmp/nowhere" </dev/null 2>err
is 'no database: status' "$status" 69
like 'no database: words' "$(cat err)" '^f1-pg: database: .*nowhere'

pg_start
run f1-pg </dev/null 2>err
is 'no schema: status' "$status" 69
like 'no schema: words' "$(cat err)" '^f1-pg: there is no table f1\..*: make the schema with f1-pg --init$'
ok '--init' sh -c 'f1-pg --init </dev/null'

f1-decode --layout | tail -n +2 | cut -f 4 | sort -u >want
pg_tables | grep -v -x -e lap_ends -e session_info | sort >got
same 'a table for each record, and no others but what the views need' got want
f1-decode --layout | tail -n +2 | awk -F '\t' '
	{ n = $10 == 4 && $9 != "char" ? split("rl rr fl fr", wheel, " ") : 1
	  for (i = 1; i <= n; i++) print $4 "." $8 (n == 4 ? "_" wheel[i] : "") }' | sort -u >want
sql "SELECT table_name || '.' || column_name FROM information_schema.columns c WHERE table_schema = 'f1' AND table_name NOT LIKE 'enum%'
	AND ordinal_position > 7 AND column_name <> 'digest' AND table_name IN (
	SELECT relname FROM pg_class WHERE relkind = 'r') AND table_name NOT IN ('lap_ends', 'passes', 'session_info', 'league_drivers') ORDER BY 1" | sort >all
f1-decode --layout | tail -n +2 | awk -F '\t' '{ n = split($7, k, ","); for (i = 1; i <= n; i++) print $4 "." k[i] }' | sort -u >keys
comm -23 all keys >got
same 'a column for each field, wheels as four' got want
is 'every column has a comment' "$(sql "SELECT count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
	WHERE nspname = 'f1' AND relkind IN ('r', 'v') AND relname NOT LIKE 'enum%' AND attnum > 0 AND col_description(attrelid, attnum) IS NULL
	AND relname NOT IN ('lap_facts', 'told_stints', 'session_info')")" 0
is 'and none tells to divide what is divided' "$(sql "SELECT count(*) FILTER (WHERE description ~ 'divide'), count(*) FILTER (WHERE description ~ 'divide.*\[1/')
	FROM pg_description WHERE objsubid > 0 AND classoid = 'pg_class'::regclass")" '12|12'
is 'every table has a comment' "$(sql "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
	WHERE nspname = 'f1' AND relkind IN ('r', 'v') AND obj_description(c.oid) IS NULL")" 0
is 'every function has a comment' "$(sql "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
	WHERE nspname = 'f1' AND obj_description(p.oid) IS NULL")" 0
is 'session types by format' "$(sql "SELECT string_agg(packet_format || ' ' || value, ', ' ORDER BY packet_format) FROM f1.enum_session_type
	WHERE name = 'Race' AND packet_format IN (2018, 2024)")" '2018 10, 2024 15'
is 'a type that widened' "$(sql "SELECT string_agg(format_type(atttypid, atttypmod), ', ' ORDER BY attname) FROM pg_attribute WHERE attrelid = 'f1.car_telemetry'::regclass
	AND attname IN ('tyres_inner_temperature_fl', 'throttle', 'gear')")" 'smallint, real, smallint'
is 'session_uid to hex and back' "$(sql "SELECT f1.session_hex(-2), f1.session_uid('fffffffffffffffe'), f1.session_uid(f1.session_hex(42))")" \
	'fffffffffffffffe|-2|42'

sql "SELECT relname, relfilenode, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'f1' ORDER BY 1" >before
ok '--init again' sh -c 'f1-pg --init </dev/null'
sql "SELECT relname, relfilenode, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'f1' ORDER BY 1" >after
same '--init again changes nothing' before after
# a view of another version, with other columns, and somebody's own
sql "DROP VIEW f1.stints; CREATE VIEW f1.stints AS SELECT 1 AS old; CREATE OR REPLACE FUNCTION f1.views_version() RETURNS text
	LANGUAGE sql AS 'SELECT ''old'''; CREATE VIEW f1.mine AS SELECT 2 AS mine"
ok '--init over views of another version' sh -c 'f1-pg --init </dev/null'
is 'makes them anew' "$(sql 'SELECT count(*) FROM f1.stints')" 0
is 'and leaves other views' "$(sql 'SELECT mine FROM f1.mine')" 2
sql 'DROP VIEW f1.mine; CREATE VIEW public.own AS SELECT lap_ms FROM f1.laps'
sql "CREATE OR REPLACE FUNCTION f1.views_version() RETURNS text LANGUAGE sql AS 'SELECT ''old'''"
ok '--init with somebody'"'"'s views on ours, which have the same columns still' sh -c 'f1-pg --init </dev/null'
is 'they stay' "$(sql 'SELECT count(*) FROM public.own')" 0
ok 'another schema' sh -c 'f1-pg --init --schema league_2 </dev/null'
is 'has the same tables' "$(pg_tables league_2)" "$(pg_tables)"
done_testing
