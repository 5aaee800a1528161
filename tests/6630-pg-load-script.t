#!/bin/sh
# f1-load: every finished capture of a folder, once, whatever its name and however it is packed
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim f1-load f1-replay zstd gzip flock sha256sum
pg_start

sim() {
	f1-sim -y 2025 -c 2 -l 1 -r 5 -S "$1"
}
sessions() {
	sql 'SELECT count(DISTINCT session_uid) FROM f1.motion'
}

f1-load --help | sed -n 's/^  -\([a-zA-Z]\), --\([a-z-]*\).*/\1 \2/p' | sort >got
sed -n 's/^\.It Fl \([a-zA-Z]\).*Fl -\([a-z-]*\).*/\1 \2/p' "$top/man/f1-load.1" | sort >want
same '--help and the manual name the same options' got want
like '--version' "$(f1-load -V)" '^f1-load [0-9]+\.[0-9]+'
for bad in --nothing '-j 9' '-j x' '-s A' -d; do
	# shellcheck disable=SC2086	# words are wanted
	run f1-load $bad 2>err
	is "f1-load $bad: status" "$status" 64
done

mkdir season
run f1-load season 2>err
is 'no schema: status' "$status" 69
like 'no schema: words' "$(cat err)" 'f1-load --init makes the schema'
run f1-load 2>err
is 'no folder: status' "$status" 64
run f1-load nowhere 2>err
is 'no such folder, or no schema: status' "$status" 69
run f1-load --init season >out 2>err
is 'an empty folder: status' "$status" 0
is 'an empty folder: words' "$(cat out)" 'f1-load: 0 captures loaded, 0 known, 0 failed'
run f1-load nowhere 2>err
is 'no such folder: status' "$status" 74
run f1-load -d "host=$tmp/nowhere" season 2>err
is 'no database: status' "$status" 69

sim 1 >'season/1 monza.bin'
sim 2 | zstd -q >"season/2 it's
two lines.bin.zst"
mkdir season/3
# shellcheck disable=SC2016
sim 3 | gzip >'season/3/$(touch x) "q".bin.gz'
sim 4 | f1-replay -s 0 --pcap >season/4.pcap
sim 5 >season/5.bin.part
sim 6 >season/notes.txt
ln -s ../season season/loop
run f1-load -n season >out 2>err
is 'a dry run names them in order' "$(head -n 5 out)" "season/1 monza.bin
season/2 it's
two lines.bin.zst
season/3/\$(touch x) \"q\".bin.gz
season/4.pcap"
is 'and loads nothing' "$(sessions)" 0
run f1-load season >out 2>err
is 'four captures: status' "$status" 0
is 'four captures: words' "$(cat out err)" 'f1-load: 4 captures loaded, 0 known, 0 failed, 1 being written'
is 'four captures: they are there' "$(sessions)" 4
is 'in the order of their names' "$(sql "SELECT string_agg(substr(regexp_replace(name, '.*/season/', ''), 1, 1), '' ORDER BY loaded_at) FROM f1.loaded_files")" 1234
marks >first
run f1-load season >out
marks >second
is 'again: words' "$(cat out)" 'f1-load: 0 captures loaded, 4 known, 0 failed, 1 being written'
same 'again: no row is written' first second
is '--quiet' "$(f1-load -q season)" ''

# the same under another name, packed, or with another time
mv 'season/1 monza.bin' season/monza.bin
zstd -q season/monza.bin -o season/packed.bin.zst
touch -d '2001-01-01' season/4.pcap
is 'renamed, packed, touched: it is known' "$(f1-load season)" 'f1-load: 0 captures loaded, 5 known, 0 failed, 1 being written'
is 'and is not read the next time' "$(sql "SELECT count(*) FROM f1.loaded_files WHERE name LIKE '%/packed.bin.zst'")" 1
mv season/5.bin.part season/5.bin
is 'one that is finished now' "$(f1-load season)" 'f1-load: 1 captures loaded, 5 known, 0 failed'
is 'is there' "$(sessions)" 5

# bad ones do not keep the others out
head -c 100000 /dev/urandom >season/a-noise.bin
sim 6 | zstd -q | head -c 5000 >season/b-torn.bin.zst
: >season/c-empty.bin
sim 7 >season/d-good.bin
echo 'no capture' >season/e.pcap
sim 8 >season/f-good.bin
run f1-load season >out 2>err
is 'bad ones among them: status' "$status" 65
is 'bad ones among them: words' "$(cat out)" 'f1-load: 2 captures loaded, 6 known, 3 failed, 1 empty'
like 'an empty one is named' "$(cat err)" '^f1-load: season/c-empty.bin: is empty$'
for bad in a-noise.bin b-torn.bin.zst e.pcap; do
	like "$bad is named" "$(cat err)" "^f1-load: season/$bad: not loaded$"
