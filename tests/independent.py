#!/usr/bin/env python3
# independent: a second opinion on f1-decode, made from the reference tables and from nothing that f1-decode is made of
# SPDX-License-Identifier: MIT
#
#   compare LAYOUTS PACKETS RAW RECORDS [--all]    RECORDS are what the datagrams of RAW (raw or pcap) should become
#   expect  LAYOUTS PACKETS RAW [--all]            the records that RAW should become
#   show    RECORDS                                records as text
#   json    RECORDS LINES                          LINES of JSON tell the same as RECORDS
#   generate GOLDEN                                raw packets of random bytes, of the sizes in GOLDEN
#   hashes  GOLDEN RECORDS RECORDS_OF_ALL          records of the generated packets are the golden ones
#   golden  LAYOUTS PACKETS                        GOLDEN
#   pcap    RAW LAYOUTS PACKETS                    RAW as pcap, a datagram every 100.003 ms from 2024-01-01 on
#
# - is stdin. Exit status 0 if all is well, 1 with the first differences if not.
import calendar
import csv
import functools
import hashlib
import json
import re
import struct
import sys

CODES = {'u8': 'B', 'i8': 'B', 'u16': 'H', 'i16': 'H', 'u32': 'I', 'f32': 'I', 'u64': 'Q', 'f64': 'Q'}  # bits only
TAGS = {'u8': 0xcc, 'i8': 0xd0, 'u16': 0xcd, 'i16': 0xd1, 'u32': 0xce, 'u64': 0xcf, 'f32': 0xca, 'f64': 0xcb}
SIZES = {'B': 1, 'H': 2, 'I': 4, 'Q': 8}
FORMATS = range(2018, 2027)
COMMON = ('packet_id', 'packet_format', 'session_uid', 'session_time', 'frame_identifier',
          'overall_frame_identifier', 'player_car_index')


def pack_str(s):
    b = s.encode() if isinstance(s, str) else s
    if len(b) < 32:
        return bytes([0xa0 | len(b)]) + b
    return (bytes([0xd9, len(b)]) if len(b) < 256 else b'\xda' + struct.pack('>H', len(b))) + b


def pack_map(n):
    return bytes([0x80 | n]) if n < 16 else b'\xde' + struct.pack('>H', n)


def pack_array(n):
    return bytes([0x90 | n]) if n < 16 else b'\xdc' + struct.pack('>H', n)


def text(b):
    return b.split(b'\0', 1)[0].decode('utf-8', 'replace').encode()


class Field:
    def __init__(self, name, offset, kind, count, stride):
        self.name, self.offset, self.kind, self.count, self.stride = name, offset, kind, count, stride


class Fields:
    """The key and value pairs of fields that lie at known places, from the bytes of a packet."""

    def __init__(self, fields, base):
        self.n = len(fields)
        self.parts = []     # (unpack, pack, arguments) or (key, offset, length) of a text
        self.fixed = not any(f.kind == 'char' for f in fields)
        run = []
        for f in fields:
            if f.kind == 'char':
                self.add(run, base)
                run = []
                self.parts.append((pack_str(f.name), f.offset - base, f.count))
            else:
                run.append(f)
        self.add(run, base)

    def add(self, run, base):
        if not run:
            return
        unpack, pack, args, at = '<', '>', [], 0
        for f in run:
            code = CODES[f.kind]
            unpack += '%dx%d%s' % (f.offset - base - at, f.count, code)
            at = f.offset - base + f.count * SIZES[code]
            for i in range(f.count):
                const = bytes([TAGS[f.kind]])
                if i == 0:
                    const = pack_str(f.name) + (pack_array(f.count) if f.count > 1 else b'') + const
                pack += '%ds%s' % (len(const), code)
                args += [const, 0]
        self.parts.append((struct.Struct(unpack).unpack_from, struct.Struct(pack).pack, args))

    def encode(self, data, base):
        out = b''
        for a, b, c in self.parts:
            if isinstance(a, bytes):
                out += a + pack_str(text(data[base + b:base + b + c]))
            else:
                c[1::2] = a(data, base)
                out += b(*c)
        return out


