"""The one stream to a container: its stdin, stdout and stderr over the engine's attached socket.

Without a terminal, the engine frames what the container writes: an 8-byte header (stream number, three zero
bytes, length in big-endian order), then that many bytes. The stream is attached before the container starts,
because what is written before is lost. The SDK's buffered reader is not used, because it may swallow 8 KB.
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
    """Bytes to and from one container's guest. One thread uses it; any thread may call ``interrupt``."""

    def __init__(self, container: str) -> None:
        attached = client().attach_socket(container, {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
        self._attached: Any = attached  # keeps the response alive, and with it the connection
        self._socket: Any = getattr(attached, "_sock", attached)
        self._socket.settimeout(None)
        self._raw = bytearray()
        self._out = bytearray()
        self._tail = bytearray()
        self._ended = False

    def read(self, size: int, deadline: float | None = None) -> bytes:
        """Up to ``size`` bytes of the guest's output, at least one; ``b""`` at its end.

        ``deadline`` is a time of ``time.monotonic``. After it, SandboxError is raised.
        """
        while not self._out and not self._ended:
            self._receive(deadline)
        taken = bytes(self._out[:size])
        del self._out[:size]
        return taken

    def write(self, data: bytes) -> None:
        """Write all of ``data`` to the guest's input."""
        try:
            self._socket.sendall(data)
        except (OSError, ValueError) as error:
            raise SandboxError(f"the worker's input broke: {error}{self.complaint()}") from error

    def complaint(self) -> str:
        """The last text that the guest wrote to stderr, to end an error message with. It may be empty."""
        said = self._tail.decode(errors="replace").strip()
        return f" (the guest said: {said[-1000:]})" if said else ""

    def interrupt(self) -> None:
        """Make a blocked ``read`` return as at the end of the output. Any thread may call this."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except (OSError, ValueError):
            return  # the connection was broken already

    def close(self) -> None:
        """End the guest's input (which ends the guest) and release the descriptor."""
        self.interrupt()
        response = getattr(self._attached, "_response", None)
        for one in (response, self._attached, self._socket):  # outermost first: it flushes the inner ones
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
    pending = getattr(stream, "pending", None)  # TLS: decrypted bytes that the kernel does not know about
    if pending is not None and pending():
        return True
    poller = select.poll()
    poller.register(stream, select.POLLIN)
    return bool(poller.poll(max(0.0, deadline - time.monotonic()) * 1000))
