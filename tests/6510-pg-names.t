#!/bin/sh
# f1-pg --names: the views show the names of the league
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim jq
pg_start
fresh
f1-sim -y 2023 -c 6 -l 1 -r 5 --lap-length 2500 --scene restricted >race.bin
f1-decode race.bin | f1-pg
f1-decode --json race.bin | jq -c 'select(.packet == "participants")' >people

names() {
	sql 'SELECT car, driver, team, in_league FROM f1.drivers ORDER BY car'
}
# as the game has it, by jq from the records
game=$(jq -rs 'group_by(.car) | map(last) | .[] | "\(.car) \(.race_number) \(.network_id) \(.ai_controlled) \(.name)"' people)
first=$(printf '%s\n' "$game" | awk '$4 == 1 { print; exit }')		# driven by the game
human=$(printf '%s\n' "$game" | awk '$4 == 0 { print; exit }')
is 'without names: those of the game' "$(names | cut -d '|' -f 2 | sort)" "$(printf '%s\n' "$game" | cut -d ' ' -f 5- | sort)"

# shellcheck disable=SC2086	# words are wanted
set -- $first
ai_car=$1 ai_number=$2 ai_name=$5
# shellcheck disable=SC2086
set -- $human
car=$1 number=$2 network=$3
printf 'name,team,race_number\n"Müller, Ann",Scuderia Ann,%s\nNobody,,%s\n' "$number" "$ai_number" >names.csv
ok 'by number' f1-pg -d "host=$PGHOST client_encoding=LATIN1" --names names.csv	# the file is UTF-8, whatever the connection likes
is 'name and team' "$(names | grep "^$car|")" "$car|Müller, Ann|Scuderia Ann|t"
is 'a number alone is not of a car that the game drives' "$(names | grep "^$ai_car|" | cut -d '|' -f 2,4)" "$ai_name|f"
is 'other views have it' "$(sql "SELECT DISTINCT driver FROM f1.laps WHERE car = $car")" 'Müller, Ann'
is 'the classification, too' "$(sql "SELECT driver, team FROM f1.classification WHERE car = $car")" 'Müller, Ann|Scuderia Ann'

printf '\357\273\277game_name;name\r\n%s;Somebody\r\n\r\n' "$(printf '%s' "$ai_name" | tr '[:upper:]' '[:lower:]')" >names.csv
ok 'by name in the game, out of a spreadsheet' f1-pg --names names.csv
is 'in whatever case' "$(names | grep "^$ai_car|" | cut -d '|' -f 2,4)" 'Somebody|t'
is 'what was there is gone' "$(names | grep "^$car|" | cut -d '|' -f 4)" f
is 'the team is the game'"'"'s' "$(names | grep "^$ai_car|" | cut -d '|' -f 3)" \
	"$(sql "SELECT t.name FROM f1.participants p JOIN f1.enum_team t ON t.packet_format = p.packet_format AND t.value = p.team_id WHERE car = $ai_car")"

printf 'network_id,name,race_number\n%s,Id,\n%s,Id and number,%s\n,Number,%s\n' "$network" "$network" "$number" "$number" >names.csv
f1-pg --names - <names.csv
is 'who agrees in most is it' "$(names | grep "^$car|" | cut -d '|' -f 2)" 'Id and number'

# what is wrong is said, and nothing of it is there
bad() {
	# shellcheck disable=SC2059	# the escapes are wanted
	printf "$2" >bad.csv
	run f1-pg --names bad.csv 2>err
	is "$1: status" "$status" 65
	like "$1: words" "$(cat err)" "$3"
	is "$1: one line" "$(wc -l <err)" 1
}
bad 'an unknown column' 'name,number\nA,1\n' "^f1-pg: bad.csv: line 1: 'number' is none of name, team"
bad 'no name' 'team,race_number\nA,1\n' '^f1-pg: bad.csv: line 1: no column name$'
bad 'a column twice' 'name,name\nA,1\n' 'name comes twice'
bad 'no number' 'name,race_number\nA,1\nB,x1\n' '^f1-pg: bad.csv: line 3, column race_number: invalid input syntax'
bad 'too few' 'name,race_number\nA\n' '^f1-pg: bad.csv: line 2: missing data'
bad 'nothing to know it by' 'name,race_number\nA,\n' '^f1-pg: bad.csv: line 2: .*violates check constraint'
bad 'the same twice' 'name,race_number\nA,1\nB,1\n' '^f1-pg: bad.csv: line 3: duplicate key'
bad 'no text' 'name,race_number\nA\000,1\n' 'no text'
is 'what was there is still there' "$(sql 'SELECT count(*) FROM f1.league_drivers')" 3
run f1-pg --names nowhere.csv 2>err
is 'no file: status' "$status" 74
like 'no file: words' "$(cat err)" 'nowhere.csv: No such file'
printf 'name,race_number\n' >empty.csv
ok 'only the names of columns: no names' f1-pg --names empty.csv
is 'none is left' "$(sql 'SELECT count(*) FROM f1.league_drivers')" 0
sql 'CREATE ROLE guest LOGIN'
run env PGUSER=guest f1-pg --names names.csv 2>err
is 'who may not: status' "$status" 69
like 'who may not: words' "$(cat err)" '^f1-pg: database: ERROR:  permission denied for schema f1$'
f1-pg --init --schema other </dev/null
ok 'another schema' f1-pg --schema other --names names.csv
is 'has its own' "$(sql 'SELECT count(*) FROM other.league_drivers')" 3
done_testing
