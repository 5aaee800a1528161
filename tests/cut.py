"""cut.py: a file of records in several, FILE.1 and so on: N of about the same size, one for each session, cut off what
comes with frame 0 at the end, or cut before the frame that the first flashback goes back to

usage: cut.py FILE N|sessions|end|target
SPDX-License-Identifier: MIT
"""
import struct
import sys

name, how = sys.argv[1:]
data = open(name, 'rb').read()
begin = at = 0
session, frame, pieces = None, 0, 0


def end_piece():
    global begin, pieces
    pieces += 1
    open(f'{name}.{pieces}', 'wb').write(data[begin:at])
    begin = at


def frame_of(at, size):
    at = data.index(b'\xb0frame_identifier\xce', at, at + size) + 18
    return int.from_bytes(data[at:at + 4], 'big')


def target():
    at = last = 0
    while at < len(data):
        size = 4 + struct.unpack_from('>I', data, at)[0]
        if frame_of(at, size) + 30 < last:
            return frame_of(at, size)
        last = max(last, frame_of(at, size))
        at += size


goal = target() if how == 'target' else None
while at < len(data):
    size = 4 + struct.unpack_from('>I', data, at)[0]
    uid = data.index(b'session_uid\xcf', at, at + size) + 12
    uid = data[uid:uid + 8]
    before = frame
    frame = frame_of(at, size)
    if begin < at and (uid != session if how == 'sessions' else before > 0 and frame == 0 if how == 'end' else
                       pieces == 0 and frame == goal if how == 'target' else at >= len(data) * (pieces + 1) // int(how)):
        end_piece()
    session = uid
    at += size
end_piece()
print(pieces)
