#!/usr/bin/env python3
# weather: streams in which something is wrong, and what f1-decode should make of them
# SPDX-License-Identifier: MIT
#
#   make KIND FILE GOLDEN   writes FILE; says "N packets, N rejected, N bytes skipped" as f1-decode -v should, - for any
#   good RECORDS N          the good packets number 0 to N - 1 came out, in order, and nothing that is no record
#   links FOLDER            captures of the same datagrams with all kinds of links, one file each; says how many packets
#   corpus FOLDER GOLDEN    a beginning for the fuzz entries
#
# All is made of random bytes; no byte of it is from a game.
import os
import struct
import sys

sys.dont_write_bytecode = True
import independent
from independent import Random, fill, frames, header_size, packet_id_at, pcap, read_golden, record  # noqa: E402

GOOD_UID = 0x90000d0000000001


class Good:
    """Good packets: events whose overall frame number counts them. No byte but the header's looks like a year's."""

    def __init__(self):
        self.n = self.number = 0

    def next(self, fmt=2025):
        number = self.number
        self.number += 1
        while b'\x07' in struct.pack('<I', self.number):
            self.number += 1
        self.n += 1
        if fmt == 2025:
            return struct.pack('<HBBBBBQfIIBB4s', 2025, 25, 1, 18, 1, 3, GOOD_UID, 1.5, number, number, 3, 255,
                               b'GOOD').ljust(45, b'\xaa')
        return struct.pack('<HBBQfIB4s', 2018, 1, 3, GOOD_UID, 1.5, number, 3, b'GOOD')


def calm(b):
    """No byte looks like the high byte of a year."""
    return bytes(6 if c == 7 else c for c in b)


def packet(r, fmt, pid, size):
    at = packet_id_at(fmt)
    b = bytearray(calm(fill(r, r.below(5), size)))
    b[0:2] = struct.pack('<H', fmt)
    b[at - 1:at + 1] = bytes([1, pid])
    b[at + 1:at + 9] = calm(r.bytes(8))
    b[at + 9:at + 13] = struct.pack('<f', 1 + r.below(1000) / 4)
    b[at + 17 if fmt < 2023 else at + 21] = r.below(20)
    return bytes(b)


def sizes_of(golden):
    return [tuple(int(i) for i in line[:3]) for line in read_golden(golden)]


def truncated(r, sizes, good):
    """Every packet, cut at every length, each followed by a good packet, as (cut, good)."""
    for fmt, pid, size in sizes:
        whole = packet(r, fmt, pid, size)
        for n in range(1, size):
            # 45 bytes missing and 45 there instead: the chain would hold, and nobody could tell
            yield whole[:n], good.next(2018 if size - n == 45 else 2025)


# packets of the year 2026 that become few records if they hold zeros: id and bytes
QUIET = ((12, 231), (13, 273), (1, 926), (11, 1460))


def quiet(missing):
    """A packet in whose middle the cut one would end."""
    for pid, size in QUIET:
        if size > missing:
            return struct.pack('<HBBBBB', 2026, 25, 1, 18, 1, pid).ljust(size, b'\0')


def garbage_runs(r, good, n):
    for i in range(n):
        yield r.bytes(1 + (r.below(3000) if i % 3 else r.below(40))), b''.join(good.next() for _ in range(1 + r.below(3)))


