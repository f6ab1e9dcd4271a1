"""``prmdata.judge``: the sandbox as a function, for reward functions and for everybody who needs a verdict.

Part of the composition root. Each process has one pool of workers for all its threads; the pool ends with the
process. The function has to know how to run the programs of a problem (one process or two, how much CPU
time). It learns this by running the reference once, or reads it from the problem's row in config
``problems``, and remembers it.
"""

from __future__ import annotations

import atexit
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, overload

from prmdata.errors import InputError, QuarantineError
from prmdata.problems.single import problem_of_row
from prmdata.records import Isolation, Problem, Reject, RunResult, Spec, Task, Verdict
from prmdata.sandboxes.choose import choose
from prmdata.sandboxes.docker_engine import forget_client
from prmdata.sandboxes.pool import Pool
from prmdata.steps.split import split_steps, step_of_line
from prmdata.strategies.program_faults import why_not_workable
from prmdata.vetting.limits import MEMORY_MB
from prmdata.vetting.vet import spec_of

MOST_SPECS: Final = 4096
"""How many specs are kept in memory. The spec that was not used for the longest time is dropped first."""

AnyProblem = Problem | Spec | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProgramJudgement:
    """The result of running a program on a problem's tests.

    ``verdict``: the verdict of the first test that does not pass, in the order of the tests. It is None if no
    verdict is possible (two seeded runs differ, the program killed two workers, or it is no text); then
    ``reason`` says why. ``error_step``: the step (0-based logical line) where an exception or a syntax error
    arose. ``cpu_s``: the CPU seconds of all tests together.
    """

    verdict: Verdict | None
    tests_passed: int
    tests_total: int
    error_step: int | None = None
    cpu_s: float = 0.0
    reason: str = ""

    @property
    def passed(self) -> bool:
        """Whether every test passed."""
        return self.verdict == Verdict.PASSED


@overload
def judge(  # type: ignore[overload-overlap]  # a text is a sequence of texts too: the first signature is meant
    problem: AnyProblem, programs: str, *, sandbox: str = "auto", workers: int | None = None
) -> ProgramJudgement: ...
@overload
def judge(
    problem: AnyProblem, programs: Sequence[str], *, sandbox: str = "auto", workers: int | None = None
) -> list[ProgramJudgement]: ...
def judge(
    problem: AnyProblem, programs: str | Sequence[str], *, sandbox: str = "auto", workers: int | None = None
) -> ProgramJudgement | list[ProgramJudgement]:
    """Run one program, or several at once, on a problem's tests. The result is one :class:`ProgramJudgement`
    for each program, in the order of the programs.

    ``problem``: a :class:`Problem` (of ``read_problems``), a :class:`Spec` if the limits are known, a row of
    a dataset's config ``problems``, or a row in any layout that a build reads (HumanEval, MBPP, ...).
    ``sandbox``: ``auto`` takes Docker, and raises if no engine answers; ``local`` must be asked for.
    ``workers``: the number of workers in the process's pool (default: one for each core); they start when
    they are needed.

    If judge and candidate run in two processes (for all problems whose reference passes in this way), a
    program cannot forge its verdict. The function is thread-safe, and a forked child has a pool of its own.
    Raises InputError if the reference fails the problem's tests, NoEngineError if there is no sandbox, and
    SandboxError if the machinery fails. A failure of the machinery is never a verdict.
    """
    judging = _of_this_process(sandbox, workers or os.cpu_count() or 1)
    if isinstance(programs, str):
        return judging.judgements(problem, [programs])[0]
    return judging.judgements(problem, programs)


class SandboxJudge:
    """A pool, and the specs of the problems that were asked about so far."""

    def __init__(self, sandbox: str, workers: int) -> None:
        """Raises NoEngineError if the sandbox is not available."""
        self._pool = Pool(choose(sandbox, remote_teacher=True).provider, workers)
        self._specs: OrderedDict[Any, Spec] = OrderedDict()
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the workers."""
        self._pool.close()

    def judgements(self, problem: AnyProblem, programs: Sequence[str]) -> list[ProgramJudgement]:
        """See :func:`judge`."""
        spec = self._spec(problem)
        faults = [why_not_workable(program) for program in programs]
        tasks = [Task(program) for program, fault in zip(programs, faults, strict=True) if not fault]
        answers = iter(self._pool.submit(spec, tasks).result())
        n_tests = len(spec.problem.tests)
        return [
            ProgramJudgement(None, 0, n_tests, reason=fault)
            if fault
            else _judgement(program, next(answers), n_tests)
            for program, fault in zip(programs, faults, strict=True)
        ]

    def _spec(self, problem: AnyProblem) -> Spec:
        if isinstance(problem, Spec):
            return problem
        key = json.dumps(problem, sort_keys=True, default=str) if isinstance(problem, Mapping) else problem
        with self._lock:
            if key in self._specs:
                self._specs.move_to_end(key)
                return self._specs[key]
        spec = self._found(problem)
        with self._lock:
            self._specs[key] = spec
            while len(self._specs) > MOST_SPECS:
                self._specs.popitem(last=False)
        return spec

    def _found(self, problem: Problem | Mapping[str, Any]) -> Spec:
        read = problem_of_row(problem) if isinstance(problem, Mapping) else problem
        if isinstance(problem, Mapping) and {"isolation", "cpu_s"} <= problem.keys():
            memory_mb = read.limits.memory_mb or MEMORY_MB
            return Spec(read, Isolation(problem["isolation"]), problem["cpu_s"], memory_mb)
        asking = spec_of(read)
        try:
            run = next(asking)
            while True:
                run = asking.send(self._pool.submit(run.spec, run.tasks).result())
        except StopIteration as end:
            found: Spec | Reject = end.value
        if isinstance(found, Reject):
            raise InputError(read.id, f"no program can be judged by it: {found.reason} ({found.detail})")
        return found


def _judgement(program: str, answer: RunResult, n_tests: int) -> ProgramJudgement:
    if isinstance(answer, QuarantineError):
        return ProgramJudgement(None, 0, n_tests, reason=str(answer))
    line = answer.error_line
    step = None if line is None else step_of_line(split_steps(program), line)
    return ProgramJudgement(
        answer.verdict, answer.tests_passed, n_tests, step, answer.cpu_s, answer.error_detail
    )


_judges: dict[tuple[str, int], SandboxJudge] = {}
_lock = threading.Lock()


def _of_this_process(sandbox: str, workers: int) -> SandboxJudge:
    with _lock:
        if (sandbox, workers) not in _judges:
            _judges[sandbox, workers] = SandboxJudge(sandbox, workers)
        return _judges[sandbox, workers]


@atexit.register
def close_pools() -> None:
    """End the workers of every judge of this process; the next call starts others."""
    with _lock:
        ended = list(_judges.values())
        _judges.clear()
    for judging in ended:
        judging.close()


def _forget_the_parents() -> None:
    """A forked child must neither talk to its parent's workers nor wait for a lock that another thread of the
    parent held."""
    global _lock
    _lock = threading.Lock()
    _judges.clear()
    forget_client()


os.register_at_fork(after_in_child=_forget_the_parents)
