"""cut.py: a file of records in several, FILE.1 and so on: N of about the same size, one for each session, cut off what
comes with frame 0 at the end, or cut before the frame that the first flashback goes back to

usage: cut.py FILE N|sessions|end|target
SPDX-License-Identifier: MIT
"""
import sys

from frames import frames, number

name, how = sys.argv[1:]
data = open(name, 'rb').read()
begin = at = 0
session, frame, pieces = None, 0, 0


def end_piece():
    global begin, pieces
    pieces += 1
    open(f'{name}.{pieces}', 'wb').write(data[begin:at])
    begin = at


def target():
    last = 0
    for record in frames(data):
        frame = number(record, 'frame_identifier')
        if frame + 30 < last:
            return frame
        last = max(last, frame)


goal = target() if how == 'target' else None
for record in frames(data):
    uid = number(record, 'session_uid', 'Q')
    before, frame = frame, number(record, 'frame_identifier')
    if begin < at and (uid != session if how == 'sessions' else before > 0 and frame == 0 if how == 'end' else
                       pieces == 0 and frame == goal if how == 'target' else at >= len(data) * (pieces + 1) // int(how)):
        end_piece()
    session = uid
    at += len(record)
end_piece()
print(pieces)