def flipped(r, sizes, good):
    for fmt, pid, size in sizes:
        for i in range(60):
            b = bytearray(packet(r, fmt, pid, size))
            n = r.below(header_size(fmt) * 8) if i < 40 else r.below(size * 8)
            b[n // 8] ^= 1 << n % 8
            if i >= 40:
                b[header_size(fmt):] = calm(b[header_size(fmt):])
            yield bytes(b), good.next() + good.next(2018)


def make(kind, name, golden):
    r, good, sizes = Random(sum(kind.encode())), Good(), sizes_of(golden)
    packets = rejected = skipped = 0
    out = bytearray()
    if kind == 'truncated':
        with open(name, 'wb') as f:
            for bad, g in truncated(r, sizes, good):
                f.write(bad + g + quiet(1470 - len(bad) - len(g)))
                rejected += 1
                skipped += len(bad)
        packets = 2 * good.n
        out = None
    elif kind == 'cut-often':
        # so often that wherever a buffer ends, it ends there, too
        whole, large = packet(r, 2018, 0, 1341), quiet(1459)
        for n in range(20000):
            out += whole[:700] + large + good.next()
        packets, rejected, skipped = 40000, 20000, 14000000
    elif kind == 'truncated-pcap':
        datagrams = []
        for bad, g in truncated(r, sizes, good):
            datagrams += [bad, g]
            rejected += 1
        packets = good.n
        out = pcap(datagrams)
    elif kind == 'extended-pcap':
        datagrams = []
        for fmt, pid, size in sizes:
            for n in (1, 2, 100):
                datagrams += [packet(r, fmt, pid, size) + calm(r.bytes(n)), good.next()]
                rejected += 1
        packets = good.n
        out = pcap(datagrams)
    elif kind == 'garbage-between':
        out += good.next()
        for bad, g in garbage_runs(r, good, 2000):
            out += bad + g
            rejected += 1
            skipped += len(bad)
        packets = good.n
    elif kind == 'random':
        for _ in range(4):
            out += r.bytes(250000) + good.next() + good.next()
        packets = good.n
        rejected, skipped = 4, 1000000
    elif kind == 'years':
        # nothing but beginnings of packets
        for i in range(100000):
            out += struct.pack('<H', 2018 + r.below(9))
            if i % 1000 == 999:
                out += bytes(3000)
                out += good.next() + good.next()
        packets = rejected = skipped = '-'
    elif kind == 'zeros':
        out += bytes(100000) + good.next() + bytes(1000000) + good.next() + good.next() + bytes(1)
        packets, rejected, skipped = 3, 3, 1100001
    elif kind == 'flipped':
        for bad, g in flipped(r, sizes, good):
            out += bad + g
        packets = rejected = skipped = '-'
    elif kind == 'joined':
        # a capture that began in the middle of a packet and ends in the middle of one
        datagrams = [packet(r, *s) for s in sizes]
        out += calm(datagrams[0][100:]) + good.next() + b''.join(datagrams) + good.next() + datagrams[-1][:200]
        packets, rejected, skipped = good.n + len(datagrams), 2, len(datagrams[0]) - 100 + 200
    elif kind == 'torn-pcap':
        out = pcap([good.next() for _ in range(1000)])[:-20]
        packets, rejected, skipped = 999, 0, 0
        good.n = 999
    elif kind == 'clean':
        out += b''.join(good.next() + good.next(2018) for _ in range(500))
        packets = good.n
    else:
        raise SystemExit('no such weather: ' + kind)
    if out is not None:
        with open(name, 'wb') as f:
            f.write(out)
    print('%s packets, %s rejected, %s bytes skipped' % (packets, rejected, skipped))
    with open(name + '.good', 'w') as f:
        f.write('%d\n' % good.n)


def good_came(name, n):
    want, good, other = Good(), [], 0
    for b in frames(independent.read_all(name)):
        v = record(b)
        if v['session_uid'][1] == GOOD_UID and v.get('event_string_code') == ('str', 'GOOD'):
            good.append(v['frame_identifier'][1])
        else:
            other += 1
    expected = []
    for _ in range(n):
        expected.append(want.number)
        want.next()
    if good == expected:
        return 0
    missing = sorted(set(expected) - set(good))
    print('%d good packets, expected %d; %d other records; the first missing: %s' % (len(good), n, other, missing[:5]))
    return 1


def ipv4(d, options=b'', frag=0, proto=17):
    head = 20 + len(options)
    return struct.pack('>BBHHHBBHII', 0x40 | head // 4, 0, head + 8 + len(d), 1, frag, 64, proto, 0, 0x0a000001,
                       0x0a0000ff) + options + struct.pack('>HHHH', 20777, 20777, 8 + len(d), 0) + d


def ipv6(d):
    return struct.pack('>IHBB', 0x60000000, 8 + len(d), 17, 64) + bytes(31) + b'\1' + struct.pack(
        '>HHHH', 20777, 20777, 8 + len(d), 0) + d


def pcap_file(link, packets, order='<', magic=0xa1b2c3d4):
    out = struct.pack(order + 'IHHiIII', magic, 2, 4, 0, 0, 262144, link)
    for i, p in enumerate(packets):
        out += struct.pack(order + 'IIII', 1704067200 + i, i, len(p), len(p)) + p
    return out


def pcapng_file(link, packets, order='<'):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        n = struct.pack(order + 'I', 12 + len(body))
        return struct.pack(order + 'I', kind) + n + body + n
    out = block(0x0a0d0d0a, struct.pack(order + 'IHHq', 0x1a2b3c4d, 1, 0, -1))
    out += block(1, struct.pack(order + 'HHI', link, 0, 262144))
    for i, p in enumerate(packets):
        t = (1704067200 + i) * 1000000 + i
        out += block(6, struct.pack(order + 'IIIII', 0, t >> 32, t & 0xffffffff, len(p), len(p)) + p)
        out += block(5, struct.pack(order + 'III', 0, t >> 32, t & 0xffffffff))     # interface statistics: no packet
    return out


def link_files():
    g = Good()
    d = [g.next() for _ in range(20)]
    ether = [bytes(12) + b'\x08\0' + ipv4(x) for x in d]
    return {
        'ethernet': pcap_file(1, ether),
        'big-endian': pcap_file(1, ether, '>'),
        'nanoseconds': pcap_file(1, ether, '<', 0xa1b23c4d),
        'padded': pcap_file(1, [p + bytes(30) for p in ether]),
        'ip-options': pcap_file(1, [bytes(12) + b'\x08\0' + ipv4(x, bytes([1]) * 40) for x in d]),
        'vlan': pcap_file(1, [bytes(12) + b'\x81\0\0\5\x08\0' + ipv4(x) for x in d]),
        'qinq': pcap_file(1, [bytes(12) + b'\x88\xa8\0\6\x81\0\0\5\x08\0' + ipv4(x) for x in d]),
        'ipv6': pcap_file(1, [bytes(12) + b'\x86\xdd' + ipv6(x) for x in d]),
        'raw-101': pcap_file(101, [ipv4(x) for x in d]),
        'raw-101-ipv6': pcap_file(101, [ipv6(x) for x in d]),
        'ipv4-228': pcap_file(228, [ipv4(x) for x in d]),
        'ipv6-229': pcap_file(229, [ipv6(x) for x in d]),
        'null': pcap_file(0, [struct.pack('<I', 2) + ipv4(x) for x in d]),
        'loop': pcap_file(108, [struct.pack('>I', 2) + ipv4(x) for x in d]),
        'sll': pcap_file(113, [struct.pack('>HHH', 0, 1, 6) + bytes(8) + b'\x08\0' + ipv4(x) for x in d]),
        'sll2': pcap_file(276, [b'\x08\0' + bytes(18) + ipv4(x) for x in d]),
        'pcapng': pcapng_file(1, ether),
        'pcapng-big-endian': pcapng_file(1, ether, '>'),
        'pcapng-sll2': pcapng_file(276, [b'\x08\0' + bytes(18) + ipv4(x) for x in d]),
    }


def bad_links():
    """Captures whose packets are no F1 packets: what is said of each is up to f1-decode, but nothing comes out."""
    g = Good()
    d = [g.next() for _ in range(20)]
    return {
        'tcp': pcap_file(1, [bytes(12) + b'\x08\0' + ipv4(x, proto=6) for x in d]),
        'fragments': pcap_file(1, [bytes(12) + b'\x08\0' + ipv4(x, frag=0x2000 + i) for i, x in enumerate(d)]),
        'arp': pcap_file(1, [bytes(12) + b'\x08\6' + x for x in d]),
        'short': pcap_file(1, [(bytes(12) + b'\x08\0' + ipv4(x))[:i * 3] for i, x in enumerate(d)]),
        'short-raw': pcap_file(101, [ipv4(x)[:i * 3] for i, x in enumerate(d)]),
        'short-sll2': pcap_file(276, [(b'\x08\0' + bytes(18) + ipv4(x))[:i * 4] for i, x in enumerate(d)]),
        'short-vlan': pcap_file(1, [(bytes(12) + b'\x81\0\0\1' * 20)[:i * 5] for i in range(20)]),
        'short-ipv6': pcap_file(101, [ipv6(x)[:i * 4] for i, x in enumerate(d)]),
        'head-of-60': pcap_file(1, [bytes(12) + b'\x08\0\x4f' + ipv4(x)[1:30] for x in d]),
    }


def put(folder, name, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), 'wb') as f:
        f.write(data)


