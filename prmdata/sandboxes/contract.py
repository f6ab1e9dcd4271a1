"""What a sandbox promises. This page is the contract; ``doctor`` and the contract suite check it.

A **provider** starts **workers**; a worker is one live guest (the program under ``sandbox/guest``)
that executes tasks of one problem after another. Pools, retries and quarantine after repeated
deaths are built on top and are not a worker's business.

What every worker guarantees:

* The answer to a task is an :class:`Execution` that both fixed seeds agreed on, or a
  :class:`QuarantineError` (reason ``unrepeatable``: the two seeded runs differ, with what differed).
* Nothing of one task is left for the next: no process, no file, no changed module, no namespace.
* The judge alone holds tests and expected values; the candidate's process gets plain data
  (``isolation`` ``apart``: two processes). In ``one-process`` mode both share one process and a hostile
  candidate can forge a pass: that mode is for problems whose vetted reference needs it.
* A failure of the machinery is :class:`SandboxError`, never a verdict. After it the worker is dead:
  close it and start another. The tasks of the failed call may be asked again elsewhere.
* Limits are CPU time, memory, output, processes and files; wall time ends only what sleeps.

What it does not guarantee: how long a call takes; anything ``does_not_cover`` lists.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from prmdata.records import RunResults, Spec, Task


@dataclass(frozen=True, slots=True)
class GuestFacts:
    """What a started guest says about itself (for ``doctor`` and the manifest)."""

    python: str
    """Version of the interpreter that runs, and whose compiler judges, the candidates."""
    coverage: Literal["monitoring", "settrace"]
    has_separate_users: bool
    """Judge, candidate and supervisor run as three different users."""
    seccomp: bool
    """System calls that a candidate never needs are refused by the guest's own filter."""
    enclosed: tuple[str, ...] = ()
    """The namespaces that the guest made for itself (local sandbox; a container has its engine's)."""
    landlock: bool = False
    """Candidates write beneath their work folder only, whatever else is writable."""


class Worker(ABC):
    """One live guest. Not thread-safe: one thread at a time calls it."""

    @property
    @abstractmethod
    def facts(self) -> GuestFacts:
        """What the guest said when it started."""

    @property
    def runs(self) -> int:
        """How often programs were started so far, where that is counted: a deterministic one needs
        one run, every other one needs a run under each seed."""
        return 0

    @abstractmethod
    def run(self, spec: Spec, tasks: Sequence[Task]) -> RunResults:
        """Execute ``tasks`` for ``spec``, in order; one answer each, same order.

        Blocking. Consecutive calls with an equal ``spec`` reuse what was prepared for it. Raises
        :class:`SandboxError` if the guest died, spoke nonsense or fell silent; then nothing of
        this call may be used and the worker must be closed.
        """

    @abstractmethod
    def close(self) -> None:
        """End the guest and everything in it. Idempotent; never raises for a dead guest."""

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class SandboxProvider(ABC):
    """Starts workers of one kind. Stateless: any thread may call ``start``."""

    name: str
    covers: tuple[str, ...]
    """What this sandbox stops, one line each."""
    does_not_cover: tuple[str, ...]
    """What it does not stop, one line each; printed by ``doctor`` and before remote code runs."""

    @property
    def environment(self) -> str:
        """What programs run in, in one line: equal for two providers that give equal verdicts (the name of an
        image, which holds the guest, an interpreter and packages). A build is made in one of them."""
        return self.name

    @abstractmethod
    def start(self) -> Worker:
        """A fresh, ready worker. Raises :class:`SandboxError` (:class:`NoEngineError`) if it cannot."""
