"""If the host fails on one program, only that program's row is lost, and a reject says so. The other programs
have their rows."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

from prmdata.errors import SandboxError
from prmdata.records import Problem, Rollout, Run, Task, Verdict, Vetted
from prmdata.steps.nesting import LONGEST
from prmdata.strategies.first_error import FirstErrorOptions
from prmdata.strategies.first_error import run as first_error
from prmdata.strategies.program_faults import (
    NOT_TEXT,
    STAGE,
    TOO_LONG,
    done_or_rejected,
    work_or_rejected,
    workable,
)
from prmdata.strategies.rows import StrategyResult
from prmdata.testing.trampoline import run_to_end
from prmdata.vetting.vet import vet
from tests.total_by_hand import REFERENCE, TESTS

Driven = Callable[..., Any]
FAULTS = (RecursionError(), MemoryError(), ValueError("no digits"), UnicodeEncodeError("utf-8", "", 0, 1, ""))
LONG_NUMBER = "def total(numbers):\n    return 0x" + "f" * 4000 + "\n"
WRONG = REFERENCE.replace("number > 0", "number >= 3")


def asking(question: Run, error: BaseException | None) -> Generator[Any, Any, Any]:
    """Work that asks once, and then fails or returns what it was told."""
    told = yield question
    if error is not None:
        raise error
    return told


@pytest.mark.parametrize("error", FAULTS)
def test_a_fault_is_a_reject_with_its_reason_and_its_place(error: Exception) -> None:
    outcome = StrategyResult()
    found = run_to_end(
        work_or_rejected(outcome, "p", "the program", asking(Run(None, ()), error)),  # type: ignore[arg-type]
        lambda _: "told",
    )
    (reject,) = outcome.rejects
    assert found is None
    assert (reject.problem_id, reject.stage, reject.program) == ("p", STAGE, "the program")
    assert type(error).__name__ in reject.reason
    assert "test_program_faults.py" in reject.detail


def test_work_without_a_fault_passes_its_questions_on_and_returns_what_it_found() -> None:
    outcome = StrategyResult()
    run = Run(None, (Task("x"),))  # type: ignore[arg-type]
    assert run_to_end(work_or_rejected(outcome, "p", "", asking(run, None)), lambda asked: asked) is run
    assert done_or_rejected(outcome, "p", "", lambda: 3) == 3
    assert not outcome.rejects


def test_a_failure_of_the_machinery_is_no_fault_of_the_program() -> None:
    def failing() -> None:
        raise SandboxError("gone")

    with pytest.raises(SandboxError):
        done_or_rejected(StrategyResult(), "p", "", failing)


def test_a_program_beyond_what_judges_take_is_a_reject() -> None:
    outcome = StrategyResult()
    programs = [Rollout("x" * LONGEST), Rollout("x" * (LONGEST + 1))]
    assert workable(outcome, "p", programs) == programs[:1]
    assert [(one.reason, one.program) for one in outcome.rejects] == [(TOO_LONG, programs[1].program)]


def test_each_rollout_is_a_row_or_a_reject_in_either_order(driven: Driven) -> None:
    """A number of 4,816 digits and half a surrogate pair are among the programs. The rows must not depend on
    the order."""
    programs = (REFERENCE, LONG_NUMBER, "x = '\ud800'\n", WRONG)
    found = {}
    for order in (programs, programs[::-1]):
        rollouts = tuple(Rollout(program) for program in order)
        vetted = driven(vet(Problem("p", "Sum.", REFERENCE, TESTS, "total", rollouts=rollouts)))
        assert isinstance(vetted, Vetted)
        outcome = driven(first_error(vetted, FirstErrorOptions()))
        assert [(one.reason, one.program) for one in outcome.rejects] == [(NOT_TEXT, "x = '\ud800'\n")]
        found[order] = {"".join(row.steps): row for row in outcome.traces}
    assert found[programs] == found[programs[::-1]]
    verdicts = {program: row.verdict for program, row in found[programs].items()}
    assert verdicts == {
        REFERENCE: Verdict.PASSED,
        LONG_NUMBER: Verdict.WRONG_ANSWER,
        WRONG: Verdict.WRONG_ANSWER,
    }
