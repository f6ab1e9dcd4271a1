"""Frames: a length (4 bytes, big-endian), then that many bytes of ASCII JSON.

One text for every end: host and supervisor (byte streams), supervisor and judge, judge and candidate
(sockets). ASCII because lone surrogates in programs and answers must survive.
"""

import json
import struct

_LENGTH = struct.Struct(">I")
HEADER_BYTES = _LENGTH.size
MAX_BYTES = 64 << 20
_dump = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode


class WireError(Exception):
    """The other end is gone or does not speak frames."""


def pack(message):
    """The frame of a JSON-able message."""
    return framed(_dump(message))


def framed(text):
    """The frame of a text that is JSON already."""
    body = text.encode("ascii")
    return _LENGTH.pack(len(body)) + body


def body_length(header):
    """How many bytes follow a frame's first four; raises WireError for more than a frame may hold."""
    (length,) = _LENGTH.unpack(header)
    if length > MAX_BYTES:
        raise WireError(f"a frame of {length} bytes")
    return length


class Unpacker:
    """Cuts a byte stream into messages. Every frame is parsed when it is whole."""

    def __init__(self):
        self._bytes = bytearray()

    def feed(self, data):
        """The messages that ``data`` completes, in order; raises WireError."""
        self._bytes += data
        found = []
        while len(self._bytes) >= HEADER_BYTES:
            end = HEADER_BYTES + body_length(self._bytes[:HEADER_BYTES])
            if len(self._bytes) < end:
                break
            found.append(parse(bytes(self._bytes[HEADER_BYTES:end])))
            del self._bytes[:end]
        return found


def parse(body):
    """The message of a frame's body; raises WireError for anything that is not JSON."""
    try:
        return json.loads(body.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise WireError(f"not a message: {error}") from None


def receive_text(sock, limit=MAX_BYTES):
    """The next frame's text from a blocking socket; raises WireError at its end."""
    length = body_length(receive_exactly(sock, HEADER_BYTES))
    if length > limit:
        raise WireError(f"a frame of {length} bytes")
    try:
        return receive_exactly(sock, length).decode("ascii")
    except UnicodeDecodeError as error:
        raise WireError(str(error)) from None


def receive(sock):
    """The next message from a blocking socket; raises WireError."""
    return parse(receive_exactly(sock, body_length(receive_exactly(sock, HEADER_BYTES))))


def receive_exactly(sock, count):
    """``count`` bytes from a blocking socket; raises WireError when it ends before."""
    try:
        data = sock.recv(count)
        if len(data) == count:
            return data
        parts = [data]
        missing = count - len(data)
        while missing:
            if not parts[-1]:
                raise WireError("the stream ended")
            parts.append(sock.recv(missing))
            missing -= len(parts[-1])
    except OSError as error:
        raise WireError(str(error)) from None
    return b"".join(parts)
