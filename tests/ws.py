# ws: HTTP and WebSocket by hand, for the tests of f1-ws
# SPDX-License-Identifier: MIT
#
# ws.py get PORT TARGET [HEADER]...        the answer to a GET as it came; METHOD in the environment for another, TLS=1
#                                          for TLS; Host: localhost unless a HEADER is "Host: ..."
# ws.py read PORT TARGET [HEADER]...       a client: messages on stdout, a line each, or with a length before each if they
#                                          are binary; "open" on stderr and to the FIFO READY, "closed CODE" at the end. With
#                                          COUNT it leaves after so many; with PAUSE=FIFO it reads nothing before that one.
# ws.py probe PORT TARGET [HEADER]...      the status that an upgrade is answered with; "head" shows all of its head
# ws.py others PORT METHOD STATUS          for each line of stdin, TARGET and HEADERs with tabs between: those that are not
#                                          answered with STATUS; the METHOD may be WEBSOCKET, too
# ws.py raw PORT                           sends stdin, and prints what comes
# ws.py bad PORT                           clients that do wrong, one after the other: a line each with what came of it
# ws.py many PORT N                        N connections opened and dropped in all stages
# ws.py loris PORT N SECONDS               N clients that send a header a byte a time; how many were closed in time
# ws.py crowd PORT N                      the status of /event for who comes behind N connections with half a request
# ws.py mute PORT TARGET SECONDS           a client that answers no ping: is it closed within SECONDS?
import os
import select
import socket
import ssl
import struct
import sys
import time

KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='


def connect(port):
    s = socket.create_connection(('127.0.0.1', port), timeout=30)
    if os.environ.get('TLS'):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        s = context.wrap_socket(s, server_hostname='localhost')
    return s


def request(target, headers, method='GET'):
    lines = [f'{method} {target} HTTP/1.1']
    if not any(h.lower().startswith('host:') for h in headers):
        lines.append('Host: localhost')
    lines += [h for h in headers if h.lower() != 'host: none']
    return ('\r\n'.join(lines) + '\r\n\r\n').encode('latin-1')


def upgrade(target, headers=()):
    return request(target, ['Upgrade: websocket', 'Connection: Upgrade', f'Sec-WebSocket-Key: {KEY}',
                            'Sec-WebSocket-Version: 13', *headers])


class Stream:
    def __init__(self, s):
        self.s, self.b = s, b''

    def need(self, n):
        while len(self.b) < n:
            got = self.s.recv(1 << 16)
            if not got:
                raise EOFError
            self.b += got
        part, self.b = self.b[:n], self.b[n:]
        return part

    def head(self):
        while b'\r\n\r\n' not in self.b:
            got = self.s.recv(1 << 16)
            if not got:
                raise EOFError
            self.b += got
        head, self.b = self.b.split(b'\r\n\r\n', 1)
        return head.decode('latin-1')

    def frame(self):
        first, length = self.need(2)
        if length & 0x80:
            raise ValueError('masked')
        if length == 126:
            length, = struct.unpack('>H', self.need(2))
        elif length == 127:
            length, = struct.unpack('>Q', self.need(8))
        return first, self.need(length)


def frame(first, payload=b'', mask=b'\1\2\3\4', length=None):
    n = len(payload) if length is None else length
    head = bytes([first])
    bit = 0x80 if mask else 0
    if n < 126:
        head += bytes([bit | n])
    elif n < 65536:
        head += bytes([bit | 126]) + struct.pack('>H', n)
    else:
        head += bytes([bit | 127]) + struct.pack('>Q', n)
    if mask:
        payload = bytes(c ^ mask[i % 4] for i, c in enumerate(payload))
    return head + (mask or b'') + payload


def opened(port, target='/event', headers=()):
    s = connect(port)
    s.sendall(upgrade(target, headers))
    stream = Stream(s)
    head = stream.head()
    if not head.startswith('HTTP/1.1 101 ') or ACCEPT not in head:
        raise ValueError(head.split('\r\n')[0])
    return stream, head


def get(port, target, *headers):
    s = connect(port)
    s.sendall(request(target, [*headers, 'Connection: close'], os.environ.get('METHOD', 'GET')))
    while got := s.recv(1 << 16):
        sys.stdout.buffer.write(got)


def read(port, target, *headers):
    count = int(os.environ.get('COUNT', 0))
    stream = Stream(connect(port))
    stream.s.sendall(upgrade(target, headers))
    head = stream.head()
    if not head.startswith('HTTP/1.1 101 ') or ACCEPT not in head:
        print(head, stream.b.decode(), sep='\n\n', file=sys.stderr)
        sys.exit(1)
    protocol = [h.split(': ')[1] for h in head.split('\r\n') if h.lower().startswith('sec-websocket-protocol')]
    print('open', *protocol, file=sys.stderr, flush=True)
    stream.s.settimeout(None)
    if ready := os.environ.get('READY'):
        with open(ready, 'w') as f:
            f.write('open\n')
    if pause := os.environ.get('PAUSE'):
        open(pause).read()
    n, code = 0, 'without a word'
    try:
        while not count or n < count:
            first, payload = stream.frame()
            if first == 0x89:
                stream.s.sendall(frame(0x8a, payload))
            elif first == 0x88:
                code = struct.unpack('>H', payload[:2])[0]
                stream.s.sendall(frame(0x88, payload[:2]))
                break
            elif first == 0x81:
                sys.stdout.buffer.write(payload.decode('utf-8').encode() + b'\n')
                n += 1
            elif first == 0x82:
                sys.stdout.buffer.write(struct.pack('>I', len(payload)) + payload)
                n += 1
            else:
                raise ValueError(f'frame {first:#x}')
    except (EOFError, ConnectionError):
        pass
    print('closed', code, file=sys.stderr)


