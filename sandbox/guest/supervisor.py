"""The guest's head: reads specs and tasks from stdin, has each task run under both seeds, answers.

It alone writes to the host. It starts the zygotes before it has read any spec, and forks nothing after.
"""

import os
import select
import sys
import time

from . import confine, coverage, wire
from .desk import Desk
from .house import House

HEARTBEAT_S = 2.0


def main():
    """Serve the host until its stream ends."""
    confine.die_with_parent()
    confine.adopt_orphans()
    confine.forgo_privileges()
    confine.hide_memory()
    confine.give_back_memory()
    host = Host(0, 1)
    started = host.next()
    if started is None:
        return
    desk = Desk([House.build(seed, started) for seed in started["seeds"]], host.beat)
    facts = {"python": sys.version.split()[0], "coverage": coverage.KIND}
    facts |= {
        "uids_apart": bool(started["uids"][0]),
        "enclosed": os.environ.get("PRMDATA_ENCLOSED", "").split(),
    }
    host.send({"op": "ready", **facts})
    while (message := host.next()) is not None:
        answer = desk.take(message)
        if answer is not None:
            host.send(answer)


class Host:
    """Frames from and to the host."""

    def __init__(self, source, sink):
        self._source, self._sink = source, os.dup(sink)
        os.dup2(2, sink)  # whatever prints by accident does not break the stream
        self._unpacker = wire.Unpacker()
        self._waiting = []
        self._beaten = time.monotonic()
        self._hangup = select.poll()
        self._hangup.register(source, 0)  # POLLHUP is told unasked

    def next(self):
        """The next message; None at the end of the stream, or when it breaks."""
        while not self._waiting:
            data = os.read(self._source, 1 << 18)
            if not data:
                return None
            self._waiting += self._unpacker.feed(data)
        return self._waiting.pop(0)

    def send(self, message):
        data = memoryview(wire.pack(message))
        while data:
            data = data[os.write(self._sink, data) :]
        self._beaten = time.monotonic()

    def beat(self):
        """Tell the host, every couple of seconds, that a long task is still being worked on. Where the host
        has ended, end too: nobody waits for the answer, and an engine keeps reading what we write."""
        if self._hangup.poll(0):
            os._exit(1)
        if time.monotonic() - self._beaten > HEARTBEAT_S:
            self.send({"op": "alive"})
