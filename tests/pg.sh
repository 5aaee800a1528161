# shellcheck shell=sh
# pg: a private PostgreSQL for a test; read after lib.sh
# SPDX-License-Identifier: MIT
#
#	pg_start [NAME=VALUE]…     starts it, or skips the test; PGHOST, PGUSER and PGDATABASE name it; it goes with the test
#	pg_stop [fast|immediate]   pg_start starts it again
#	sql QUERY                  one query's answer: columns by |, no titles
#	holds CONDITION            is it true in the database?
#	marks                      a sum over all rows of all tables that changes whenever a row is written

# shellcheck disable=SC2154

pg_start() {
	have psql || skip_all 'no psql here'
	chmod 711 "$tmp"	# the server is another user when we are root
	"$top/scripts/pg-local" start "$tmp/pg" fsync=off "$@" >"$tmp/.pg" || skip_all 'no PostgreSQL server here'
	at_exit "'$top/scripts/pg-local' stop '$tmp/pg' immediate 2>/dev/null"
	PGHOST=$tmp/pg PGUSER=postgres PGDATABASE=f1
	export PGHOST PGUSER PGDATABASE
}

pg_stop() {
	"$top/scripts/pg-local" stop "$tmp/pg" "${1:-fast}"
}

sql() {
	psql -XAtq -v ON_ERROR_STOP=1 -c "$1"
}

# the tables of records
pg_tables() {
	sql "SELECT table_name FROM information_schema.columns JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE table_schema = '${1:-f1}' AND column_name = 'packet_format' AND t.table_type = 'BASE TABLE' AND table_name NOT LIKE 'enum%'
			AND table_name NOT IN ('lap_ends', 'session_info') ORDER BY 1"
}

holds() {
	[ "$(sql "SELECT $1")" = t ]
}

marks() {
	for pg_table in $(pg_tables); do
		printf '%s ' "$pg_table"
		sql "SELECT count(*), sum(hashtextextended(ctid::text || xmin::text, 0)) FROM f1.$pg_table"
	done
}

# contents: the same for what the rows say, whenever and in which order they were written; and for what is made of them on the way
contents() {
	for pg_table in $(pg_tables) lap_ends passes session_info frames; do
		printf '%s ' "$pg_table"
		sql "SELECT count(*), sum(hashtextextended(t::text, 0)) FROM f1.$pg_table t"
	done
}

# fresh: an empty schema
fresh() {
	sql 'DROP SCHEMA IF EXISTS f1 CASCADE' 2>/dev/null
	f1-pg --init </dev/null
}
