"""What a sandbox promises. This module is the contract; ``doctor`` and the contract suite check it.

A **provider** starts **workers**. A worker is one live guest (the program under ``sandbox/guest``). It
executes the tasks of one problem after another. Pools, retries and quarantine after repeated deaths are built
on top of workers.

What every worker guarantees:

* The answer to a task is an :class:`Execution` that both fixed seeds agreed on, or a :class:`QuarantineError`
(reason
  ``unrepeatable``: the two seeded runs differ; the error says in what).
* No task leaves anything for the next one: no process, no file, no changed module, no namespace. * Only the
judge holds tests and expected values; the candidate's process gets plain data (``isolation`` ``apart``:
  two processes). In ``one-process`` mode both share one process, and a hostile candidate can forge a pass.
  That mode is for problems whose vetted reference needs it.
* A failure of the machinery is :class:`SandboxError`, never a verdict. After it the worker is dead: close it
and start
  another. The tasks of the failed call may be asked again elsewhere.
* Limits are CPU time, memory, output, processes and files. Wall time ends only programs that sleep.

It does not guarantee how long a call takes, nor anything that ``does_not_cover`` lists.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from prmdata.records import RunResults, Spec, Task


@dataclass(frozen=True, slots=True)
class GuestFacts:
    """What a started guest reports about itself (for ``doctor`` and the manifest)."""

    python: str
    """Version of the interpreter that runs the candidates, and whose compiler judges them."""
    coverage: Literal["monitoring", "settrace"]
    has_separate_users: bool
    """Whether judge, candidate and supervisor run as three different users."""
    seccomp: bool
    """Whether the guest's own filter refuses the system calls that a candidate never needs."""
    enclosed: tuple[str, ...] = ()
    """The namespaces that the guest made for itself (in the local sandbox; a container has those of its
    engine)."""
    landlock: bool = False
    """Whether candidates can write only beneath their work folder, whatever else is writable."""


class Worker(ABC):
    """One live guest. It is not thread-safe: one thread at a time calls it."""

    @property
    @abstractmethod
    def facts(self) -> GuestFacts:
        """What the guest reported when it started."""

    @property
    def runs(self) -> int:
        """How many program runs were started so far, if that is counted. A deterministic program needs one
        run; every other program needs a run under each seed."""
        return 0

    @abstractmethod
    def run(self, spec: Spec, tasks: Sequence[Task]) -> RunResults:
        """Execute ``tasks`` for ``spec``; returns one answer for each task, in the same order.

        The call blocks. Consecutive calls with an equal ``spec`` reuse what was prepared for it. Raises
        :class:`SandboxError` if the guest died, sent an invalid message or fell silent. Then nothing of this
        call may be used, and the worker must be closed.
        """

    @abstractmethod
    def close(self) -> None:
        """End the guest and everything in it. It may be called twice, and never raises for a dead guest."""

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class SandboxProvider(ABC):
    """Starts workers of one kind. It has no state: any thread may call ``start``."""

    name: str
    covers: tuple[str, ...]
    """What this sandbox stops, as one line for each item."""
    does_not_cover: tuple[str, ...]
    """What it does not stop, as one line for each item; shown by ``doctor`` and before remote code runs."""

    @property
    def environment(self) -> str:
        """The environment of the programs in one line, such as the name of an image, which holds the guest,
        an interpreter and packages. It is equal for two providers that give equal verdicts. A build is made
        in one environment."""
        return self.name

    @abstractmethod
    def start(self) -> Worker:
        """A fresh, ready worker. Raises :class:`SandboxError` (:class:`NoEngineError`) if it cannot."""
