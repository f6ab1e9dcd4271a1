"""The self-checks notice broken workers: each worker that is sabotaged here fails the check for its fault."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from prmdata.errors import SandboxError
from prmdata.records import Execution, RunResult, Spec, Task, Verdict
from prmdata.sandboxes.contract import GuestFacts, SandboxProvider, Worker
from prmdata.sandboxes.selfcheck import CHECKS, run_checks

FACTS = GuestFacts("3.13.0", "monitoring", has_separate_users=True, seccomp=False)


class Sabotaged(Worker):
    """Answers by a rule, without running anything."""

    def __init__(self, rule: Callable[[Spec, Task], RunResult]) -> None:
        self._rule = rule

    @property
    def facts(self) -> GuestFacts:
        return FACTS

    def run(self, spec: Spec, tasks: Sequence[Task]) -> tuple[RunResult, ...]:
        return tuple(self._rule(spec, task) for task in tasks)

    def close(self) -> None:
        return


class Saboteur(SandboxProvider):
    name = "sabotaged"
    covers = does_not_cover = ()

    def __init__(self, rule: Callable[[Spec, Task], RunResult]) -> None:
        self._rule = rule
        self.starts = 0

    def start(self) -> Worker:
        self.starts += 1
        return Sabotaged(self._rule)


def everything_passes(spec: Spec, _: Task) -> RunResult:
    return Execution(Verdict.PASSED, (Verdict.PASSED,) * len(spec.problem.tests), isolation=spec.isolation)


def everything_fails(spec: Spec, _: Task) -> RunResult:
    wrong = Execution(Verdict.WRONG_ANSWER, (Verdict.WRONG_ANSWER,) * len(spec.problem.tests))
    return replace(wrong, isolation=spec.isolation)


def failing(rule: Callable[[Spec, Task], RunResult]) -> set[str]:
    return {result.name for result in run_checks(Saboteur(rule)) if not result.holds}


def test_a_judge_that_passes_everything_fails_every_check_of_a_verdict() -> None:
    found = failing(everything_passes)
    assert {"fails", "raises", "compiles", "timeout", "memory", "output", "unrepeatable"} <= found
    assert {
        "leaves-early",
        "lies",
        "walks",
        "kills",
        "helpers",
        "no-network",
        "no-files",
        "no-processes",
    } <= found


def test_a_judge_that_fails_everything_is_noticed_too() -> None:
    found = failing(everything_fails)
    assert {"passes", "in-place", "exceptions", "stdio", "one-process", "coverage", "leaves-nothing"} <= found
    assert {"leaves-early", "lies"} <= found, "a check that nothing passes must see a right program pass"


def test_a_worker_that_dies_is_replaced_and_the_check_fails_with_what_was_said() -> None:
    def dies(spec: Spec, task: Task) -> RunResult:
        raise SandboxError("the guest ended")

    provider = Saboteur(dies)
    results = list(run_checks(provider))
    assert len(results) == len(CHECKS) == provider.starts - 1
    assert all("the guest ended" in result.seen for result in results)


def test_checks_have_names_of_their_own() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_no_sandbox_at_all_is_an_error_and_no_result() -> None:
    class Nothing(Saboteur):
        def start(self) -> Worker:
            raise SandboxError("cannot start")

    with pytest.raises(SandboxError, match="cannot start"):
        list(run_checks(Nothing(everything_passes)))