def status(port, target, headers, method):
    s = connect(port)
    s.settimeout(20)
    if method == 'WEBSOCKET':
        s.sendall(upgrade(target, headers))
    else:
        s.sendall(request(target, [*headers, 'Connection: close'], method))
    try:
        head = Stream(s).head()
    except (EOFError, ConnectionError):
        return 'closed'
    s.close()
    return head.split()[1]


def others(port, method, expected):
    for line in sys.stdin:
        target, *headers = line.rstrip('\n').split('\t')
        got = status(port, target, headers, method)
        if got != expected:
            print(got, target, *headers)


def raw(port):
    s = connect(port)
    s.settimeout(20)
    try:
        s.sendall(sys.stdin.buffer.read())
        s.shutdown(socket.SHUT_WR)
        while got := s.recv(1 << 16):
            sys.stdout.buffer.write(got)
    except ConnectionError:
        pass


def probe(port, target, *headers):
    s = connect(port)
    s.sendall(upgrade(target, [h for h in headers if h != 'head']))
    head = Stream(s).head()
    print(head if 'head' in headers else head.split()[1])


def outcome(stream):
    try:
        while True:
            first, payload = stream.frame()
            if first == 0x88:
                return f'closed {struct.unpack(">H", payload[:2])[0] if len(payload) > 1 else "plain"}'
            if first == 0x8a:
                return 'pong ' + payload.decode('latin-1')
    except (EOFError, ConnectionError):
        return 'closed'
    except TimeoutError:
        return 'nothing'


def bad(port):
    cases = {
        'a ping': frame(0x89, b'hello'),
        'a message': frame(0x81, b'x' * 4000) + frame(0x89, b'after'),
        'a message in parts': b''.join(frame(0 if i else 1, b'abc') for i in range(3)) + frame(0x80, b'd') + frame(0x89, b'after'),
        'a message too large': frame(0x82, b'x' * 5000),
        'parts too large': frame(0x02, b'x' * 3000) + frame(0x00, b'x' * 3000),
        'endless parts': frame(0x02, b'x' * 100) + frame(0x00, b'x' * 100) * 200,
        'a length of 2^63': frame(0x82, b'x', length=1 << 63),
        'a length of 2^40': frame(0x82, b'x' * 5000, length=1 << 40),
        'no mask': frame(0x81, b'hello', mask=None),
        'bad UTF-8': frame(0x81, b'\xc3\x28\xff'),
        'half a character': frame(0x81, b'\xe2\x82'),
        'opcode 3': frame(0x83, b'x'),
        'opcode 11': frame(0x8b, b'x'),
        'reserved bits': frame(0xf1, b'x'),
        'a ping in parts': frame(0x09, b'x'),
        'a long ping': frame(0x89, b'x' * 126),
        'a continuation of nothing': frame(0x80, b'x'),
        'a message within another': frame(0x01, b'x') + frame(0x81, b'y'),
        'goodbye': frame(0x88, struct.pack('>H', 1000)),
        'goodbye with a bad code': frame(0x88, struct.pack('>H', 1005)),
        'goodbye of one byte': frame(0x88, b'x'),
        'garbage': bytes(range(255, -1, -1)) * 64,
    }
    for name, sent in cases.items():
        stream, _ = opened(port)
        stream.s.settimeout(5)
        try:
            stream.s.sendall(sent)
        except ConnectionError:
            pass
        print(f'{name}: {outcome(stream)}')
        stream.s.close()


def many(port, n):
    whole = upgrade('/event')
    for i in range(int(n)):
        s = socket.create_connection(('127.0.0.1', port), timeout=30)
        kind = i % 4
        if kind == 1:
            s.sendall(whole[:i % len(whole)])
        elif kind == 2:
            s.sendall(whole)
        elif kind == 3:
            s.sendall(whole)
            s.recv(100)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        s.close()
    print('done')


def loris(port, n, seconds):
    sockets = [connect(port) for _ in range(int(n))]
    end, text, i = time.monotonic() + float(seconds), upgrade('/event')[:-2] + b'X-Slow: ' + b'x' * 4000, 0
    for s in sockets:
        s.setblocking(False)
    while sockets and time.monotonic() < end:
        for s in list(sockets):
            try:
                s.send(text[i:i + 1])
            except OSError:
                sockets.remove(s)
                continue
            if select.select([s], [], [], 0)[0]:
                try:
                    gone = s.recv(4096) == b''
                except OSError:
                    gone = True
                if gone:
                    sockets.remove(s)
        i += 1
        select.select([], [], [], 0.2)
    print(f'{len(sockets)} left')


def crowd(port, n):
    sockets = [connect(port) for _ in range(int(n))]
    for s in sockets:
        try:
            s.sendall(upgrade('/event')[:20])
        except ConnectionError:
            pass
    print(status(port, '/event', [], 'WEBSOCKET'))
    for s in sockets:
        s.close()


def mute(port, target, seconds):
    stream, _ = opened(port, target)
    stream.s.settimeout(float(seconds))
    pings = 0
    try:
        while True:
            first, _ = stream.frame()
            pings += first == 0x89
    except (EOFError, ConnectionError):
        print('closed after', 'pings' if pings else 'no ping')
    except TimeoutError:
        print('still there')


globals()[sys.argv[1]](int(sys.argv[2]), *sys.argv[3:])
