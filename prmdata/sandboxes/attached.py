"""The one stream to a container: its stdin, stdout and stderr over the engine's attached socket.

Without a terminal the engine frames what the container writes: an 8-byte header (stream number, three
zero bytes, length big-endian), then that many bytes. The stream is attached before the container
starts: what is written before an attach is lost, and the SDK's buffered reader may swallow 8 KB of it.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from typing import Any

from prmdata.errors import SandboxError
from prmdata.sandboxes.docker_engine import client

_HEADER = struct.Struct(">BxxxL")
_STDOUT, _STDERR = 1, 2
_TAIL_BYTES = 4096
_RECEIVE_BYTES = 1 << 16


class AttachedStream:
    """Bytes to and from one container's guest. Used by one thread; ``interrupt`` by any."""

    def __init__(self, container: str) -> None:
        attached = client().attach_socket(container, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
        self._attached: Any = attached  # keeps the response, and with it the connection, alive
        self._socket: Any = getattr(attached, "_sock", attached)
        self._socket.settimeout(None)
        self._raw = bytearray()
        self._out = bytearray()
        self._tail = bytearray()
        self._ended = False

    def read(self, size: int, deadline: float | None = None) -> bytes:
        """Up to ``size`` bytes of the guest's output, at least one; ``b""`` at its end.

        ``deadline`` is of ``time.monotonic``; passing it raises SandboxError.
        """
        while not self._out and not self._ended:
            self._receive(deadline)
        taken = bytes(self._out[:size])
        del self._out[:size]
        return taken

    def write(self, data: bytes) -> None:
        """All of ``data`` to the guest's input."""
        try:
            self._socket.sendall(data)
        except (OSError, ValueError) as error:
            raise SandboxError(f"the worker's input broke: {error}{self.complaint()}") from error

    def complaint(self) -> str:
        """What the guest wrote to stderr last, to end an error message with; may be empty."""
        said = self._tail.decode(errors="replace").strip()
        return f" (the guest said: {said[-1000:]})" if said else ""

    def interrupt(self) -> None:
        """Make a blocked ``read`` return the end. Any thread may call this."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except (OSError, ValueError):
            return  # it broke before

    def close(self) -> None:
        """End the guest's input (which ends the guest) and give the descriptor back."""
        self.interrupt()
        response = getattr(self._attached, "_response", None)
        for one in (response, self._attached, self._socket):  # the outermost first: it flushes the inner
            if one is not None:
                one.close()

    def _receive(self, deadline: float | None) -> None:
        try:
            if deadline is not None and not _readable(self._socket, deadline):
                raise SandboxError(f"the worker did not answer in time{self.complaint()}")
            data = self._socket.recv(_RECEIVE_BYTES)
        except (OSError, ValueError) as error:
            raise SandboxError(f"the worker's output broke: {error}{self.complaint()}") from error
        if not data:
            self._ended = True
            return
        self._raw += data
        while len(self._raw) >= _HEADER.size:
            number, length = _HEADER.unpack_from(self._raw)
            if number not in (_STDOUT, _STDERR):
                raise SandboxError(f"the engine's stream is out of step: header {bytes(self._raw[:8])!r}")
            if len(self._raw) < _HEADER.size + length:
                return
            payload = self._raw[_HEADER.size : _HEADER.size + length]
            del self._raw[: _HEADER.size + length]
            if number == _STDOUT:
                self._out += payload
            else:
                self._tail = (self._tail + payload)[-_TAIL_BYTES:]


def _readable(stream: Any, deadline: float) -> bool:
    pending = getattr(stream, "pending", None)  # TLS: decrypted bytes that the kernel does not know of
    if pending is not None and pending():
        return True
    poller = select.poll()
    poller.register(stream, select.POLLIN)
    return bool(poller.poll(max(0.0, deadline - time.monotonic()) * 1000))
