"""garbage.py: records whose values are anything, but whose heads and index keys are as they were

usage: garbage.py SEED SHARE FILE [huge]    of so many percent of the records of some kinds, one value in three; with huge all that
                                            have a point, and those as large as they can be, or as is still taken for a time
SPDX-License-Identifier: MIT
"""
import random
import struct
import sys

from frames import frames

KINDS = (b'session', b'lap_data', b'lap_history', b'session_history', b'tyre_stints', b'final_classification', b'participants',
         b'car_status', b'car_damage', b'lap_positions', b'event', b'motion')
HEAD = (b'packet', b'packet_id', b'packet_format', b'session_uid', b'frame_identifier', b'overall_frame_identifier',
        b'car', b'lap_num', b'stint')
WIDTH = {0xca: 4, 0xcb: 8, 0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8, 0xd0: 1, 0xd1: 2, 0xd2: 4, 0xd3: 8}
FLOATS = [float('nan'), float('inf'), float('-inf'), 3e38, -3e38, 1e9, -1.0, 0.0]
HUGE = {'f': [3.4e38, -3.4e38, 999999.0, -999999.0, 86399.0, -86399.0], 'd': [1.7e308, -1.7e308]}


def values(record):
    """tag and place of the numbers of a flat map, with the name"""
    at, name, items = 3 if record[0] == 0xde else 1, None, 0
    while at < len(record):
        tag = record[at]
        if tag in WIDTH:
            yield name, tag, at + 1
            at += 1 + WIDTH[tag]
        elif tag & 0xe0 == 0xa0 or tag == 0xd9:
            size, begin = (tag & 31, at + 1) if tag != 0xd9 else (record[at + 1], at + 2)
            if name is None:
                name, at = record[begin:begin + size], begin + size
                continue
            at = begin + size
        elif tag & 0xf0 == 0x90 or tag == 0xdc:
            items, at = (tag & 15, at + 1) if tag != 0xdc else (struct.unpack_from('>H', record, at + 1)[0], at + 3)
            continue
        else:
            at += 1
        items = max(0, items - 1)
        if items == 0:
            name = None


def main():
    chance, share = random.Random(int(sys.argv[1])), float(sys.argv[2]) / 100
    huge = sys.argv[4:] == ['huge']
    for frame in frames(open(sys.argv[3], 'rb').read()):
        record = bytearray(frame[4:])
        if record[record.index(b'packet') + 7:].startswith(KINDS) and chance.random() < share:
            for name, tag, place in list(values(record)):
                if name in HEAD or not huge and chance.random() > 1 / 3:
                    continue
                if tag <= 0xcb:
                    kind = 'f' if tag == 0xca else 'd'
                    struct.pack_into('>' + kind, record, place, chance.choice(HUGE[kind] if huge else FLOATS))
                elif not huge:
                    most = 0x7f if tag == 0xcd else 0xff      # what is above 32767 is no value of 16 bits
                    for i in range(WIDTH[tag]):
                        record[place + i] = chance.choice((0, most, chance.randrange(most + 1)))
                        most = 0xff
        sys.stdout.buffer.write(frame[:4] + record)


main()
