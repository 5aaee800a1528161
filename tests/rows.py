"""rows.py: do the tables of f1-pg hold what the records say?

usage: rows.py LAYOUT SQL_DUMP_FOLDER <records.json
LAYOUT is the output of f1-decode --layout, the folder holds TABLE.csv (COPY ... TO ... CSV HEADER, null is \\N) for each
table. Written to agree with DESIGN, not with f1-pg: samples are told apart by session, frame and keys, the first one
stays; of states the last one; event and lobby_info by all they say. Prints what differs and ends with 1.
SPDX-License-Identifier: MIT
"""
import csv
import json
import os
import struct
import sys

KEYS = {'car', 'zone', 'sample', 'player', 'colour', 'lap_num', 'stint', 'set', 'dataset'}
WHEELS = ('rl', 'rr', 'fl', 'fr')


def float32(x):
    try:
        return struct.unpack('<f', struct.pack('<f', x))[0]
    except OverflowError:
        return float('inf') if x > 0 else float('-inf')


def one_unit(record, name, value):
    """the value in the unit of all years (NOTES: one name, two units)"""
    if record['packet'] == 'car_telemetry' and record['packet_format'] == 2018 and name in ('throttle', 'brake', 'steer'):
        return float32(value / 100)
    if record['packet'] == 'motion' and record['packet_format'] == 2026 and name.startswith('g_force'):
        return float32(value / 1000)
    if record['packet'] == 'lap_data' and record['packet_format'] < 2020 and name == 'grid_position':
        return value + 1
    return value


def expected(record):
    row = {}
    for name, value in record.items():
        if name in ('packet', 'packet_id'):
            continue
        if name == 'session_uid':
            value = int(value, 16)
            value -= (value >> 63) << 64
        if isinstance(value, list) and len(value) == 4:
            for wheel, v in zip(WHEELS, value):
                row[name + '_' + wheel] = one_unit(record, name, v)
        else:
            row[name] = one_unit(record, name, value)
    return row


def same(column, want, got):
    if got == '\\N':
        return want is None
    if want is None:        # NaN and infinities are null in JSON
        return got in ('NaN', 'Infinity', '-Infinity')
    if isinstance(want, str):
        return want == got if column != 'received_at' else True
    if isinstance(want, list):
        return [float(x) for x in got.strip('{}').split(',')] == [float(x) for x in want]
    return float32(float(got)) == float32(float(want)) if isinstance(want, float) else float(got) == float(want)


def main():
    kinds = {}
    with open(sys.argv[1]) as f:
        for row in csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE):
            kinds[row['record']] = 'distinct' if row['record'] in ('event', 'lobby_info', 'lobby_info_extra', 'lap_positions_extra') else row['kind']
    want = {record: {} for record in kinds}
    for line in sys.stdin:
        record = json.loads(line)
        name = record['packet']
        kind = kinds[name]
        keys = tuple(record[k] for k in record if k in KEYS)
        if kind == 'distinct':
            key = line
            want[name].setdefault(key, record)
        elif kind == 'sample':
            key = (record['session_uid'], record.get('overall_frame_identifier', record['frame_identifier'])) + keys
            want[name].setdefault(key, record)
        else:
            key = (record['session_uid'],) + keys
            want[name][key] = record
    bad = rows = 0
    for name, records in want.items():
        with open(os.path.join(sys.argv[2], name + '.csv'), newline='') as f:
            got = list(csv.DictReader(f))
        if len(got) != len(records):
            print(f'{name}: {len(got)} rows, expected {len(records)}')
            bad += 1
        index = {}
        for row in got:
            index.setdefault(tuple(sorted(x for x in row if x in KEYS)), None)
        columns = set(got[0]) if got else set()

        def place(row):
            return (int(row['session_uid']), int(row['frame_identifier']), tuple(int(row[k]) for k in sorted(KEYS & columns)
                    if row[k] not in ('\\N', None)))
        by_place = {}
        for row in got:
            by_place.setdefault(place(row), []).append(row)
        for record in records.values():
            rows += 1
            wanted = expected(record)
            at = (wanted['session_uid'], wanted['frame_identifier'], tuple(wanted[k] for k in sorted(KEYS & set(wanted))))
            closing = record['packet_id'] in (3, 8, 11) and record['frame_identifier'] == 0
            found = False
            differences = []
            for row in by_place.get(at, []):
                different = [(c, wanted.get(c), row[c]) for c in row
                             if c != 'digest' and not (c == 'overall_frame_identifier' and (closing or c not in wanted))
                             and not same(c, wanted.get(c), row[c])]
                if not different:
                    found = True
                    break
                differences.append(different[:3])
            if not found:
                bad += 1
                if bad < 20:
                    print(f'{name}: no row as {at}: {differences[:2]}')
    print(f'{rows} rows compared, {bad} differ')
    return bad > 0 or rows == 0


if __name__ == '__main__':
    sys.exit(main())
