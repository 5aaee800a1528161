#!/bin/sh
# f1-pg: records that cannot be rows, rows that the database refuses, a full disk, a schema of another version
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/pg.sh
. "$top/tests/pg.sh"
need f1-pg f1-decode f1-route f1-sim
pg_start

f1-sim -y 2025 -c 6 -l 2 -r 20 | f1-decode >race.f1
fresh
f1-pg <race.f1
contents >whole
# what comes with frame 0 at the end has the overall frame behind the last one of its load: a few records have another
history() {
	sql "SELECT to_jsonb(h) - 'overall_frame_identifier' FROM f1.lap_history h ORDER BY 1"
}
history >history.whole

# what the database refuses: samples, a state, and what is told apart by its content
constraints() {
	sql "ALTER TABLE f1.car_telemetry ADD CONSTRAINT no_slow CHECK (NOT (car = 3 AND overall_frame_identifier BETWEEN 200 AND 260));
		ALTER TABLE f1.lap_history ADD CONSTRAINT no_lap CHECK (NOT (car = 1 AND lap_num = 2));
		ALTER TABLE f1.event ADD CONSTRAINT no_event CHECK (event_string_code <> 'LGOT')"
}
for jobs in 1 2; do
	fresh
	constraints
	rm -f dead
	run f1-pg -v -j $jobs --dead-letter dead <race.f1 2>err
	is "-j $jobs: refused rows: status" "$status" 65
	like "-j $jobs: refused rows are counted" "$(cat err)" '[1-9][0-9]* rejected \([1-9][0-9]* refused\)'
	like "-j $jobs: the first is told" "$(cat err)" '^f1-pg: [a-z_]*: refused by the database: new row for relation .* violates check constraint .*: left out$'
	ok "-j $jobs: and no other" test "$(grep -c 'left out' err)" -le "$jobs"
	contents >some
	is "-j $jobs: the rest is there, in all tables but these" "$(diff some whole | sed -n 's/^> \([a-z_0-9]*\) .*/\1/p' | xargs)" 'car_telemetry event lap_history'
	contents >some.before
	run f1-pg -j $jobs --dead-letter dead2 <dead 2>err
	contents >got
	is "-j $jobs: what is refused is kept, and refused again" "$status $(diff got some.before)" '65 '
	sql "ALTER TABLE f1.car_telemetry DROP CONSTRAINT no_slow; ALTER TABLE f1.lap_history DROP CONSTRAINT no_lap; ALTER TABLE f1.event DROP CONSTRAINT no_event"
	run f1-pg <dead
	is "-j $jobs: when it is mended the file goes in" "$status" 0
	contents >got
	is "-j $jobs: and all is there" "$(diff got whole | sed -n 's/^> \([a-z_0-9]*\) .*/\1/p' | grep -v lap_history)" ''
	history >history.got
	same "-j $jobs: and all laps" history.got history.whole
done
fresh
constraints
run f1-pg -v <race.f1 2>err
is 'without a file the rest goes in as well' "$(contents | diff - some)" ''
is 'and the status tells' "$status" 65

# all rows of a table
fresh
sql 'ALTER TABLE f1.car_setups ADD CONSTRAINT none CHECK (false)'
f1-pg --dead-letter dead <race.f1 2>err
contents >got
is 'a table that takes no row: the others have theirs' "$(diff got whole | sed -n 's/^> \([a-z_0-9]*\) .*/\1/p' | xargs)" 'car_setups frames'

# a trigger that takes no more than so many rows of one statement: no row of it is bad
fresh
sql "CREATE FUNCTION f1.few() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN IF (SELECT count(*) FROM f1.motion) > 1000 THEN RAISE EXCEPTION 'that is enough'; END IF; RETURN NULL; END \$\$;
	CREATE TRIGGER few AFTER INSERT ON f1.motion FOR EACH STATEMENT EXECUTE FUNCTION f1.few()"
run f1-pg --dead-letter dead3 <race.f1 2>err
is 'refused as a whole only: status' "$status" 75
like 'refused as a whole only: words' "$(cat err)" 'that is enough'
like 'refused as a whole only: what is lost is said' "$(cat err)" '^f1-pg: [1-9][0-9]* rows were read and not written$'

# records that cannot be rows
if have python3; then
	fresh
	rm -f dead
	python3 - >bad.f1 <<-'P'
		import struct, sys
		def pack(v):
		    if isinstance(v, str):
		        return bytes([0xa0 | len(v)]) + v.encode()
		    if isinstance(v, float):
		        return b'\xcb' + struct.pack('>d', v)
		    return b'\xcf' + struct.pack('>Q', v) if v >= 0 else b'\xd3' + struct.pack('>q', v)
		def frame(d):
		    b = bytes([0xde]) + struct.pack('>H', len(d)) + b''.join(pack(k) + pack(v) for k, v in d.items())
		    return struct.pack('>I', len(b)) + b
		head = dict(packet='car_telemetry', packet_id=6, packet_format=2025, session_uid=2**64 - 5, session_time=1.5,
		    frame_identifier=7, overall_frame_identifier=9, player_car_index=0)
		good = [frame(dict(head, car=car, speed=300)) for car in (1, 2)]
		bad = [frame(dict(head, car=3, speed=70000)), frame(dict(head, packet='no_such_thing')), frame({'packet': 'motion'}),
		    frame(dict(head, car=4, received_at=-2**62)), struct.pack('>I', 5) + b'hello']
		sys.stdout.buffer.write(good[0] + b''.join(bad) + good[1])
		open('bad.want', 'wb').write(b''.join(sorted(bad)))
	P
	run f1-pg -v --dead-letter dead <bad.f1 2>err
	is 'records that cannot be rows: status' "$status" 65
	like 'records that cannot be rows: counted' "$(cat err)" '7 records, 5 rejected \(1 malformed, 1 unknown, 1 head, 1 range, 1 refused\), 2 rows written'
	python -c 'import sys
