"""What a judge is told by its supervisor, with the descriptors that come along."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from . import wire

if TYPE_CHECKING:
    from typing import Any


_CHUNK = 1 << 16


class Orders:
    """The messages of the supervisor, with the descriptors that came along."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._unpacker = wire.Unpacker()
        self._waiting: list[Any] = []
        self.fds: list[int] = []

    def next(self) -> Any:
        """Return the next message, or None when the supervisor hung up or was killed."""
        while not self._waiting:
            try:
                data, fds, _, _ = socket.recv_fds(self._control, _CHUNK, 1)
            except ConnectionError:
                return None
            if not data:
                return None
            self.fds += fds
            self._waiting += self._unpacker.feed(data)
        return self._waiting.pop(0)

    def reply(self, message: dict[str, Any]) -> None:
        self._control.sendall(wire.pack(message))
