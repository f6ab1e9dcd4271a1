"""One conversation with one guest over a pair of byte streams; it is the same for Docker and local.

The guest is told a problem once, each suite once, and then task after task. A task's frame is sent before the
answer to the previous task only while little is unread. Otherwise both ends could wait for each other with
both pipes full.
"""

from __future__ import annotations

import itertools
import os
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final, Protocol

from prmdata.errors import SandboxError
from prmdata.records import Isolation, Problem, RunResult, RunResults, Spec, Suite, Task
from prmdata.resources import guest_module
from prmdata.sandboxes.contract import GuestFacts, Worker
from prmdata.sandboxes.wire import (
    Unpacker,
    batch_answer,
    outcome,
    pack,
    spec_message,
    suite_message,
    task_message,
)

if TYPE_CHECKING:
    from sandbox.guest import protocol
    from sandbox.guest.messages import Message
else:
    protocol = guest_module("protocol")

SEEDS: Final = (0, 1)
"""The fixed seeds. Each one sets the hash seed and the seed of ``random``."""
SILENCE_S: Final = 60.0
"""A guest at work reports every couple of seconds. A guest that is silent for this long is dead."""
KEPT: Final = 16
"""How many problems a guest keeps prepared: as many as are under way for each worker. Each takes 7 ms of CPU to prepare
and 2 to 3 MB."""
MOST_KEPT_BYTES: Final = 1 << 20
"""A problem of which the guest was told more than this is not kept while another one is worked on."""
_AHEAD_BYTES: Final = 1 << 15
_READ_BYTES: Final = 1 << 18
_UIDS_FROM, _UID_PAIRS = 20_000, 20_000
_counter = itertools.count()
_first_pairs: Final[dict[int, int]] = {}
"""The first number that a process gives out. It is random, because pids are the same in every container, and a fork
draws it anew."""


@dataclass(slots=True)
class ToldProblem:
    """A problem that a guest knows: where, by which suites, and how much of it there is."""

    place: int
    suites: dict[Suite, int] = field(default_factory=dict)
    told_bytes: int = 0


class Stream(Protocol):
    """Bytes to and from a guest. Both methods raise SandboxError if the transport breaks."""

    def read(self, size: int, deadline: float | None = None) -> bytes:
        """At least one byte and at most ``size``; ``b""`` at the end. ``deadline`` is a time of
        ``time.monotonic``. After it, SandboxError is raised."""

    def write(self, data: bytes) -> None:
        """Write all of ``data``."""


def fresh_uids() -> tuple[int, int]:
    """Users for the candidate and the judge of one guest. The kernel counts processes by user over all
    containers. So no two guests of this host process share a user, and guests of two host processes rarely
    do."""
    first = _first_pairs.setdefault(os.getpid(), int.from_bytes(os.urandom(8)))
    pair = (first + next(_counter)) % _UID_PAIRS
    return _UIDS_FROM + 2 * pair, _UIDS_FROM + 2 * pair + 1


