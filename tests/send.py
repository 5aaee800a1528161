# send: the datagrams of the f1-listen tests; what the sets are is told in listen.sh
# SPDX-License-Identifier: MIT
import os, random, socket, sys

top, host, port, which, file = sys.argv[1:]
size = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "f32": 4}

def packets(year):
    at = id_at = uid_at = 0
    header = False
    for line in open(f"{top}/lib/layout/{year}"):
        word = line.split()
        if line.startswith("header"):
            header = True
        elif not word:
            header = False
        elif header:
            if word[1] == "packet_id":
                id_at = at
            if word[1] == "session_uid":
                uid_at = at
            at += size[word[0]]
        if word and word[0] == "packet":
            data = bytearray(random.Random(f"{year} {word[1]}").randbytes(int(word[3])))
            data[0:2] = year.to_bytes(2, "little")
            data[id_at] = int(word[1])
            data[uid_at:uid_at + 8] = b"uid %04d" % year
            yield bytes(data)

def foreign():
    good = list(packets(2023))
    yield from (b"", b"\xe7", b"hello", bytes(1500))                 # length, length, format, format
    yield (2017).to_bytes(2, "little") + good[0][2:]                # format
    yield (2027).to_bytes(2, "little") + good[0][2:]                # format
    yield good[0][:6] + b"\x63" + good[0][7:]                       # id
    yield from (good[2][:-1], good[2] + b"\0", good[2][:6], good[2] + good[2], good[2] + bytes(9000))  # length

def sets():
    if which == "foreign":
        yield from foreign()
    elif os.path.exists(which):
        yield from cut(which)
    elif which == "endless":
        while True:
            yield from packets(2024)
    elif int(which) in range(2018, 2027):
        yield from packets(int(which))
    else:
        one = list(packets(2025))
        for i in range(int(which)):
            yield one[i % len(one)]

# the datagrams of a raw capture of 2023 to 2025, whose headers are alike
def cut(capture):
    length = {(year, p[6]): len(p) for year in (2023, 2024, 2025) for p in packets(year)}
    data = open(capture, "rb").read()
    at = 0
    frames = set()
    first, last = map(int, os.environ.get("GAP", "0-0").split("-"))
    while at < len(data):
        end = at + length[int.from_bytes(data[at:at + 2], "little"), data[at + 6]]
        if data[at + 6] == 0:
            frames.add(data[at + 19:at + 23])
        if not first <= len(frames) <= last or last == 0:
            yield data[at:end]
        at = end

# Is there nothing in the receiver's socket?
def drained():
    for name in ("/proc/net/udp", "/proc/net/udp6"):
        for line in open(name):
            word = line.split()
            if word[1].endswith(":%04X" % int(port)) and not word[4].endswith(":00000000"):
                return False
    return True

# On one processor what is sent to loopback arrives in order: once our own last datagram is back, all are where they go.
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
family, _, _, _, to = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
out = socket.socket(family, socket.SOCK_DGRAM)
out.bind((os.environ.get("FROM", host), 0))
out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
burst = "BURST" in os.environ
with open(file, "wb") as kept:
    for i, data in enumerate(sets()):
        while not burst and i % 50 == 0 and not drained():
            pass
        out.sendto(data, to)
        kept.write(data)
out.sendto(b"fence", out.getsockname())
out.recv(5)
