"""How the contract is checked: each check runs small programs on a real worker to test one promise.

The checks themselves are in :mod:`prmdata.sandboxes.selfcheck`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from prmdata.errors import QuarantineError
from prmdata.records import Execution, Problem, RunResult, Spec, Task, Test, Verdict
from prmdata.sandboxes.contract import Worker

CPU_S: Final = 0.1
MEMORY_MB: Final = 192


@dataclass(frozen=True, slots=True)
class Check:
    """One promise. ``find`` returns None if it holds, else what was seen instead."""

    name: str
    promise: str
    find: Callable[[Worker], str | None]
    required: bool = True


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check. ``seen`` is empty if the promise holds."""

    name: str
    promise: str
    holds: bool
    required: bool
    seen: str
    wall_s: float


def calls(*asserts: str, entry_point: str = "f", reference: str = "def f(n):\n    return n + n\n") -> Spec:
    """A problem with assert tests and small limits."""
    tests = tuple(Test("assert", code) for code in asserts or ("assert f(2) == 4", "assert f(21) == 42"))
    problem = Problem("selfcheck", "", reference, tests, entry_point=entry_point)
    return Spec(problem, cpu_s=CPU_S, memory_mb=MEMORY_MB)


def judge(worker: Worker, spec: Spec, program: str, **wanted: object) -> RunResult:
    """The result of one program."""
    return worker.run(spec, [replace(Task(program), **wanted)])[0]  # type: ignore[arg-type]


def differs(got: RunResult, verdict: Verdict, **facts: object) -> str | None:
    """What in ``got`` differs from what is expected; None if nothing differs."""
    if isinstance(got, QuarantineError):
        return f"quarantined: {got}"
    if got.verdict != verdict:
        return (
            f"{got.verdict} instead of {verdict} ({got.error_type}: {got.error_detail or got.stderr_tail!r})"
        )
    for name, value in facts.items():
        if getattr(got, name) != value:
            return f"{name} is {getattr(got, name)!r} instead of {value!r}"
    return None


def gets(
    verdict: Verdict, program: str, spec: Spec | None = None, **facts: object
) -> Callable[[Worker], str | None]:
    """A check that one program gets this verdict (and these facts)."""
    return lambda worker: differs(judge(worker, spec or calls(), program), verdict, **facts)


def refuses(*programs: str, spec: Spec | None = None) -> Callable[[Worker], str | None]:
    """A check that none of ``programs`` passes, and that a right program passes afterwards."""

    def find(worker: Worker) -> str | None:
        wanted = spec or calls()
        for program in programs:
            got = judge(worker, wanted, program)
            if isinstance(got, Execution) and got.verdict == Verdict.PASSED:
                return f"this passed: {program!r}"
        return differs(judge(worker, wanted, wanted.problem.reference), Verdict.PASSED)

    return find
