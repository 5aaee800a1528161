"""cut.py: a file of records in several, FILE.1 and so on: N of about the same size, one for each session, or cut off what
comes with frame 0 at the end

usage: cut.py FILE N|sessions|end
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


while at < len(data):
    size = 4 + struct.unpack_from('>I', data, at)[0]
    uid = data.index(b'session_uid\xcf', at, at + size) + 12
    uid = data[uid:uid + 8]
    before = frame
    at_frame = data.index(b'\xb0frame_identifier\xce', at, at + size) + 18
    frame = int.from_bytes(data[at_frame:at_frame + 4], 'big')
    if begin < at and (uid != session if how == 'sessions' else before > 0 and frame == 0 if how == 'end' else
                       at >= len(data) * (pieces + 1) // int(how)):
        end_piece()
    session = uid
    at += size
end_piece()
print(pieces)
