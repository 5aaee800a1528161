"""cut.py: a file of records in several, FILE.1 and so on: N of about the same size, or one for each session

usage: cut.py FILE N|sessions
SPDX-License-Identifier: MIT
"""
import struct
import sys

name, how = sys.argv[1:]
data = open(name, 'rb').read()
begin = at = 0
session, pieces = None, 0


def end_piece():
    global begin, pieces
    pieces += 1
    open(f'{name}.{pieces}', 'wb').write(data[begin:at])
    begin = at


while at < len(data):
    size = 4 + struct.unpack_from('>I', data, at)[0]
    uid = data.index(b'session_uid\xcf', at, at + size) + 12
    uid = data[uid:uid + 8]
    if begin < at and (uid != session if how == 'sessions' else at >= len(data) * (pieces + 1) // int(how)):
        end_piece()
    session = uid
    at += size
end_piece()
print(pieces)
