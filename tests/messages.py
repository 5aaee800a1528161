# messages: are the messages of a topic what the records say?
# usage: messages.py json|json-schema|msgpack PARTITIONS JSON [RECORDS]   the records as lines of JSON, and as frames
# SPDX-License-Identifier: MIT
#
# On stdin are messages as kcat writes them with -f '%t %p %o %T %h %k %S\n%s'. Each record must have come once, those of
# one key in their order and in the partition where Kafka's own partitioner (murmur2) puts the key, with the headers and
# the time that the record says.
import collections, datetime, json, struct, sys
from frames import frames


def murmur2(data):
    m, mask = 0x5bd1e995, 0xffffffff
    h = 0x9747b28c ^ len(data)
    i = 0
    while len(data) - i >= 4:
        k = int.from_bytes(data[i:i + 4], 'little') * m & mask
        k = (k ^ k >> 24) * m & mask
        h = h * m & mask ^ k
        i += 4
    if i < len(data):
        h = (h ^ int.from_bytes(data[i:], 'little')) * m & mask
    h = (h ^ h >> 13) * m & mask
    return (h ^ h >> 15) & 0x7fffffff


def expected(d, kind):
    key = d['session_uid'] + ('-%d' % d['car'] if 'car' in d else '')
    when = d.get('received_at')
    if when:
        t = datetime.datetime.strptime(when, '%Y-%m-%dT%H:%M:%S.%fZ') - datetime.datetime(1970, 1, 1)
        when = t // datetime.timedelta(milliseconds=1)
    content = 'msgpack' if kind == 'msgpack' else 'json'
    return key, 'packet_id=%d,packet_format=%d,content-type=application/%s' % (d['packet_id'], d['packet_format'], content), when


def type_fits(schema, value):
    if value is None:
        return schema['optional']
    kind = schema['type']
    if kind == 'array':
        return isinstance(value, list) and all(type_fits(schema['items'], v) for v in value)
    if kind == 'string':
        return isinstance(value, str)
    if kind in ('float', 'double'):
        return isinstance(value, (int, float))
    bits = int(kind[3:])
    return isinstance(value, int) and -1 << bits - 1 <= value < 1 << bits - 1


def payload(value):
    """what Connect makes of it: the schema must name all fields, once, with types that hold the values"""
    d = json.loads(value)
    assert list(d) == ['schema', 'payload'] and d['schema']['type'] == 'struct', 'envelope %r' % value[:80]
    fields = {f['field']: f for f in d['schema']['fields']}
    assert len(fields) == len(d['schema']['fields']), 'a field twice in %r' % value
    for name, v in d['payload'].items():
        assert name in fields, 'field %s is not in the schema of %s' % (name, d['schema']['name'])
        assert type_fits(fields[name], v), '%s: %r does not fit %r' % (name, v, fields[name])
    for name, f in fields.items():
        assert f['optional'] or name in d['payload'], '%s is missing in %r' % (name, value)
    return value[value.index(b'"payload":') + 10:-1]


def main():
    kind, partitions = sys.argv[1], int(sys.argv[2])
    wanted = collections.defaultdict(collections.deque)
    records = messages = 0
    binary = (f[4:] for f in frames(open(sys.argv[4], 'rb').read())) if kind == 'msgpack' else None
    with open(sys.argv[3], 'rb') as f:
        for line in f:
            key, headers, when = expected(json.loads(line), kind)
            wanted[key].append((next(binary) if binary else line.rstrip(b'\n'), headers, when))
            records += 1
    place = {key: murmur2(key.encode()) % partitions for key in wanted}
    offsets = {}
    while line := sys.stdin.buffer.readline():
        topic, partition, offset, when, headers, key, size = line.decode().split()
        value = sys.stdin.buffer.read(int(size))
        messages += 1
        partition, offset = int(partition), int(offset)
        assert offset > offsets.get(partition, -1), 'order of partition %d' % partition
        offsets[partition] = offset
        assert wanted[key], 'message %d: more of key %s than records' % (messages, key)
        if kind == 'json-schema':
            value = payload(value)
        # outside a session all rigs have the same key
        if key.startswith('0000000000000000') and wanted[key][0][0] != value:
            wanted[key].rotate(-[w[0] for w in wanted[key]].index(value))
        record, head, at = wanted[key].popleft()
        assert value == record, 'message %d: value\n%r\nexpected\n%r' % (messages, value, record)
        assert headers == head, 'message %d: headers %s, expected %s' % (messages, headers, head)
        assert at is None or int(when) == at, 'message %d: time %s, expected %s' % (messages, when, at)
        assert partition == place[key], 'message %d: key %s in partition %d' % (messages, key, partition)
    assert messages == records, '%d messages of %d records' % (messages, records)
    assert partitions == 1 or len(offsets) > 1, 'all in one partition'
    print(messages, 'messages')


try:
    main()
except AssertionError as e:
    sys.exit('messages: %s' % e)
