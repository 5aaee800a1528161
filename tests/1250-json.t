#!/bin/sh
# records as JSON: session_uid and received_at are the same texts whatever width a writer gave their numbers; texts of all kinds
# SPDX-License-Identifier: MIT
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
need tests/selector jq python3

# a session record for each way in which msgpack writes such a number: tags from one byte to nine
python3 >records <<'END'
import struct, sys

def text(s):
    return bytes([0xa0 | len(s)]) + s.encode()

def record(uid, time):
    body = bytes([0x88]) + text('packet') + text('session') + text('packet_id') + b'\1' + text('packet_format')
    body += b'\xcd' + struct.pack('>H', 2025) + text('session_uid') + uid + text('session_time') + b'\xca' + bytes(4)
    body += text('frame_identifier') + b'\0' + text('player_car_index') + b'\0' + text('received_at') + time
    sys.stdout.buffer.write(struct.pack('>I', len(body)) + body)

record(b'\x07', b'\x07')
record(b'\xcc\xff', b'\xcc\xff')
record(b'\xcd\xff\xff', b'\xcd\xff\xff')
record(b'\xce' + b'\xff' * 4, b'\xce' + b'\xff' * 4)
record(b'\xcf' + b'\xff' * 8, b'\xcf' + struct.pack('>Q', 1700000000500000))
record(b'\xcf' + bytes(8), b'\xd3' + struct.pack('>q', 1700000000500000))
record(b'\x00', b'\xff')
record(b'\x00', b'\xcf' + b'\xff' * 8)	# no time: it is left as it is
END
"$O/tests/selector" '*' <records | jq -r '"\(.session_uid) \(.received_at)"' >got
cat >want <<'END'
0000000000000007 1970-01-01T00:00:00.000007Z
00000000000000ff 1970-01-01T00:00:00.000255Z
000000000000ffff 1970-01-01T00:00:00.065535Z
00000000ffffffff 1970-01-01T01:11:34.967295Z
ffffffffffffffff 2023-11-14T22:13:20.500000Z
0000000000000000 2023-11-14T22:13:20.500000Z
0000000000000000 1969-12-31T23:59:59.999999Z
END
head -n 7 got >some
same 'by their kind, not by their width' some want
like 'what is no time stays a number' "$(tail -n 1 got)" '^0000000000000000 1844674407370955[0-9]*$'

# texts of all lengths, with what has to be escaped and what takes several bytes at each place
cat >texts.py <<'END'
import json, random, struct, sys

def text(s):
    b = s.encode()
    return (bytes([0xa0 | len(b)]) if len(b) < 32 else b'\xda' + struct.pack('>H', len(b))) + b

random.seed(1)
texts = []
for n in range(50):
    for _ in range(60):
        odd = random.choice((0, 0.02, 0.1, 0.5))
        texts.append(''.join(random.choice('"\\\n\x01\x1f\x7fé€🏎') if random.random() < odd else chr(random.randrange(32, 127)) for _ in range(n)))
if sys.argv[1:] == ['records']:
    for s in texts:
        body = b'\x88' + b''.join(text(k) + v for k, v in (('packet', text('session')), ('packet_id', b'\1'),
            ('packet_format', b'\xcd' + struct.pack('>H', 2025)), ('session_uid', b'\7'), ('session_time', b'\xca' + bytes(4)),
            ('frame_identifier', b'\0'), ('player_car_index', b'\0'), ('driver', text(s))))
        sys.stdout.buffer.write(struct.pack('>I', len(body)) + body)
else:
    got = [json.loads(line)['driver'] for line in sys.stdin]
    sys.exit(got != texts)
END
python3 texts.py records | "$O/tests/selector" '*' >lines
ok 'each text reads back as it was' python3 texts.py <lines
done_testing