class Record:
    """What one element becomes, without the fields of the header."""

    def __init__(self, name, keys, fields, base):
        self.name, self.keys, self.base = name, keys, base
        self.fields = Fields(fields, base)
        self.start = {}

    def encode(self, head, head_n, data, base, keys):
        body = head + keys + self.fields.encode(data, base)
        start = self.start.get(head_n)
        if start is None:
            start = self.start[head_n] = (pack_map(1 + head_n + self.keys + self.fields.n) + pack_str('packet') +
                                          pack_str(self.name))
        return struct.pack('>I', len(start) + len(body)) + start + body


def key(name, value, wide=False):
    return pack_str(name) + (b'\xcd' + struct.pack('>H', value) if wide else bytes([0xcc, value & 255]))


class Packet:
    """The rows of layouts.csv of one format and packet, and how they become records."""

    # what is in no array becomes this record; <packet>_extra if it is not here
    REST = {'motion': 'motion_ex', 'motion_ex': 'motion_ex', 'session': 'session', 'event': 'event',
            'session_history': 'session_history'}
    # arrays with a record of their own name, its index key, and the counter
    COUNTED = {'marshal_zones': ('marshal_zones', 'zone', 'num_marshal_zones'),
               'weather_forecast_samples': ('weather_forecast_samples', 'sample', 'num_weather_forecast_samples'),
               'drs_zones': ('drs_zones', 'zone', 'num_drs_zones'),
               'active_aero_zones_full': ('active_aero_zones_full', 'zone', 'num_active_aero_zones_full'),
               'active_aero_zones_partial': ('active_aero_zones_partial', 'zone', 'num_active_aero_zones_partial'),
               'players': ('lobby_info', 'player', 'num_players'),
               'lap_history': ('lap_history', 'lap_num', 'num_laps'),
               'tyre_stints_history': ('tyre_stints', 'stint', 'num_tyre_stints')}
    DATASETS = ('player_session_best_data_set', 'personal_best_data_set', 'rival_data_set')

    def __init__(self, rows, size):
        self.format, self.id, self.name, self.size = int(rows[0]['format']), int(rows[0]['packet_id']), rows[0]['packet'], size
        self.paths = {}
        for r in rows:
            self.paths.setdefault(r['path'], []).append(
                Field(r['name'], int(r['offset']), r['type'], int(r['count']), int(r['stride'])))
        header = {f.name: f for f in self.paths.pop('header')}
        self.head_fields = [header[n] for n in COMMON if n in header]
        self.version_fields = [f for n, f in header.items() if n not in COMMON]
        self.uid, self.player = header['session_uid'].offset, header['player_car_index'].offset
        self.rest = self.paths.pop('.', [])
        self.at = {f.name: f.offset for f in self.rest}
        self.events = {}
        self.arrays = {}        # name without counts: (counts, stride, offset of the first element, fields)
        for path, fields in self.paths.items():
            m = re.fullmatch(r'event\[(....)\]', path)
            if m:
                self.events[m.group(1).encode()] = fields
                continue
            counts = [int(n) for n in re.findall(r'\[(\d+)\]', path)]
            name = re.sub(r'\[\d+\]', '', path)
            self.arrays[name] = (counts, fields[0].stride, min(f.offset for f in fields), fields)
        self.build()

    def build(self):
        rest = [f for f in self.rest if f.name != 'car_idx']
        if self.name == 'session':
            rest = self.version_fields + rest
        self.record_rest = None
        if rest and self.name != 'event':
            self.record_rest = Record(self.REST.get(self.name, self.name + '_extra'), 'car_idx' in self.at, rest, 0)
        self.elements = {}
        for name, (counts, stride, base, fields) in self.arrays.items():
            if name == 'cars':
                self.elements[name] = Record(self.name, 1, fields, base)
            elif name == 'cars.livery_colours':
                self.elements[name] = Record('livery_colours', 2, fields, base)
            elif name in self.COUNTED:
                self.elements[name] = Record(self.COUNTED[name][0], 2 if 'car_idx' in self.at else 1, fields, base)
            elif name == 'tyre_sets':
                self.elements[name] = Record(name, 2, fields, base)
            elif name in self.DATASETS:
                self.elements[name] = Record('time_trial', 2, [f for f in fields if f.name != 'car_idx'], base)
            elif name == 'laps':
                one = [Field('position', base, fields[0].kind, 1, 0)]
                self.elements[name] = Record('lap_positions', 2, one, base)
            else:
                raise SystemExit('no record for ' + name)
        self.event_records = {}
        for code, fields in self.events.items():
            own = [f for f in fields if f.name != 'vehicle_idx']
            car = [f.offset for f in fields if f.name == 'vehicle_idx']
            self.event_records[code] = (Record('event', len(car), self.rest + own, 0), car)
        if self.name == 'event':
            self.event_records[None] = (Record('event', 0, self.rest, 0), [])
        by = {f.name: f for f in self.arrays['cars'][3]} if 'cars' in self.arrays else {}
        self.status = by['result_status'].offset if 'result_status' in by else None
        self.colours = by['num_colours'].offset if 'num_colours' in by else None

    def expect(self, data, sessions, everything, received_at):
        """The frames of a datagram."""
        # the common fields stand in another order than on the wire
        head, n = b'', len(self.head_fields)
        for f in self.head_fields:
            size = SIZES[CODES[f.kind]]
            head += pack_str(f.name) + bytes([TAGS[f.kind]]) + data[f.offset:f.offset + size][::-1]
        if received_at is not None:
            head += pack_str('received_at') + b'\xd3' + struct.pack('>q', received_at)
            n += 1
        out = []
        player = data[self.player]
        status = sessions.setdefault(data[self.uid:self.uid + 8], {})

        car_key = key('car', data[self.at['car_idx']]) if 'car_idx' in self.at else b''
        if self.name == 'event':
            code = data[self.at['event_string_code']:][:4]
            record, car = self.event_records.get(code) or self.event_records[None]
            return [record.encode(head, n, data, 0, key('car', data[car[0]]) if car else b'')]
        rest = []
        if self.record_rest:
            rest = [self.record_rest.encode(head, n, data, 0, car_key)]
        if self.name in ('session', 'session_history'):
            out, rest = rest, []

        names = list(self.elements)
        if self.name == 'session':
            names = [a for a in self.COUNTED if a in self.elements]
        active = None
        for name in names:
            record = self.elements[name]
            counts, stride, base, fields = self.arrays[name]
            if name == 'cars':
                active = []
                for i in range(counts[0]):
                    emit = status.get(i, 255) not in (0, 1)
                    if self.name == 'lap_data':
                        was, now = status.get(i, 0), data[self.status + i * stride]
                        status[i] = now
                        emit = now not in (0, 1) or was not in (0, 1)
                    elif self.name == 'final_classification':
                        emit = data[self.status + i * stride] not in (0, 1)
                    if emit or everything or i == player:
                        active.append(i)
                        out.append(record.encode(head, n, data, base + i * stride, CAR[i]))
            elif name == 'cars.livery_colours':
                outer = self.arrays['cars'][1]
                for i in active:
                    many = counts[1] if everything else min(counts[1], data[self.colours + i * outer])
                    for j in range(many):
                        out.append(record.encode(head, n, data, base + i * outer + j * stride, CAR[i] + key('colour', j)))
            elif name in self.COUNTED:
                _, index, counter = self.COUNTED[name]
                many = counts[0] if everything else min(counts[0], data[self.at[counter]])
                for i in range(many):
                    out.append(record.encode(head, n, data, base + i * stride, car_key + key(index, i + (index == 'lap_num'))))
            elif name == 'tyre_sets':
                for i in range(counts[0]):
                    if everything or any(data[base + i * stride:base + (i + 1) * stride]):
                        out.append(record.encode(head, n, data, base + i * stride, car_key + key('set', i)))
            elif name in self.DATASETS:
                last = max(f.offset + SIZES[CODES[f.kind]] for f in fields)
                if everything or any(data[base:last]):
                    car = [f.offset for f in fields if f.name == 'car_idx'][0]
                    keys = key('dataset', self.DATASETS.index(name)) + key('car', data[car])
                    out.append(record.encode(head, n, data, base, keys))
            elif name == 'laps':
                many = counts[0] if everything else min(counts[0], data[self.at['num_laps']])
                for i in range(many):
                    lap = key('lap_num', i + data[self.at['lap_start']] + 1, True)
                    for j in range(fields[0].count):
                        if everything or data[base + i * stride + j]:
                            out.append(record.encode(head, n, data, base + i * stride + j, lap + CAR[j]))
        return out + rest


