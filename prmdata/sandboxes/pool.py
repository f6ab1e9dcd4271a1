"""A pool of workers: it takes jobs and returns verdicts, even if workers die.

Each worker has one thread. A worker that dies is replaced by a fresh one, and its tasks are judged again. A
task that kills two workers is quarantined. Every fresh worker judges two canaries before it judges anything
else. If the pool cannot recover (no engine for minutes, canaries judged wrongly), the waiting jobs end with
SandboxError: only a healthy worker can give a verdict.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from prmdata.errors import NoEngineError, SandboxError
from prmdata.records import RunResults, Spec, Task
from prmdata.sandboxes.canaries import CanaryError, prove
from prmdata.sandboxes.contract import SandboxProvider, Worker
from prmdata.sandboxes.queue import CHUNK, Queue, SandboxJob

PATIENCE_S: Final = 180.0
"""How long starting a worker is tried again. An engine restarts in well under a minute."""
_FIRST_PAUSE_S: Final = 0.25
_LONGEST_PAUSE_S: Final = 10.0
_CANARY_TRIALS: Final = 2
"""A wrong canary is not caused by load: the start is tried once more, and then the result is believed."""


@dataclass(slots=True)
class PoolStats:
    """What happened to the workers of a pool, for the manifest and for anybody who asks."""

    started: int = 0
    died: int = 0
    judged: int = 0
    quarantined: int = 0
    runs: int = 0
    """How often programs were started, by workers that did not die."""


class Pool:
    """``workers`` workers of one provider. It is a context manager; any thread may call ``submit``."""

    def __init__(
        self, provider: SandboxProvider, workers: int, *, most_jobs: int = 256, patience_s: float = PATIENCE_S
    ) -> None:
        """Nothing starts before the first job. While ``most_jobs`` jobs are unfinished, ``submit`` waits."""
        self._provider = provider
        self._patience_s = patience_s
        self._queue = Queue(most_jobs, workers)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._live: set[Worker] = set()
        self._wanted = workers
        self._threads: list[threading.Thread] = []
        self.stats = PoolStats()

    def submit(self, spec: Spec, tasks: Sequence[Task]) -> Future[RunResults]:
        """Judge ``tasks`` of ``spec``. The future holds one answer for each task, in order.

        Equal tasks *of one call* are judged once; to have a task judged again, submit it in another call. The
        future raises SandboxError if the pool cannot continue.
        """
        job = SandboxJob(spec, tasks)
        if not tasks:
            job.future.set_result(())
            return job.future
        self._queue.put(job)
        self._staff(-(-len(job.distinct) // CHUNK))
        return job.future

    def close(self) -> None:
        """End the workers at once. Unfinished jobs end with SandboxError. It may be called twice."""
        self._closing.set()
        self._queue.close(SandboxError("the pool was closed before this was judged"))
        with self._lock:
            live = list(self._live)
        for worker in live:
            worker.close()  # wakes up a thread that waits for its answer
        for thread in self._threads:
            thread.join(timeout=30)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _staff(self, chunks: int) -> None:
        """Start more threads while there are fewer than wanted, but no more than the new job can use, so that
        a small build starts one worker and not all of them."""
        with self._lock:
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            for _ in range(min(chunks, self._wanted - len(self._threads))):
                if not self._closing.is_set():
                    thread = threading.Thread(target=self._serve, name="prmdata-worker", daemon=True)
                    self._threads.append(thread)
                    thread.start()

    def _serve(self) -> None:
        """The loop of a thread: take a chunk, have it judged, report the answers, until the queue is
        closed."""
        worker: Worker | None = None
        job: SandboxJob | None = None
        while (work := self._queue.take(job)) is not None:
            job, chunk = work
            try:
                if worker is None:
                    worker, _ = self._start()
                worker = self._judge(worker, job, chunk)
            except SandboxError as error:  # no worker can be started
                with self._queue.reporting(job):
                    job.returned(chunk)
                if not self._live:
                    self._queue.close(error)
                return  # the other threads, if any, continue without this one
        self._dismiss(worker)

    def _judge(self, worker: Worker, job: SandboxJob, chunk: list[int]) -> Worker | None:
        """Have one chunk judged and report the answers; return the worker to continue with. Raises
        SandboxError if a dead worker cannot be replaced; the chunk is then pending again."""
        before = worker.runs
        try:
            answers = worker.run(job.spec, [job.distinct[index] for index in chunk])
        except SandboxError as error:
            self._dismiss(worker)
            fresh, at_once = self._start()
            with self._queue.reporting(job):
                self.stats.died += 1
                if at_once:
                    self.stats.quarantined += job.killed(chunk, str(error))
                else:  # the engine itself was down, so no task caused the death
                    job.returned(chunk)
            return fresh
        except Exception as error:  # a bug, here or in the spec: it ends this job, not the pool
            self._dismiss(worker)
            self._queue.fail(job, error)
            return None
        with self._queue.reporting(job):
            job.answered(chunk, answers)
            self.stats.judged += len(chunk)
            self.stats.runs += worker.runs - before
        return worker

    def _start(self) -> tuple[Worker, bool]:
        """A fresh worker that passed its canaries, and whether the first attempt gave it. Raises SandboxError
        after too many failed attempts, or if the pool closes."""
        deadline = time.monotonic() + self._patience_s
        pause = _FIRST_PAUSE_S
        attempts = distrusted = 0
        while True:
            attempts += 1
            worker = None
            try:
                worker = self._provider.start()
                prove(worker)
            except SandboxError as error:
                if worker is not None:
                    worker.close()
                distrusted += isinstance(error, CanaryError)
                hopeless = isinstance(error, NoEngineError) and not self.stats.started
                if hopeless or distrusted >= _CANARY_TRIALS or time.monotonic() > deadline:
                    raise
                if self._closing.wait(pause):
                    raise
                pause = min(2 * pause, _LONGEST_PAUSE_S)
                continue
            with self._lock:
                self._live.add(worker)
                self.stats.started += 1
            if self._closing.is_set():
                self._dismiss(worker)
                raise SandboxError("the pool was closed")
            return worker, attempts == 1

    def _dismiss(self, worker: Worker | None) -> None:
        if worker is not None:
            with self._lock:
                self._live.discard(worker)
            worker.close()