def links(folder):
    for name, data in link_files().items():
        put(folder, name, data)
    for name, data in bad_links().items():
        put(folder + '-bad', name, data)


def corpus(folder, golden):
    r, g, sizes = Random(1), Good(), sizes_of(golden)
    small = [packet(r, *s) for s in sizes if s[2] < 300]
    # raw: the first byte chooses the size of the pieces
    put(folder + '/raw', 'clean', b'\0' + b''.join(small[:6]) + g.next())
    put(folder + '/raw', 'pieces', b'\x82' + b''.join(small[3:9]) + g.next())
    put(folder + '/raw', 'cut', b'\0' + b''.join(small[i][:-i * 20 - 1] + g.next() for i in range(5)))
    put(folder + '/raw', 'cut-pieces', b'\x81' + b''.join(small[i][:-i * 20 - 1] + g.next() for i in range(5)))
    put(folder + '/raw', 'garbage', b'\0' + b''.join(r.bytes(90) + g.next() for _ in range(9)))
    put(folder + '/raw', 'years', b'\x80' + b'\xe7\x07' * 200 + g.next())
    put(folder + '/raw', 'zeros', b'\0' + bytes(300) + g.next() + bytes(5))
    for size in (1, 2, 6, 28, 44):
        put(folder + '/raw', 'cut-%d' % size, b'\0' + g.next() + g.next()[:size])
    # the first two packets of captures are enough
    for name, data in [*link_files().items(), *bad_links().items()]:
        put(folder + '/capture', name, data[:400])
    put(folder + '/capture', 'huge-packet', pcap_file(1, [])[:24] + struct.pack('<IIII', 0, 0, 0x7fffffff, 0x7fffffff))
    put(folder + '/capture', 'huge-block', pcapng_file(1, [])[:48] + struct.pack('<II', 6, 0xfffffff0) + bytes(40))
    put(folder + '/capture', 'other-link', pcap_file(147, [g.next()]))
    put(folder + '/capture', 'magic-only', b'\x0a\x0d\x0d\x0a')
    # decode: two bytes choose the packet, bit 0 of the third is --all, bit 1 a time; the rest of a packet may be missing
    by = {s[:2]: i for i, s in enumerate(sizes)}
    for fmt, pid in ((2018, 0), (2018, 3), (2020, 1), (2021, 4), (2023, 2), (2025, 4), (2025, 11), (2025, 15), (2026, 1),
                     (2026, 14)):
        size = sizes[by[fmt, pid]][2]
        body = fill(r, 1 if pid in (2, 11) else 3 if pid == 4 else 0, size)
        put(folder + '/decode', '%d-%d' % (fmt, pid), struct.pack('<HB', by[fmt, pid], r.below(4)) + bytes(body))
    for n, code in enumerate(independent.EVENTS):
        body = bytearray(fill(r, 0, 45))
        body[29:33] = code
        put(folder + '/decode', 'event-%d' % n, struct.pack('<HB', by[2025, 3], n & 3) + bytes(body))
    # frames
    def frame(b):
        return struct.pack('>I', len(b)) + b
    def key(k, v):
        return independent.pack_str(k) + v
    one = b'\x88' + key('packet', independent.pack_str('event')) + key('packet_id', b'\xcc\3') + \
        key('session_uid', b'\xcf' + b'\xff' * 8) + key('session_time', b'\xca\x3d\xcc\xcc\xcd') + \
        key('received_at', b'\xd3' + struct.pack('>q', 1704067200000003)) + key('a', b'\x93\xc0\xc2\xc3') + \
        key('b', b'\xcb\x7f\xf0\0\0\0\0\0\0') + key('c', b'\xd9\x03\xff"\x01')
    put(folder + '/frames', 'one', frame(one))
    put(folder + '/frames', 'kcat-null', frame(one) + b'\xff' * 4 + frame(one))
    put(folder + '/frames', 'cut', frame(one) + frame(one)[:-3])
    put(folder + '/frames', 'zero', frame(one) + bytes(4))
    put(folder + '/frames', 'two-gib', struct.pack('>I', 1 << 31) + one)
    put(folder + '/frames', 'no-map', frame(b'\xc0') + frame(b'\x80') + frame(b'\x81') + frame(b'\xc1'))
    put(folder + '/frames', 'deep', frame(b'\x81\xa1a' + b'\x91' * 500) + frame(b'\x81\xa1a' * 200))
    put(folder + '/frames', 'long-claims', b''.join(frame(b'\x81\xa1a' + x) for x in (
        b'\xdd\xff\xff\xff\xff', b'\xdf\xff\xff\xff\xff', b'\xdb\xff\xff\xff\xff', b'\xc6\xff\xff\xff\xff', b'\xc9\xff\xff\xff\xff',
        b'\xd9\xff', b'\xda\xff\xff', b'\xcf', b'\xca\0')))
    put(folder + '/frames', 'times', b''.join(frame(b'\x81' + key('received_at', b'\xd3' + struct.pack('>q', t))) for t in (
        0, -1, 1, (1 << 63) - 1, -1 << 63, 253402300799999999, 253402300800000000)))
    put(folder + '/frames', 'numbers', b''.join(frame(b'\x81\xa1a' + x) for x in (
        b'\x7f', b'\xe0', b'\xd0\x80', b'\xd1\x80\0', b'\xd2\x80\0\0\0', b'\xd3\x80' + bytes(7), b'\xcf' + b'\xff' * 8,
        b'\xca\x7f\xc0\0\0', b'\xca\x80\0\0\0', b'\xca\0\0\0\1', b'\xca\x7f\x7f\xff\xff', b'\xcb' + bytes(7) + b'\1',
        b'\xc4\2ab', b'\xd4\1a', b'\xc7\1\1a', b'\xd8\1' + bytes(16))))


def main(argv):
    what, *args = argv[1:]
    if what == 'make':
        make(*args)
    elif what == 'good':
        return good_came(args[0], int(args[1]))
    elif what == 'links':
        links(*args)
    elif what == 'corpus':
        corpus(*args)
    else:
        raise SystemExit('no such thing: ' + what)
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv))
    except independent.Bad as e:
        print(e)
        sys.exit(1)
