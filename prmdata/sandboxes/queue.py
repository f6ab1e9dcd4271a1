"""The queue of a pool: jobs in order, given to workers in chunks, each answered once.

A job is the tasks of one ``Run``. Its tasks go to one worker, because they all use what a worker prepared for
the problem. A second worker that has nothing else to do takes a share. If a call killed its worker, each task
of that call runs alone from then on, so that the task that kills is known and the others are not blamed.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Final

from prmdata.errors import QuarantineError
from prmdata.records import RunResult, RunResults, Spec, Task

CHUNK: Final = 8
"""The most tasks of one call: enough to hide the round trip."""
BATCH: Final = 64
"""The most tasks of one call if the first of them is trusted: their programs share a process."""
BATCH_CPU_S: Final = 4.0
"""A call with trusted tasks has more than ``CHUNK`` of them only while their limits together are below this, so that no
worker holds most of a slow problem while the others have nothing left."""
LINGER_S: Final = 0.005
"""How long a worker that has finished a job waits for the next one of the same problem, which it is prepared for: to
prepare another one takes 7 ms of CPU, and a problem's next question mostly comes within one."""
KILLS: Final = 2
"""A task that kills this many workers, alone with each of them, is quarantined."""


class SandboxJob:
    """The tasks of one run. Equal tasks are judged once and get the same answer."""

    def __init__(self, spec: Spec, tasks: Sequence[Task]) -> None:
        self.spec = spec
        self.future: Future[RunResults] = Future()
        self.distinct = list(dict.fromkeys(tasks))
        where = {task: index for index, task in enumerate(self.distinct)}
        self._order = [where[task] for task in tasks]
        self._answers: dict[int, RunResult] = {}
        self._pending = deque(range(len(self.distinct)))
        self._alone: set[int] = set()
        self._kills: dict[int, int] = {}
        self.workers = 0

    @property
    def has_work(self) -> bool:
        """Whether a worker can take some of its tasks now."""
        return bool(self._pending)

    @property
    def complete(self) -> bool:
        """Whether every task has its answer."""
        return len(self._answers) == len(self.distinct)

    def begin(self) -> bool:
        """Called before the first chunk is taken. Returns False if the caller has cancelled the job."""
        return self.future.running() or self.future.set_running_or_notify_cancel()

    def take(self, sharers: int = 1) -> list[int]:
        """The next chunk: up to ``CHUNK`` tasks, or one task that has to run alone. Where several workers
        (``sharers``) have nothing else to do than this job, a chunk is a quarter of what is left, so that no worker
        waits long while another has the slow rest of it. Of quick trusted programs it is the share of a worker: to
        start a batch takes as long as ten of them."""
        chunk: list[int] = []
        most, left = CHUNK, len(self._pending)
        if self._pending and self.distinct[self._pending[0]].trusted:
            most = max(CHUNK, min(BATCH, int(BATCH_CPU_S / self.spec.cpu_s)))
        if sharers > 1:
            most = min(most, max(CHUNK, -(-left // sharers)) if most > CHUNK else max(1, left // 4))
        while self._pending and len(chunk) < most:
            if self._pending[0] in self._alone and chunk:
                break
            chunk.append(self._pending.popleft())
            if chunk[0] in self._alone:
                break
        return chunk

    def answered(self, chunk: Sequence[int], answers: Sequence[RunResult]) -> None:
        """Keep the answers of a chunk."""
        self._answers.update(zip(chunk, answers, strict=True))

    def returned(self, chunk: Sequence[int]) -> None:
        """The chunk was not judged, and none of its tasks is to blame: it is pending again, and comes
        first."""
        self._pending.extendleft(reversed(chunk))

    def killed(self, chunk: Sequence[int], why: str) -> bool:
        """The call with this chunk killed its worker, so each of its tasks runs alone now. A task that was
        alone already and killed its worker for the second time is quarantined; then the result is True."""
        if len(chunk) > 1:
            self._alone.update(chunk)
            self.returned(chunk)
            return False
        kills = self._kills[chunk[0]] = self._kills.get(chunk[0], 0) + 1
        self._alone.add(chunk[0])
        if kills < KILLS:
            self._pending.extend(chunk)  # at the end, because an accidental cause will be gone by then
            return False
        self.answered(chunk, [QuarantineError("killed two workers", why)])
        return True

    def in_order(self) -> RunResults:
        """The answers, one for each task, in the order of the tasks."""
        return tuple(self._answers[index] for index in self._order)


class Queue:
    """Jobs for several workers, first come, first served. Every method is thread-safe."""

    def __init__(self, most: int, workers: int = 1) -> None:
        self._most = most
        self._workers = workers
        self._jobs: list[SandboxJob] = []
        self._changed = threading.Condition()
        self._closed: BaseException | None = None

    def put(self, job: SandboxJob) -> None:
        """Add a job. Blocks while ``most`` jobs are unfinished. Raises the error that the queue was closed
        with."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._jobs) < self._most or self._closed is not None)
            if self._closed is not None:
                raise self._closed
            self._jobs.append(job)
            self._changed.notify_all()

    def take(self, last: SandboxJob | None) -> tuple[SandboxJob, list[int]] | None:
        """Work for a worker whose last job was ``last``. Blocks; returns None when the queue is closed."""
        with self._changed:
            if last is not None and last.complete:
                self._changed.wait_for(lambda: self._closed is not None or self._like(last), LINGER_S)
            while self._closed is None:
                job = self._best_for(last)
                if job is None:
                    self._changed.wait()
                elif job.begin():
                    job.workers += 1
                    is_last = not any(one.has_work for one in self._jobs if one is not job)
                    return job, job.take(self._workers if is_last else 1)
                else:
                    self._forget(job)
            return None

    def _best_for(self, last: SandboxJob | None) -> SandboxJob | None:
        """The job for a worker: the job that it worked on; else one of the same problem; else one without a
        worker; else one that others work on. Of several it is the one whose programs may take longest, so that
        the slow problems under way are not left for the end, and of those the smallest: its caller can continue
        soon, and the large jobs remain as work for the meantime. (A problem that is still vetted has the largest
        limit, and comes first.)"""
        open_jobs = [job for job in self._jobs if job.has_work]
        if last in open_jobs:
            return last
        if last is not None and (alike := self._like(last)):
            return alike[0]
        free = [job for job in open_jobs if not job.workers]
        return min(free or open_jobs, key=lambda job: (-job.spec.cpu_s, len(job.distinct)), default=None)

    def _like(self, last: SandboxJob) -> list[SandboxJob]:
        """The open jobs without a worker that need what a worker prepared for ``last``."""
        return [job for job in self._jobs if job.has_work and not job.workers and job.spec == last.spec]

    @contextmanager
    def reporting(self, job: SandboxJob) -> Iterator[None]:
        """Inside this context, a worker reports on a chunk of ``job``. Afterwards the job is finished or may
        have work."""
        with self._changed:
            job.workers -= 1
            yield
            self._changed.notify_all()
            finished = job.complete and self._forget(job)
        if finished:
            job.future.set_result(job.in_order())

    def fail(self, job: SandboxJob, error: BaseException) -> None:
        """End one job with an exception."""
        with self._changed:
            held = self._forget(job)
        if held:
            job.future.set_exception(error)

    def _forget(self, job: SandboxJob) -> bool:
        """Take a job off the list. Returns False if it was off the list already (its future is done)."""
        if job not in self._jobs:
            return False
        self._jobs.remove(job)
        self._changed.notify_all()
        return True

    def close(self, error: BaseException) -> None:
        """End all work: waiting workers leave, and unfinished jobs end with ``error``."""
        with self._changed:
            if self._closed is None:
                self._closed = error
            left, self._jobs = self._jobs, []
            self._changed.notify_all()
        for job in left:
            if job.begin():
                job.future.set_exception(error)