from frames import frames
sys.stdout.buffer.write(b"".join(sorted(frames(open("dead", "rb").read()))))' >got
	same 'records that cannot be rows are kept as they came' got bad.want
else
	skip 'no python3 here' 3
fi
run f1-pg --dead-letter /dev/full <bad.f1 2>err
is 'a file that cannot be written: status' "$status" 74
like 'a file that cannot be written: words' "$(cat err)" '^f1-pg: /dev/full: No space left on device$'
run f1-pg --dead-letter no/such/file <bad.f1 2>err
is 'a file that cannot be made: status' "$status" 74

# the schema of a version before
fresh
# shellcheck disable=SC2016	# that is for PostgreSQL
sql 'DO $do$ BEGIN EXECUTE (SELECT $$DROP VIEW $$ || string_agg(oid::regclass::text, $$, $$) || $$ CASCADE$$ FROM pg_class
	WHERE relkind = $$v$$ AND relnamespace = $$f1$$::regnamespace); END $do$; DROP FUNCTION f1.views_version'
sql 'ALTER TABLE f1.motion DROP COLUMN yaw; ALTER TABLE f1.car_telemetry ALTER COLUMN speed TYPE integer; DROP TABLE f1.loads; DROP TABLE f1.tyre_sets'
run f1-pg <race.f1 2>err
is 'an older schema: status' "$status" 69
like 'an older schema: words' "$(cat err)" '^f1-pg: f1.car_telemetry.speed is integer, not smallint: bring the schema up to this version with f1-pg --init$'
ok 'an older schema: --init' sh -c 'f1-pg --init <race.f1'
contents >got
is 'an older schema: the rows are there' "$(diff got whole | sed -n 's/^> \([a-z_0-9]*\) .*/\1/p' | xargs)" motion
sql 'SELECT session_uid, overall_frame_identifier, car, yaw FROM f1.motion' | sort >got
fresh
f1-pg <race.f1
sql 'SELECT session_uid, overall_frame_identifier, car, yaw FROM f1.motion' | sort >want
same 'an older schema: in all columns' got want

# fewer samples a second
for rate in x motion motion= motion=x motion=0 motion=-1 nothing=1 lap_history=1 event=1 'motion,=1'; do
	run f1-pg --rate "$rate" <race.f1 2>err
	is "--rate $rate is refused" "$status" 64
done
fresh
f1-pg -v --rate motion,car_telemetry=5 --rate lap_data=1 <race.f1 2>err
contents >got
is '--rate thins these tables' "$(diff got whole | sed -n 's/^> \([a-z_0-9]*\) .*/\1/p' | xargs)" 'car_telemetry lap_data motion lap_ends passes frames'
is 'one of four frames, all cars of it' "$(sql "SELECT round(count(*) / (SELECT count(*) FROM f1.car_status)::numeric, 2), (SELECT count(*) FROM (SELECT FROM f1.motion GROUP BY overall_frame_identifier HAVING count(*) <> 6) x) < 5 FROM f1.motion")" '0.25|t'
is 'one of twenty' "$(sql "SELECT round(count(*) / (SELECT count(*) FROM f1.car_status)::numeric, 2) FROM f1.lap_data")" 0.05
like 'and is counted' "$(cat err)" '[1-9][0-9]* thinned'
marks >first
f1-pg --rate motion,car_telemetry=5 --rate lap_data=1 <race.f1
marks >second
same 'again with the same rates: no row is written' first second

# the disk of the server is full: a table space on 24 MB
mkdir small
if mount -t tmpfs -o size=24m tmpfs small 2>/dev/null; then
	at_exit "umount '$tmp/small'"
	chown postgres small
	fresh
	sql "CREATE TABLESPACE small LOCATION '$tmp/small'"
	for table in motion car_telemetry lap_data car_status; do
		sql "ALTER TABLE f1.$table SET TABLESPACE small; ALTER INDEX f1.${table}_pkey SET TABLESPACE small"
	done
	f1-sim -y 2025 -c 12 -l 2 -r 30 -S 2 | f1-decode | f1-route motion,car_telemetry,lap_data,car_status=- >large.f1
	run f1-pg -v <large.f1 2>err
	is 'the disk is full: status' "$status" 75
	like 'the disk is full: words' "$(cat err)" '^f1-pg: .*No space left on device'
	like 'the disk is full: what is not there is said' "$(cat err)" '^f1-pg: [1-9][0-9]* rows were read and not written$'
	written=$(sed -n 's/.* \([0-9]*\) rows written.*/\1/p' err)
	count_all() {
		n=0
		for table in $(pg_tables); do
			n=$((n + $(sql "SELECT count(*) FROM f1.$table")))
		done
		echo $n
	}
	is 'the disk is full: what was counted as written is there' "$(count_all)" "$written"
	for table in motion car_telemetry lap_data car_status; do
		sql "ALTER TABLE f1.$table SET TABLESPACE pg_default; ALTER INDEX f1.${table}_pkey SET TABLESPACE pg_default"
	done
	sql 'DROP TABLESPACE small'
	run f1-pg <large.f1
	is 'there is room again: status' "$status" 0
	contents >got
	fresh
	f1-pg <large.f1
	contents >want
	same 'there is room again: all rows are there' got want
else
	skip 'a small file system cannot be mounted here' 6
fi
done_testing