class Session:
    """Drives one guest. With ``seeds=(0,)``, each program runs once: for measurements, never for labels."""

    def __init__(
        self, stream: Stream, *, work: str, uids: tuple[int, int] = (0, 0), seeds: tuple[int, ...] = SEEDS
    ) -> None:
        """Greets the guest and waits until it is ready. ``work`` is its empty writable folder. ``uids`` are
        the users for candidate and judge; (0, 0) means that the guest cannot change users."""
        self._stream = stream
        self._unpacker = Unpacker()
        self._waiting: deque[Message] = deque()
        self._spec: Spec | None = None
        self._told: OrderedDict[tuple[Problem, Isolation], ToldProblem] = OrderedDict()
        self._free = list(range(KEPT))
        self.runs = 0
        """How often programs were started so far. A deterministic program needs only one run."""
        stream.write(pack(protocol.StartMessage(work, list(uids), list(seeds))))
        ready = self._next()
        if not isinstance(ready, protocol.ReadyMessage):
            raise SandboxError(f"the guest did not get ready: {ready}")
        self.facts = GuestFacts(
            ready.python,
            ready.coverage,
            ready.has_separate_users,
            ready.seccomp,
            tuple(ready.enclosed),
            ready.landlock,
        )

    def run(self, spec: Spec, tasks: Sequence[Task]) -> RunResults:
        """Answers to ``tasks``, in order. After a SandboxError the guest cannot be used any more."""
        if spec != self._spec:
            self._stream.write(self._about(spec))
        answers: list[RunResult] = []
        ahead: deque[tuple[int, int]] = deque()
        unsent = b""
        for is_trusted, group in groupby(tasks, key=attrgetter("trusted")):
            for part in [tuple(group)] if is_trusted else ((task,) for task in group):
                frames = self._frames(part)
                while ahead and sum(size for size, _ in ahead) + len(frames) > _AHEAD_BYTES:
                    if unsent:
                        self._stream.write(unsent)
                        unsent = b""
                    answers += self._answers(ahead.popleft()[1], spec)
                unsent += (
                    frames  # one write for many frames, because each write wakes three processes on its way
                )
                ahead.append((len(frames), len(part)))
        self._stream.write(unsent)
        for _, n_tasks in ahead:
            answers += self._answers(n_tasks, spec)
        return tuple(answers)

    def _about(self, spec: Spec) -> bytes:
        """The frame that makes the guest turn to ``spec``. A problem that it knows costs it nothing, whatever the
        limits; of others it forgets the one that was not asked about for longest."""
        if self._told:
            last = next(reversed(self._told))
            if self._told[last].told_bytes > MOST_KEPT_BYTES:
                self._free.append(self._told.pop(last).place)
        self._spec, key, limits = spec, (spec.problem, spec.isolation), (spec.cpu_s, spec.memory_mb)
        if key in self._told:
            self._told.move_to_end(key)
            return pack(protocol.ReturnMessage(self._told[key].place, *limits))
        if not self._free:
            self._free.append(self._told.popitem(last=False)[1].place)
        self._told[key] = told = ToldProblem(self._free.pop())
        frame = pack(spec_message(spec, told.place))
        told.told_bytes = len(frame)
        return frame

    def _answers(self, n_tasks: int, spec: Spec) -> list[RunResult]:
        """The answers to the next frames: to one task, or to those of a batch."""
        answers: list[Message] = [self._next()]
        if n_tasks > 1:
            answers = [*batch_answer(answers[0], n_tasks).answers]
        self.runs += sum(each.runs for each in answers if isinstance(each, protocol.ResultAnswer))
        return [outcome(each, spec.isolation) for each in answers]

    def _frames(self, tasks: Sequence[Task]) -> bytes:
        """The frame of a task, or of a batch of tasks, after the frames of those suites that the guest has not
        seen."""
        frames, messages = [], []
        told = self._told[next(reversed(self._told))]
        for task in tasks:
            numbers = []
            for suite in task.suites:
                if suite not in told.suites:
                    told.suites[suite] = len(told.suites)
                    frames.append(pack(suite_message(suite)))
                    told.told_bytes += len(frames[-1])
                numbers.append(told.suites[suite])
            messages.append(task_message(task, numbers))
        last = messages[0] if len(messages) == 1 else protocol.BatchMessage(messages)
        return b"".join([*frames, pack(last)])

    def _next(self) -> Message:
        """The next message of the guest that is more than a sign of life."""
        while True:
            while not self._waiting:
                data = self._stream.read(_READ_BYTES, time.monotonic() + SILENCE_S)
                if not data:
                    raise SandboxError("the guest ended")
                self._waiting.extend(self._unpacker.feed(data))
            message = self._waiting.popleft()
            if not isinstance(message, protocol.AliveMessage):
                return message


class SessionWorker(Worker):
    """A worker that drives its guest by a session, wherever the guest runs. A subclass starts the guest and the session,
    and ends the guest."""

    _session: Session

    @property
    def facts(self) -> GuestFacts:
        """See :class:`prmdata.sandboxes.contract.Worker`."""
        return self._session.facts

    @property
    def runs(self) -> int:
        """See :class:`prmdata.sandboxes.contract.Worker`."""
        return self._session.runs

    def run(self, spec: Spec, tasks: Sequence[Task]) -> RunResults:
        """See :class:`prmdata.sandboxes.contract.Worker`."""
        return self._session.run(spec, tasks)