CAR = [key('car', i) for i in range(64)]


def packets_of(layouts, packets):
    sizes, rows = {}, {}
    with open(packets, newline='') as f:
        for r in csv.DictReader(f):
            sizes[int(r['format']), int(r['packet_id'])] = int(r['size_bytes'])
    with open(layouts, newline='') as f:
        for r in csv.DictReader(f):
            rows.setdefault((int(r['format']), int(r['packet_id'])), []).append(r)
    return {k: Packet(rows[k], sizes[k]) for k in rows}


def packet_id_at(fmt):
    return 3 if fmt == 2018 else 5 if fmt < 2023 else 6


def header_size(fmt):
    return 21 if fmt == 2018 else 23 if fmt == 2019 else 24 if fmt < 2023 else 29


def name_of(data, at=0):
    fmt = data[at] | data[at + 1] << 8
    return fmt, data[at + packet_id_at(fmt)]


def datagrams(data, sizes):
    """(received_at or None, datagram) of raw bytes without garbage, or of a pcap of UDP in IPv4 in Ethernet."""
    magic = data[:4]
    if magic in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1'):
        at, nano = 24, magic[0] == 0x4d
        while at + 16 <= len(data):
            sec, frac, have, _ = struct.unpack_from('<IIII', data, at)
            at += 16
            ip = data[at + 14:at + have]
            yield sec * 1000000 + (frac // 1000 if nano else frac), ip[(ip[0] & 15) * 4 + 8:]
            at += have
        return
    at = 0
    while at < len(data):
        size = sizes[name_of(data, at)]
        if at + size > len(data):
            raise SystemExit('the last datagram is cut')
        yield None, data[at:at + size]
        at += size


def read_all(name):
    if name == '-':
        return sys.stdin.buffer.read()
    with open(name, 'rb') as f:
        return f.read()


class Bad(Exception):
    pass


def unpack(b, at=0):
    """(tag, value) and the offset behind it; strings and maps get the tags str and map. Refuses what is not shortest."""
    if at >= len(b):
        raise Bad('cut')
    t = b[at]
    at += 1
    if t in READ:
        code, kind, size = READ[t]
        if at + size > len(b):
            raise Bad('cut')
        return (kind, code(b, at)[0]), at + size
    if t & 0xe0 == 0xa0:
        n, kind = t & 31, 'str'
    elif t == 0xd9:
        n, kind, at = b[at], 'str', at + 1
        if n < 32:
            raise Bad('long str header')
    elif t == 0xda:
        n, kind, at = b[at] << 8 | b[at + 1], 'str', at + 2
    elif t & 0xf0 == 0x80:
        n, kind = t & 15, 'map'
    elif t == 0xde:
        n, kind, at = b[at] << 8 | b[at + 1], 'map', at + 2
        if n < 16:
            raise Bad('long map header')
    elif t & 0xf0 == 0x90:
        n, kind = t & 15, 'array'
    elif t == 0xdc:
        n, kind, at = b[at] << 8 | b[at + 1], 'array', at + 2
    else:
        raise Bad('type 0x%02x' % t)
    if kind == 'str':
        if at + n > len(b):
            raise Bad('cut')
        return ('str', b[at:at + n].decode('utf-8')), at + n
    items = []
    for _ in range(n * (2 if kind == 'map' else 1)):
        v, at = unpack(b, at)
        items.append(v)
    if kind == 'array':
        return ('array', items), at
    keys = [k[1] for k in items[::2]]
    if any(k[0] != 'str' for k in items[::2]) or len(set(keys)) != n:
        raise Bad('a key twice')
    return ('map', dict(zip(keys, items[1::2]))), at


# what a first byte announces: reader, kind, bytes; floats stay bytes
READ = {t: (struct.Struct(code).unpack_from, kind, struct.calcsize(code)) for t, code, kind in (
    (0xcc, '>B', 'u8'), (0xd0, '>b', 'i8'), (0xcd, '>H', 'u16'), (0xd1, '>h', 'i16'), (0xce, '>I', 'u32'),
    (0xcf, '>Q', 'u64'), (0xd3, '>q', 'i64'), (0xca, '>4s', 'f32'), (0xcb, '>8s', 'f64'))}


def frames(b):
    at = 0
    while at < len(b):
        if at + 4 > len(b):
            raise Bad('a cut frame at %d' % at)
        n = struct.unpack_from('>I', b, at)[0]
        if n == 0 or n > 65536 or at + 4 + n > len(b):
            raise Bad('a frame of %d bytes at %d' % (n, at))
        yield b[at + 4:at + 4 + n]
        at += 4 + n


def record(b):
    """The map of a record as a dict in its order."""
    v, end = unpack(b)
    if v[0] != 'map' or end != len(b):
        raise Bad('not one map')
    return v[1]


def plain(v):
    kind, x = v
    if kind == 'f32':
        return '%s(%s)' % (repr(struct.unpack('>f', x)[0]), x.hex())
    if kind == 'f64':
        return repr(struct.unpack('>d', x)[0])
    if kind == 'array':
        return '[%s]' % ' '.join(plain(i) for i in x)
    return '%s:%s' % (kind, ascii(x) if kind == 'str' else x)


def describe(b):
    try:
        return ' '.join('%s=%s' % (k, plain(v)) for k, v in record(b).items())
    except (Bad, UnicodeDecodeError, IndexError) as e:
        return 'bad record (%s): %s' % (e, b[:80].hex())


def differ(want, got):
    """The first keys in which two records differ."""
    try:
        w, g = record(want), record(got)
    except (Bad, UnicodeDecodeError, IndexError):
        return 'expected %s\n  found %s' % (describe(want), describe(got))
    wi, gi = list(w.items()), list(g.items())
    said = [k for k in ('packet', 'packet_format', 'car') if k in w]
    out = [' '.join('%s=%s' % (k, plain(w[k])) for k in said)]
    for i in range(max(len(wi), len(gi))):
        a = wi[i] if i < len(wi) else None
        c = gi[i] if i < len(gi) else None
        if a != c:
            out.append('    expected %s, found %s' % (a and a[0] + '=' + plain(a[1]), c and c[0] + '=' + plain(c[1])))
    return '\n'.join(out[:6])


def compare(layouts, packets, raw, name, everything):
    table = packets_of(layouts, packets)
    sizes = {k: p.size for k, p in table.items()}
    stream = sys.stdin.buffer if name == '-' else open(name, 'rb')
    sessions, n, m, bad = {}, 0, 0, 0
    for received_at, data in datagrams(read_all(raw), sizes):
        want = table[name_of(data)].expect(data, sessions, everything, received_at)
        joined = b''.join(want)
        got = stream.read(len(joined))
        if got != joined:
            rest = got + stream.read(4 << 20)
            print('datagram %d (%d %s):' % (n, *name_of(data)))
            try:
                for i, f in enumerate(frames(rest)):
                    if i == len(want):
                        break
                    if f != want[i][4:]:
                        print('  record %d of %d: %s' % (i + 1, len(want), differ(want[i][4:], f)))
                        bad += 1
                        if bad > 3:
                            break
                else:
                    print('  %d records expected' % len(want))
            except Bad as e:
                print('  ' + str(e))
            return 1
        n += 1
        m += len(want)
    rest = stream.read(1 << 20)
    if rest:
        print('%d records expected; more: %s' % (m, describe(rest[4:4 + struct.unpack('>I', rest[:4])[0]])))
        return 1
    print('%d datagrams, %d records, equal' % (n, m))
    return 0


def expect(layouts, packets, raw, everything):
    table = packets_of(layouts, packets)
    sessions = {}
    for received_at, data in datagrams(read_all(raw), {k: p.size for k, p in table.items()}):
        for r in table[name_of(data)].expect(data, sessions, everything, received_at):
            sys.stdout.buffer.write(r)


class Number(str):
    pass


def digits(s):
    m = s.lower().split('e')[0].lstrip('-').replace('.', '').strip('0')
    return len(m)


@functools.lru_cache(1 << 18)
def same_float(s, number, code, bits):
    """Does the text s read back as these bits, and is it the shortest that does, if it is of a float32?"""
    x = struct.unpack('>' + code, bits)[0]
    if x != x or x in (float('inf'), float('-inf')):
        return s is None
    if not number:
        return False
    try:
        if struct.pack('>' + code, float(s)) != bits:
            return False
    except OverflowError:
        return False
    if code == 'd':
        return digits(s) <= max(15, digits(repr(x)))
    for p in range(1, 10):
        t = '%.*e' % (p - 1, x)
        try:
            if struct.pack('>f', float(t)) == bits:
                return digits(s) <= p
        except OverflowError:
            pass
    return False


def same_json(name, v, j):
    kind, x = v
    if kind == 'f32':
        return same_float(j, isinstance(j, Number), 'f', x)
    if kind == 'f64':
        return same_float(j, isinstance(j, Number), 'd', x)
    if kind == 'str':
        return not isinstance(j, Number) and j == x
    if kind == 'array':
        return isinstance(j, list) and len(j) == len(x) and all(same_json('', a, b) for a, b in zip(x, j))
    if name == 'session_uid':
        return not isinstance(j, Number) and j == '%016x' % x
    if name == 'received_at':
        m = re.fullmatch(r'(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z', j)
        if not m:
            return False
        sec = calendar.timegm(tuple(int(i) for i in m.groups()[:6]))
        return sec * 1000000 + int((m.group(7) or '0').ljust(6, '0')) == x
    return isinstance(j, Number) and j == str(x)


def pairs(items):
    if len(dict(items)) != len(items):
        raise Bad('a key twice')
    return dict(items)


def same_lines(records, lines):
    def constant(s):
        raise Bad(s + ' is not JSON')
    decoder = json.JSONDecoder(object_pairs_hook=pairs, parse_float=Number, parse_int=Number, parse_constant=constant)
    n = bad = 0
    text = read_all(lines)
    if text and not text.endswith(b'\n'):
        print('no newline at the end')
        return 1
    have = text.decode('utf-8').split('\n')[:-1]
    for i, b in enumerate(frames(read_all(records))):
        if i >= len(have):
            print('only %d lines' % len(have))
            return 1
        r = record(b)
        try:
            j = decoder.decode(have[i])
        except (ValueError, Bad) as e:
            print('line %d: %s: %s' % (i + 1, e, ascii(have[i][:200])))
            return 1
        wrong = [] if list(j) == list(r) else ['keys']
        wrong += ['%s: %s is no %s' % (k, ascii(j[k]), plain(v)) for k, v in r.items() if k in j and not same_json(k, v, j[k])]
        if wrong:
            print('line %d: %s' % (i + 1, '; '.join(wrong[:5])))
            bad += 1
            if bad > 3:
                return 1
        n += 1
    if len(have) != n:
        print('%d lines too many' % (len(have) - n))
        return 1
    if not bad:
        print('%d lines, equal' % n)
    return bad != 0


# random packets

EVENTS = (b'SSTA SEND FTLP RTMT DRSE DRSD TMPT CHQF RCWN PENA SPTP STLG LGOT DTSV SGSV FLBK BUTN RDFL OVTK SCAR COLL '
          b'XXXX \0\0\0\0 ftlp A\xffB\0 \xe2\x82\xacZ').split(b' ')
FLOATS = [struct.pack('<I', n) for n in (
    0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7f800001, 0x7fffffff, 0x00000000, 0x80000000, 0x00000001,
    0x80000001, 0x007fffff, 0x00800000, 0x7f7fffff, 0xff7fffff, 0x3f800000, 0x3dcccccd, 0x42c80000, 0x4b800000,
    0x4b7fffff, 0x501502f9, 0x26901d7d, 0x33d6bf95, 0x3eaaaaab, 0x5f000000, 0x2b8cbccc)]
DOUBLES = [struct.pack('<Q', n) for n in (
    0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 0x7ff0000000000001, 0x0000000000000001,
    0x8000000000000000, 0x000fffffffffffff, 0x7fefffffffffffff, 0x3fb999999999999a, 0x40bb47e666666666)]
TEXTS = [b'VERSTAPPEN', b'P\xc3\x89REZ', b'\xe2\x82\xac', b'\xf0\x9f\x8f\x81', b'\0', b'\xc3', b'\xe2\x82', b'\xf0\x9f\x8f',
         b'\x80', b'\xbf', b'\xc0\x80', b'\xc1\xbf', b'\xe0\x80\x80', b'\xe0\x9f\xbf', b'\xed\xa0\x80', b'\xed\x9f\xbf',
         b'\xef\xbf\xbd', b'\xf0\x80\x80\x80', b'\xf4\x8f\xbf\xbf', b'\xf4\x90\x80\x80', b'\xf5', b'\xff', b'\xfe', b'"', b'\\',
         b'\x01', b'\x1f', b'\x7f', b'\n', b'\t', b'/', b'\xe2\x28\xa1', b'\xf0\x9f\x28\x81', b'a' * 31, b'b' * 48,
         b'\xc2\x80', b'\xdf\xbf', b'\xe1\x80\xc3\xa9', b'\xe2\x80\xa8']


class Random:
    """splitmix64"""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9e3779b97f4a7c15) & (1 << 64) - 1
        z = self.state
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & (1 << 64) - 1
        z = (z ^ z >> 27) * 0x94d049bb133111eb & (1 << 64) - 1
        return z ^ z >> 31

    def below(self, n):
        return self.next() % n

    def pick(self, items):
        return items[self.below(len(items))]

    def bytes(self, n):
        return b''.join(struct.pack('<Q', self.next()) for _ in range((n + 7) // 8))[:n]


def fill(r, mode, n):
    """n bytes of a kind: 0 any, 1 small numbers (states, counters), 2 odd floats, 3 texts, 4 few and far between, 5 zeros"""
    if mode == 0:
        return bytearray(r.bytes(n))
    if mode == 1:
        return bytearray(b % 6 for b in r.bytes(n))
    b = bytearray(r.bytes(n) if mode == 2 else n)
    if mode == 2:
        for _ in range(n // 6):
            v, at = r.pick(DOUBLES) if r.below(8) == 0 else r.pick(FLOATS), r.below(n)
            b[at:at + len(v)] = v
    elif mode == 3:
        b = bytearray()
        while len(b) < n:
            b += r.pick(TEXTS)
    elif mode == 4:
        for _ in range(1 + n // 50):
            b[r.below(n)] = r.below(256)
    return b[:n]


def random_packet(r, fmt, pid, size, mode, code=None):
    head = header_size(fmt)
    b = bytearray(r.bytes(head)) + fill(r, mode, size - head)
    b = b[:size]
    struct.pack_into('<H', b, 0, fmt)
    at = packet_id_at(fmt)
    b[at] = pid
    struct.pack_into('<Q', b, at + 1, 0x8000000000000000 | fmt << 32 | 7)
    if r.below(4) == 0:
        b[at + 9:at + 13] = r.pick(FLOATS)
    player = at + 17 if fmt < 2023 else at + 21
    b[player] = r.pick((0, 3, 19, 21, 23, 255, b[player]))
    if code is not None:
        b[head:head + 4] = code
    return bytes(b)


MODES = (0, 1, 2, 3, 1, 4, 0, 1, 5, 2, 1, 3)


def generate(sizes):
    """Packets of all kinds, mixed by format, so that the cars of nine sessions come and go."""
    out = []
    for round_, mode in enumerate(MODES):
        for pid in range(17):
            for fmt in FORMATS:
                if (fmt, pid) in sizes:
                    r = Random(round_ * 1000003 + fmt * 101 + pid)
                    out.append(random_packet(r, fmt, pid, sizes[fmt, pid], mode, r.pick(EVENTS) if pid == 3 else None))
        for fmt in FORMATS:     # once more, when the cars are known
            r = Random(round_ * 1000003 + fmt * 101 + 50)
            for pid in (0, 4, 6, 7):
                out.append(random_packet(r, fmt, pid, sizes[fmt, pid], r.below(5)))
    for fmt in FORMATS:
        for n, code in enumerate(EVENTS):
            for mode in (0, 2, 3):
                r = Random(fmt * 100003 + n * 10 + mode)
                out.append(random_packet(r, fmt, 3, sizes[fmt, 3], mode, code))
    return out


def read_golden(name):
    with open(name) as f:
        return [line.split() for line in f if not line.startswith('#')]


def sort_out(stream):
    """Records by format and packet id."""
    out = {}
    for b in frames(stream):
        v = record(b)
        k = v['packet_format'][1], v['packet_id'][1]
        h = out.setdefault(k, [0, hashlib.sha256()])
        h[0] += 1
        h[1].update(struct.pack('>I', len(b)) + b)
    return {k: (str(h[0]), h[1].hexdigest()[:32]) for k, h in out.items()}


def golden(layouts, packets):
    table = packets_of(layouts, packets)
    sizes = {k: p.size for k, p in table.items()}
    stream, hashes = generate(sizes), []
    for everything in (False, True):
        sessions = {}
        hashes.append(sort_out(b''.join(b''.join(table[name_of(d)].expect(d, sessions, everything, None)) for d in stream)))
    print('# What random packets become, by independent.py from the reference tables: format, packet id, bytes of a packet;')
    print('# records and the first half of the SHA-256 of their frames, then the same with --all.')
    for k in sorted(sizes):
        print(*k, sizes[k], *hashes[0].get(k, (0, '-')), *hashes[1][k])


def hashes(name, records, records_all):
    bad = 0
    got = [sort_out(read_all(f)) for f in (records, records_all)]
    lines = read_golden(name)
    for fmt, pid, _, *want in lines:
        k = int(fmt), int(pid)
        have = [*got[0].pop(k, ('0', '-')), *got[1].pop(k, ('0', '-'))]
        if have != want:
            print('%s %s: expected %s records %s, --all %s %s' % (fmt, pid, *want))
            print('     found    %s records %s, --all %s %s' % tuple(have))
            bad += 1
    for k in [*got[0], *got[1]]:
        print('more: %d %d' % k)
        bad += 1
    if not bad:
        print('%d packets, equal' % len(lines))
    return bad != 0


def pcap(packets, start=1704067200000003, step=100003):
    """UDP in IPv4 in Ethernet, times in nanoseconds; start and step in microseconds."""
    out = [struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 65535, 1)]
    for i, d in enumerate(packets):
        t = start + i * step
        ip = struct.pack('>BBHHHBBHII', 0x45, 0, 28 + len(d), i & 65535, 0, 64, 17, 0, 0x7f000001, 0x7f000001)
        b = bytes(12) + b'\x08\x00' + ip + struct.pack('>HHHH', 40000, 20777, 8 + len(d), 0) + d
        out.append(struct.pack('<IIII', t // 1000000, t % 1000000 * 1000 + 999, len(b), len(b)) + b)
    return b''.join(out)


def main(argv):
    everything = '--all' in argv
    what, *args = [a for a in argv[1:] if a != '--all']
    if what == 'compare':
        return compare(*args, everything)
    if what == 'expect':
        expect(*args, everything)
    elif what == 'show':
        for b in frames(read_all(args[0])):
            print(describe(b))
    elif what == 'json':
        return same_lines(*args)
    elif what == 'generate':
        sizes = {(int(f), int(p)): int(s) for f, p, s, *_ in read_golden(args[0])}
        sys.stdout.buffer.write(b''.join(generate(sizes)))
    elif what == 'hashes':
        return hashes(*args)
    elif what == 'golden':
        golden(*args)
    elif what == 'pcap':
        table = packets_of(*args[1:])
        data = datagrams(read_all(args[0]), {k: p.size for k, p in table.items()})
        sys.stdout.buffer.write(pcap([d for _, d in data]))
    else:
        raise SystemExit('no such thing: ' + what)
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv))
    except Bad as e:
        print(e)
        sys.exit(1)
