"""The supervisor reads specs and tasks from stdin, has each task run under both seeds, and answers the host.

It alone writes to the host. It starts the fork servers before it has read any spec, and forks nothing afterwards.
"""

from __future__ import annotations

import os
import select
import sys
import time
from typing import TYPE_CHECKING

from . import confine, coverage, landlock, messages, seccomp, wire
from .dispatcher import Dispatcher
from .protocol import AliveMessage, ReadyMessage, StartMessage
from .seed_workers import SeedWorkers

if TYPE_CHECKING:
    from .messages import Message


HEARTBEAT_S = 2.0


def main() -> None:
    """Serve the host until its stream ends."""
    confine.die_with_parent()
    confine.adopt_orphans()
    confine.forgo_privileges()
    confine.hide_memory()
    confine.give_back_memory()
    is_filtered = seccomp.install()
    host = Host(0, 1)
    started = host.next()
    if not isinstance(started, StartMessage):
        return
    work = os.environ.get("PRMDATA_WORK") or started.work
    confine.link_shared_memory(work)
    by_seed = [SeedWorkers.build(seed, work, started.uids) for seed in started.seeds]
    dispatcher = Dispatcher(by_seed, host.heartbeat)
    ready = ReadyMessage(
        python=sys.version.split()[0],
        coverage=coverage.KIND,
        has_separate_users=bool(started.uids[0]),
        seccomp=is_filtered,
        enclosed=os.environ.get("PRMDATA_ENCLOSED", "").split(),
        landlock=landlock.is_there(),
    )
    host.send(ready)
    while (message := host.next()) is not None:
        answer = dispatcher.handle(message)
        if answer is not None:
            host.send(answer)


class Host:
    """The stream of frames from and to the host."""

    def __init__(self, source: int, sink: int) -> None:
        self._source, self._sink = source, os.dup(sink)
        os.dup2(2, sink)  # accidental prints do not break the stream
        self._unpacker = wire.Unpacker()
        self._waiting: list[object] = []
        self._last_sent = time.monotonic()
        self._hangup = select.poll()
        self._hangup.register(source, 0)  # POLLHUP is reported without being asked for

    def next(self) -> Message | None:
        """Return the next message, or None at the end of the stream."""
        while not self._waiting:
            data = os.read(self._source, 1 << 18)
            if not data:
                return None
            self._waiting += self._unpacker.feed(data)
        return messages.read(self._waiting.pop(0))

    def send(self, message: Message) -> None:
        data = memoryview(wire.pack(message.to_message()))
        while data:
            data = data[os.write(self._sink, data) :]
        self._last_sent = time.monotonic()

    def heartbeat(self) -> None:
        """Send the host a sign of life every two seconds while a long task runs. Where the host has ended, end
        too: nobody waits for the answer, and a container engine would go on reading what the guest writes."""
        if self._hangup.poll(0):
            os._exit(1)
        if time.monotonic() - self._last_sent > HEARTBEAT_S:
            self.send(AliveMessage())
