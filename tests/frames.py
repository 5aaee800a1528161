"""frames: the records of a stream, for what the tests do to them

SPDX-License-Identifier: MIT
"""
import struct


def frames(data):
    """each record as it stands in the stream, with its length before it; one that is cut is an error"""
    at = 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at:at + 4], 'big')
        if end > len(data):
            raise ValueError(f'byte {at}: a record is cut off')
        yield data[at:end]
        at = end


def place(frame, field):
    """where the number of a field begins: behind the key and the type"""
    key = bytes([0xa0 | len(field)]) + field.encode()
    return frame.index(key) + len(key) + 1


def number(frame, field, code='I'):
    """the number of a field, of a type as struct calls it"""
    return struct.unpack_from('>' + code, frame, place(frame, field))[0]