done
is 'the good ones are there' "$(sql "SELECT count(*) FROM f1.loaded_files WHERE name LIKE '%-good.bin'")" 2
run f1-load season >out 2>err
is 'bad ones are tried again' "$status $(cat out)" '65 f1-load: 0 captures loaded, 9 known, 3 failed'
is 'an empty one is named once' "$(grep -c empty err)" 0
sim 6 | zstd -qf >season/b-torn.bin.zst
rm season/a-noise.bin season/c-empty.bin season/e.pcap
run f1-load season >out 2>err
is 'one that is whole now' "$status $(cat out)" '0 f1-load: 1 captures loaded, 8 known, 0 failed'

# records that the database refuses: loaded, told once
mkdir refused
sim 9 >refused/9.bin
sql 'ALTER TABLE f1.car_setups ADD CONSTRAINT none CHECK (false) NOT VALID'
run f1-load refused >out 2>err
is 'some records are refused: status' "$status" 65
like 'some records are refused: words' "$(cat err)" '^f1-load: refused/9.bin: loaded, but for some records$'
run f1-load refused >out 2>err
is 'some records are refused: told once' "$status $(cat out)" '0 f1-load: 0 captures loaded, 1 known, 0 failed'
sql 'ALTER TABLE f1.car_setups DROP CONSTRAINT none'

# a raw capture that ends within a packet: loaded, told once
mkdir cut
sim 10 >whole.bin
head -c $(($(wc -c <whole.bin) - 300)) whole.bin >cut/1.bin
: >cut/2.bin
is 'a dry run names no empty one' "$(f1-load -n cut | tr '\n' ' ')" 'cut/1.bin f1-load: 1 captures to be loaded, 0 known, 0 failed '
run f1-load -q cut >out 2>err
is 'cut off: status' "$status $(cat out)" '65 f1-load: 1 captures loaded, 0 known, 0 failed, 1 empty'
like 'cut off: words' "$(cat err)" '^f1-load: cut/1.bin: loaded, but for packets that are cut off$'
run f1-load -q cut >out 2>err
is 'cut off: told once' "$status $(cat out err)" '0 '
rm cut/1.bin
: >cut/3.bin
run f1-load cut >out 2>err
is 'another empty one: status' "$status" 0
is 'another empty one: words' "$(cat out err)" 'f1-load: 0 captures loaded, 1 known, 0 failed, 1 empty
f1-load: cut/3.bin: is empty'
mv whole.bin cut/3.bin
is 'one that was empty' "$(f1-load cut)" 'f1-load: 1 captures loaded, 1 known, 0 failed'
sim 17 | f1-replay -s 0 --pcap >whole.f1pcap
head -c 100000 whole.f1pcap >cut/4.f1pcap
for time in first second; do
	run f1-load cut >out 2>err
	is "one of pcap, cut off, the $time time" "$status $(cat out)" '65 f1-load: 0 captures loaded, 2 known, 1 failed'
	like 'words' "$(cat err)" '^f1-load: cut/4.f1pcap: not loaded$'
done
mv whole.f1pcap cut/4.f1pcap
is 'and whole' "$(f1-load cut)" 'f1-load: 1 captures loaded, 2 known, 0 failed'

# two at once: the one at work has the folder
mkdir two
for i in 11 12 13; do
	sim $i >two/$i.bin
done
exec 8<two
flock 8
run f1-load two >out 2>err
is 'a folder at which another is at work: status' "$status" 75
like 'a folder at which another is at work: words' "$(cat err)" '^f1-load: two: another f1-load is at work there$'
exec 8<&-
background f1-load two >out1 2>err1
one=$pid
background f1-load two >out2 2>err2
finish "$one"
first=$status
finish "$pid"
case $first,$status in
0,0 | 0,75 | 75,0) good=1 ;;
*) good= ;;
esac
is 'two at once: one loads, the other leaves it alone or finds all done' "$good" 1
is 'two at once: each capture once' "$(sql "SELECT count(*), count(DISTINCT sha256) FROM f1.loaded_files WHERE name LIKE '%/two/%'")" '3|3'

# one that grows while it is loaded
mkdir growing
sim 14 >whole.bin
head -c 200000 whole.bin >growing/live.bin
mkdir wrap
cat >wrap/f1-decode <<-END
	#!/bin/sh
	tail -c +200001 '$tmp/whole.bin' >>'$tmp/growing/live.bin'
	exec '$(command -v f1-decode)' "\$@"
END
chmod +x wrap/f1-decode
PATH=$tmp/wrap:$PATH f1-load growing >out 2>err
is 'one that grows is not done' "$(cat out)" 'f1-load: 0 captures loaded, 0 known, 0 failed, 1 changed meanwhile'
is 'and comes the next time' "$(f1-load growing)" 'f1-load: 1 captures loaded, 0 known, 0 failed'

# the database goes away
mkdir away
sim 15 >away/1.bin
sim 16 >away/2.bin
pg_stop immediate
run f1-load away >out 2>err
is 'no server: status' "$status" 69
done_testing
