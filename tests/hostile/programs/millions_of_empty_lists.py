import os
import struct


def double(n):
    body = b'{"op":"v","v":[' + b'[],' * 5_000_000 + b'0]}'
    frame = memoryview(struct.pack(">I", len(body)) + body)
    while frame:
        frame = frame[os.write(3, frame) :]
    os.read(3, 1 << 16)
