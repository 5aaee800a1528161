#!/bin/sh
# f1-pg: the same again, in pieces, out of order, by two at once: the same rows
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-sim
pg_start

for year in 2018 2022 2025; do
	f1-sim -y $year -c 8 -l 2 -r 20 >race.bin
	fresh
	f1-decode race.bin | f1-pg
	marks >first
	contents >whole
	like "$year: there are rows" "$(cat first)" '^car_telemetry [1-9][0-9]*\|'
	f1-decode race.bin | f1-pg -v 2>err
	marks >second
	same "$year: a second load writes no row" first second
	like "$year: and says so" "$(cat err)" ' 0 rows written, [1-9]'
	f1-decode -t 1700000000 race.bin | f1-pg
	marks >second
	same "$year: nor does it with times" first second

	fresh
	f1-decode race.bin race.bin | f1-pg
	contents >twice
	same "$year: twice in one stream" whole twice

	# the last third, the first, the one between, cut between two packets
	f1-decode race.bin >race.f1
	size=$(wc -c <race.bin)
	head -c $((size / 3)) race.bin >1.bin
	tail -c +$((size / 3 + 1)) race.bin | head -c $((size / 3)) >2.bin
	tail -c +$((size / 3 + 1 + size / 3)) race.bin >3.bin
	# a packet that is cut in two is lost in both: load the whole last, and nothing but it is missing
	fresh
	for piece in 3 1 2; do
		f1-decode $piece.bin 2>/dev/null | f1-pg
	done
	f1-decode race.bin | f1-pg
	sql 'SELECT * FROM f1.car_telemetry ORDER BY session_uid, overall_frame_identifier, car' >pieces
	sql 'SELECT * FROM f1.lap_data ORDER BY session_uid, overall_frame_identifier, car' >>pieces
	fresh
	f1-decode race.bin | f1-pg
	sql 'SELECT * FROM f1.car_telemetry ORDER BY session_uid, overall_frame_identifier, car' >straight
	sql 'SELECT * FROM f1.lap_data ORDER BY session_uid, overall_frame_identifier, car' >>straight
	# who is not in the session any more is not known where a piece begins, so there may be more rows
	sort straight >straight.sorted
	sort pieces | comm -23 straight.sorted - >missing
	is "$year: in pieces, in any order: nothing is missing" "$(head -n 3 missing)" ''
	# the records, cut anywhere between two: all rows of all tables are the same
	is "$year: cut" "$(python3 "$top/tests/cut.py" race.f1 5)" 5
	for order in '1 2 3 4 5' '4 2 5 1 3'; do
		fresh
		for piece in $order; do
			f1-pg <"race.f1.$piece"
		done
		contents >pieces
		same "$year: its records in pieces, in the order $order: the same rows" whole pieces
	done

	fresh
	background f1-pg <race.f1
	one=$pid
	background f1-pg <race.f1
	finish "$one"
	is "$year: two at once: the one" "$status" 0
	finish "$pid"
	is "$year: two at once: the other" "$status" 0
	contents >both
	same "$year: two at once: the same rows" whole both

	# a live one, which gets it in pieces, and two connections each
	fresh
	mkfifo live
	exec 4<>live	# opening an end waits for the other
	background f1-pg -j 2 <live
	one=$pid
	exec 3>live 4<&-
	rm live
	total=$(wc -c <race.f1)
	at=0
	background f1-pg -j 2 <race.f1
	while [ $at -lt "$total" ]; do
		tail -c +$((at + 1)) race.f1 2>/dev/null | head -c 300000 >&3
		at=$((at + 300000))
	done
	exec 3>&-
	finish "$pid"
	is "$year: live and from a capture at once: the capture" "$status" 0
	finish "$one"
	is "$year: live and from a capture at once: the live one" "$status" 0
	contents >both
	same "$year: live and from a capture at once: the same rows" whole both
done

# a race saved and loaded again: two sessions, the later one first
for year in 2019 2025; do
	f1-sim -y $year -c 6 -l 3 -r 20 --scene save-reload,flashback | f1-decode >race.f1
	shown() {
		for view in races classification laps stints positions overtakes incidents weather; do
			sql "SELECT '$view', v FROM f1.$view v ORDER BY 2"
		done
	}
	fresh
	f1-pg <race.f1
	contents >whole
	shown >views
	is "$year: a race of two sessions" "$(sql 'SELECT parts FROM f1.races')" 2
	piece=$(python3 "$top/tests/cut.py" race.f1 sessions)
	ok "$year: which are cut apart" test "$piece" -ge 2
	fresh
	while [ "$piece" -gt 0 ]; do
		f1-pg <"race.f1.$piece"
		piece=$((piece - 1))
	done
	contents >reversed
	same "$year: the last first: the same rows" whole reversed
	shown >reversed
	same "$year: and the same race" views reversed
