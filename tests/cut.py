"""cut.py: a file of records in N files of about the same size, FILE.1 and so on, cut between two records

usage: cut.py FILE N
SPDX-License-Identifier: MIT
"""
import struct
import sys

data = open(sys.argv[1], 'rb').read()
pieces = int(sys.argv[2])
at = begin = 0
for piece in range(1, pieces + 1):
    while at < len(data) * piece // pieces:
        at += 4 + struct.unpack_from('>I', data, at)[0]
    open(f'{sys.argv[1]}.{piece}', 'wb').write(data[begin:at])
    begin = at
