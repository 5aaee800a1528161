#!/bin/sh
# f1-pg --init --reader: a role that may read everything, and write nothing
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim
pg_start
f1-sim -y 2024 -c 4 -l 2 -r 5 --lap-length 2500 | f1-decode >race.f1
name="Grafana \"7\" \$do\$ \\'"

ok 'it is made with the schema' f1-pg --init --reader "$name" <race.f1
is 'with login, without a password' "$(sql 'SELECT rolname, rolcanlogin, rolsuper, rolpassword IS NULL FROM pg_authid WHERE oid > 16383')" "$name|t|f|t"
is 'who compiles nothing' "$(PGUSER=$name sql 'SHOW jit')" off
reader() {
	PGUSER=$name sql "$1"
}
sql "SELECT format('SELECT count(*) FROM f1.%I;', relname) FROM pg_class WHERE relnamespace = 'f1'::regnamespace AND relkind IN ('r', 'v')" >reads
ok 'there is much to read' test "$(wc -l <reads)" -gt 80
ok 'the reader may read every table and view' env PGUSER="$name" psql -XAtq -v ON_ERROR_STOP=1 -f reads
is 'and sees rows' "$(reader 'SELECT count(*) FROM f1.classification')" 4
is 'it may ask the functions of views' "$(reader "SELECT count(*) > 400 FROM f1.fastest_laps a JOIN f1.fastest_laps b USING (race_id)
	CROSS JOIN LATERAL f1.lap_compare(race_id, a.car, a.lap_num, b.car, b.lap_num) WHERE a.rank = 1 AND b.rank = 2")" t

marks >before
denied=0 tried=0
for table in $(sql "SELECT relname FROM pg_class WHERE relnamespace = 'f1'::regnamespace AND relkind IN ('r', 'v')"); do
	for statement in "DELETE FROM f1.$table" "INSERT INTO f1.$table DEFAULT VALUES" "DROP TABLE f1.$table" "COPY f1.$table FROM PROGRAM 'true'"; do
		tried=$((tried + 1))
		! reader "$statement" >said 2>&1 && grep -q -E 'permission denied|must be|is not a table|cannot (insert|delete|copy)' said && denied=$((denied + 1))
	done
done
is 'it may write to none of them' "$denied" "$tried"
for statement in 'CREATE TABLE f1.mine (i int)' 'CREATE TABLE public.mine (i int)' 'TRUNCATE f1.loads' 'UPDATE f1.loads SET loaded_at = NULL' \
	"SELECT f1.summarise(session_uid) FROM f1.loads" "SELECT f1.make_final('motion', NULL, '{}')" 'CREATE ROLE other' 'DROP SCHEMA f1 CASCADE'; do
	run reader "$statement" >out 2>err
	like "no: $statement" "$status $(cat err)" '^[1-9].*(permission denied|must be)'
done
run env PGUSER="$name" f1-pg <race.f1 2>err
is 'it may not load' "$status" 75
marks >after
same 'and nothing was written' before after

# what comes later
sql 'CREATE TABLE f1.later AS SELECT 1 AS one; CREATE VIEW f1.later_still AS SELECT one FROM f1.later; CREATE FUNCTION f1.one() RETURNS int LANGUAGE sql AS '"'SELECT 1'"
is 'later tables, views and functions, too' "$(reader 'SELECT l.one + s.one + f1.one() FROM f1.later l, f1.later_still s')" 3
sql "CREATE OR REPLACE FUNCTION f1.views_version() RETURNS text LANGUAGE sql AS 'SELECT ''another'''"
ok 'made anew, without naming the reader' f1-pg --init </dev/null
ok 'it still may read every one' env PGUSER="$name" psql -XAtq -v ON_ERROR_STOP=1 -f reads
sql "SELECT grantee, privilege_type, table_name FROM information_schema.role_table_grants WHERE table_schema = 'f1' ORDER BY 1, 2, 3" >before
ok 'once more' f1-pg --init --reader "$name" </dev/null
sql "SELECT grantee, privilege_type, table_name FROM information_schema.role_table_grants WHERE table_schema = 'f1' ORDER BY 1, 2, 3" >after
same 'changes nothing' before after

# a database that shows nothing to the public, a role that is there, and another schema
sql 'REVOKE ALL ON DATABASE f1 FROM PUBLIC; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC'
sql "CREATE ROLE there LOGIN PASSWORD 'secret'"
ok 'a role that is there, another schema' f1-pg --init --schema league --reader there </dev/null
is 'keeps its password' "$(sql "SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'there'")" f
is 'and may read, where the public may not' "$(PGUSER=there sql 'SELECT count(*), league.lap_time(1000) FROM league.laps')" '0|0:01.000'
run env PGUSER=there psql -XAtqc 'SELECT count(*) FROM f1.laps' >out 2>err
like 'but not the other' "$(cat err)" 'permission denied for schema f1'

# who is no reader
sql 'CREATE ROLE writer LOGIN; GRANT INSERT ON f1.event TO writer'
sql 'CREATE ROLE member LOGIN IN ROLE writer'
for wrong in postgres writer member; do
	run f1-pg --init --reader "$wrong" </dev/null 2>err
	is "$wrong may write: status 69" "$status" 69
	like 'and is told' "$(cat err)" "^f1-pg: --reader: $wrong may write to f1\\.[a-z_]*: name a role that may not\$"
done
is 'and got nothing' "$(sql "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'writer'")" 1
for wrong in pg_mine public none; do
	run f1-pg --init --reader "$wrong" </dev/null 2>err
	is "$wrong: status 69" "$status" 69
	like 'with the reason' "$(cat err)" "^f1-pg: database: ERROR:  role name \"$wrong\" is reserved"
done
tab=$(printf 'a\tb')
for wrong in '' 1234567890123456789012345678901234567890123456789012345678901234 "$tab"; do
	run f1-pg --init --reader "$wrong" </dev/null 2>err
	is "'$wrong': status 64" "$status" 64
	like 'is named' "$(head -n 1 err)" '^f1-pg: --reader: .* (is no name|is longer|has a control)'
done
run f1-pg --init --reader "$(printf 'a\377')" </dev/null 2>err
is 'no text: status 69' "$status" 69
like 'one line' "$(cat err)" "^f1-pg: --reader: .* is no text of the connection's encoding\$"
run f1-pg --reader "$name" </dev/null 2>err
is 'not without --init: status 64' "$status" 64
run f1-pg --init --ddl --reader "$name" </dev/null 2>err >out
is 'nor with --ddl: status 64' "$status" 64
sql 'CREATE ROLE plain LOGIN; GRANT CREATE, CONNECT ON DATABASE f1 TO plain'
run env PGUSER=plain f1-pg --init --schema plain --reader another </dev/null 2>err
is 'who may not make roles: status 69' "$status" 69
like 'and is told so' "$(cat err)" '^f1-pg: database: ERROR:  permission denied to create role'
done_testing