done

# up to 2022 only the order of arrival tells a flashback: frames come a second time, with other values
f1-sim -y 2020 -c 4 -l 1 -r 20 >first.bin
python3 - <<'P' || skip_all 'no python3 here'
# the game up to 60 s of session time, then again from 40 s on
import struct
sizes = {0: 1464, 1: 251, 2: 1190, 3: 35, 4: 1213, 5: 1102, 6: 1307, 7: 1344, 8: 839, 9: 1169}
raw = open('first.bin', 'rb').read()
at, packets = 0, []
while at < len(raw):
    n = sizes[raw[at + 5]]
    packets.append((struct.unpack_from('<f', raw, at + 14)[0], raw[at:at + n]))
    at += n
begin = next(i for i, p in enumerate(packets) if p[0] > 40)
end = next(i for i, p in enumerate(packets) if p[0] > 60)
open('flashback.bin', 'wb').write(b''.join(p[1] for p in packets[:end] + packets[begin:]))
P
fresh
f1-decode first.bin | f1-pg
before=$(sql 'SELECT count(*) FROM f1.motion')
fresh
f1-decode flashback.bin | f1-pg
ok '2020: what a flashback superseded stays, beside what came after it' test "$(sql 'SELECT count(*) FROM f1.motion')" -gt "$before"
is '2020: overall frames go on where frames go back' "$(sql 'SELECT count(*) > 0 FROM f1.motion WHERE overall_frame_identifier > frame_identifier')" t
marks >first
f1-decode flashback.bin | f1-pg
marks >second
same '2020: a flashback loaded again writes no row' first second

# what comes with frame 0 at the end, minutes after the race perhaps and in a file of its own
for year in 2021 2025; do
	for scene in flashback frame0-end; do
		f1-sim -y $year -c 4 -l 2 -r 10 --scene $scene | f1-decode >race.f1
		python3 "$top/tests/cut.py" race.f1 end >/dev/null
		ok "$year $scene: there is such an end" test -s race.f1.2
		fresh
		f1-pg <race.f1
		contents >whole
		fresh
		f1-pg <race.f1.1
		f1-pg <race.f1.2
		contents >got
		same "$year $scene: the end alone: the same rows" whole got
		marks >first
		f1-pg <race.f1.2
		f1-pg <race.f1
		marks >second
		same "$year $scene: the end alone, again, and the whole: no row is written" first second
		rm race.f1.2
	done
done

# up to 2022 a stream that goes back to where it began, or before, is read again, or goes back by a flashback
f1-sim -y 2021 -c 3 -l 2 -r 20 --scene flashback | f1-decode >race.f1
fresh
f1-pg <race.f1
contents >whole
python3 "$top/tests/cut.py" race.f1 target >/dev/null
fresh
f1-pg <race.f1.1
f1-pg <race.f1.2
contents >got
same '2021: a flashback to just where a stream began: the same rows' whole got
marks >first
cat race.f1.2 race.f1.1 race.f1.1 race.f1 race.f1.1 race.f1.2 race.f1 >many.f1
f1-pg <many.f1
marks >second
same '2021: all in one stream, again and again: no row is written' first second
fresh
f1-pg <race.f1.1
cat race.f1.2 race.f1.1 | f1-pg
contents >got
same '2021: an earlier piece again, behind a later one: the same rows' whole got

# several rigs in one stream, in runs of a few records; cut anywhere, each session goes on where it stood
mix() {
	python -c 'import random, sys
from frames import frames
random.seed(1)
most, streams = int(sys.argv[1]), [frames(open(name, "rb").read()) for name in sys.argv[2:]]
while streams:
    stream = random.choice(streams)
    for _ in range(random.randint(1, most)):
        record = next(stream, None)
        if record is None:
            streams.remove(stream)
            break
        sys.stdout.buffer.write(record)' "$@"
}
for year in 2018 2022; do
	fresh
	for rig in 1 2 3; do
		f1-sim -y $year -S 6200$rig -c 3 -l 2 -r 10 --lap-length 2500 --scene chained-flashbacks | f1-decode >rig.$rig
		f1-pg <rig.$rig
		[ $rig -eq 1 ] || contents >whole.$rig
	done
	for rigs in 2 3; do
		# shellcheck disable=SC2046
		mix $((rigs * rigs)) $(seq -f rig.%g $rigs) >mixed.f1
		python3 "$top/tests/cut.py" mixed.f1 4 >/dev/null
		fresh
		piece=1
		while [ $piece -le 4 ]; do
			f1-pg <mixed.f1.$piece
			piece=$((piece + 1))
		done 2>said
		contents >got
		is "$year: $rigs rigs in 4 pieces: no sample is taken for another" "$(cat said)" ''
		same "$year: $rigs rigs in 4 pieces: the same rows" whole.$rigs got
		marks >first
		while [ $piece -gt 1 ]; do
			piece=$((piece - 1))
			f1-pg <mixed.f1.$piece
		done
		f1-pg <mixed.f1
		marks >second
		same "$year: $rigs rigs in 4 pieces, again, and the whole: no row is written" first second
	done
