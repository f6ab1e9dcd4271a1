"""Frames: a length (4 bytes, big-endian), then that many bytes of ASCII JSON.

One text for every end: host and supervisor (byte streams), supervisor and judge, judge and candidate
(sockets). ASCII because lone surrogates in programs and answers must survive.
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

from .plainjson import dump, load

if TYPE_CHECKING:
    import socket
    from typing import Any


_LENGTH = struct.Struct(">I")
HEADER_BYTES = _LENGTH.size
MAX_BYTES = 64 << 20
_CHUNK = 1 << 16


class WireError(Exception):
    """The other end is gone or does not speak frames."""


def pack(message: Any) -> bytes:
    """The frame of a JSON-able message."""
    return framed(dump(message))


def framed(text: str) -> bytes:
    """The frame of a text that is JSON already."""
    body = text.encode("ascii")
    return _LENGTH.pack(len(body)) + body


def body_length(header: bytes | bytearray) -> int:
    """How many bytes follow a frame's first four; raises WireError for more than a frame may hold."""
    (length,) = _LENGTH.unpack(header)
    if length > MAX_BYTES:
        raise WireError(f"a frame of {length} bytes")
    return length


class Unpacker:
    """Cuts a byte stream into messages. Every frame is parsed when it is whole."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> list[Any]:
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


def parse(body: bytes) -> Any:
    """The message of a frame's body; raises WireError for anything that is not JSON."""
    try:
        return parse_text(str(body, "ascii"))
    except UnicodeDecodeError as error:
        raise WireError(str(error)) from None


def parse_text(text: str) -> Any:
    """The message of a frame's text."""
    try:
        return load(text)
    except (ValueError, RecursionError) as error:
        raise WireError(f"not a message: {error}") from None


class Channel:
    """Frames over a blocking descriptor, both ways: one read and one write a frame where it is short."""

    def __init__(self, fd: int, limit: int = MAX_BYTES) -> None:
        self.fd = fd
        self._limit = limit
        self._rest = b""

    def receive_text(self) -> str:
        """The next frame's text; raises WireError at the end of the stream or for a frame that is none."""
        data = self._rest or self._read()
        while len(data) < HEADER_BYTES:
            data += self._read()
        (length,) = _LENGTH.unpack_from(data)
        if length > self._limit:
            raise WireError(f"a frame of {length} bytes")
        end = HEADER_BYTES + length
        if len(data) < end:
            parts, missing = [data], end - len(data)
            while missing > 0:
                parts.append(self._read())
                missing -= len(parts[-1])
            data = b"".join(parts)
        self._rest = data[end:]
        try:
            return str(data[HEADER_BYTES:end], "ascii")
        except UnicodeDecodeError as error:
            raise WireError(str(error)) from None

    def receive(self) -> Any:
        """The next message."""
        return parse_text(self.receive_text())

    def send_text(self, text: str) -> None:
        """Send a frame whose body is JSON already; raises OSError when nobody reads."""
        self.send_frame(framed(text))

    def send(self, message: Any) -> None:
        self.send_frame(framed(dump(message)))

    def send_frame(self, data: bytes) -> None:
        sent = os.write(self.fd, data)
        while sent < len(data):
            data = data[sent:]
            sent = os.write(self.fd, data)

    def _read(self) -> bytes:
        try:
            data = os.read(self.fd, _CHUNK)
        except OSError as error:
            raise WireError(str(error)) from None
        if not data:
            raise WireError("the stream ended")
        return data


def receive(sock: socket.socket) -> Any:
    """The next message from a blocking socket; raises WireError."""
    return parse(receive_exactly(sock, body_length(receive_exactly(sock, HEADER_BYTES))))


def receive_exactly(sock: socket.socket, count: int) -> bytes:
    """``count`` bytes from a blocking socket; raises WireError when it ends before."""
    parts = []
    try:
        while count:
            parts.append(sock.recv(count))
            if not parts[-1]:
                raise WireError("the stream ended")
            count -= len(parts[-1])
    except OSError as error:
        raise WireError(str(error)) from None
    return b"".join(parts)