done

# sorted FILE: its records, a line each
sorted() {
	python -c 'import sys
from frames import frames
print(*sorted(f.hex() for f in frames(open(sys.argv[1], "rb").read())), sep="\n")' "$1"
}

# and a stream that begins later goes on from what is there, though a flashback went to before its beginning; all is loaded again
for year in 2018 2021; do
	f1-sim -y $year -c 4 -l 3 -r 20 --scene chained-flashbacks,loss,reorder,duplicates | f1-decode >race.f1
	fresh
	f1-pg <race.f1
	contents >whole
	ok "$year: flashbacks went back" test "$(sql 'SELECT count(DISTINCT overall_frame_identifier - frame_identifier) FROM f1.motion WHERE frame_identifier > 0')" -gt 2
	for pieces in 3 11; do
		python3 "$top/tests/cut.py" race.f1 $pieces >/dev/null
		fresh
		piece=1
		while [ $piece -le $pieces ]; do
			f1-pg <"race.f1.$piece"
			piece=$((piece + 1))
		done 2>said
		is "$year: flashbacks in $pieces pieces, one by one: no sample is taken for another" "$(cat said)" ''
		contents >got
		same "$year: flashbacks in $pieces pieces, one by one: the same rows" whole got
		marks >first
		while [ $piece -gt 1 ]; do
			piece=$((piece - 1))
			f1-pg <"race.f1.$piece"
		done
		f1-pg <race.f1
		marks >second
		same "$year: flashbacks in $pieces pieces, again, and the whole: no row is written" first second
	done

	# one by one to where a pass has some samples only
	for some in dropped thinned; do
		if [ $some = dropped ]; then
			f1-pg --keep-samples 0 >/dev/null
		else
			fresh
			f1-pg --rate car_telemetry,motion,lap_data,car_status=1 <race.f1
		fi
		piece=1
		while [ $piece -le "$pieces" ]; do
			f1-pg <"race.f1.$piece"
			piece=$((piece + 1))
		done
		contents >got
		same "$year: flashbacks in $pieces pieces, after samples were $some: the same rows" whole got
	done

	# what is loaded in another order may not find its place, but is not left out in silence
	python3 "$top/tests/cut.py" race.f1 3 >/dev/null
	fresh
	f1-pg <race.f1.3 2>/dev/null
	rm -f dead.f1
	run f1-pg -v --dead-letter dead.f1 <race.f1.2 2>said
	is "$year: flashbacks in another order: status" "$status" 65
	uid=$(sql 'SELECT f1.session_hex(session_uid) FROM f1.session_info')
	like "$year: flashbacks in another order: said" "$(cat said)" "^f1-pg: session $uid: the database has other samples in the place of some: left out$"
	numbers=$(sed -n 's/^f1-pg: \([0-9]*\) records, \([0-9]*\) rejected (\2 other), \([0-9]*\) rows written, \([0-9]*\) rows known, \([0-9]*\) .*/\1 - \2 - \3 - \4 - \5/p' said)
	is "$year: flashbacks in another order: all is accounted for" "$((${numbers:-1}))" 0
	others=$(sed -n 's/.*(\([0-9]*\) other).*/\1/p' said)
	marks >first
	run f1-pg -v <dead.f1 --dead-letter again.f1 2>again
	marks >second
	like "$year: flashbacks in another order: the dead letters have what was left out, and are so again" \
		"$status $(tail -n 1 again)" "^65 f1-pg: $others records, $others rejected \($others other\)"
	same "$year: flashbacks in another order: nothing is written" first second
	# in the order of batches, which end when they are full, or with time
	sorted dead.f1 >expected
	sorted again.f1 >got
	same "$year: flashbacks in another order: and they stay as they are" got expected
	rm again.f1
	f1-pg --drop-session "$uid" >/dev/null
	for piece in 1 2 3; do
		f1-pg <"race.f1.$piece"
	done
	contents >got
	same "$year: flashbacks in another order: dropped, and loaded in order: the same rows" whole got
done
done_testing
