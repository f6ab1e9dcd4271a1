"""A fault of the host's own work on one program costs that program's row: it becomes a line of ``rejects.jsonl``.

Aligning a program, completing its prefixes or writing its row is work that the program chooses, and some program will
make it fail (``RecursionError``, ``MemoryError``, a number with more digits than Python writes). Its neighbours, its
problem and the build go on. A failure of the machinery is no such fault: it is raised as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any, Final, TypeVar

from prmdata.errors import MachineryError, QuarantineError, UsageError, where_raised
from prmdata.records import Question, Reject, Rollout
from prmdata.steps.nesting import LONGEST
from prmdata.strategies.rows import StrategyResult

STAGE: Final = "fault"
"""The stage of a program that the host could not work on."""
NOT_TEXT: Final = "not text: it holds half a surrogate pair, which no file of UTF-8 can hold"
TOO_LONG: Final = f"too long: more than {LONGEST:,} characters"

FoundT = TypeVar("FoundT")


def done_or_rejected(
    outcome: StrategyResult, problem_id: str, program: str, do: Callable[[], FoundT]
) -> FoundT | None:
    """The result of ``do``. If it fails, the result is None, and ``outcome`` gets a reject of ``program``."""

    def asking_nothing() -> Generator[Question, Any, FoundT]:
        yield from ()
        return do()

    work = asking_nothing()
    try:
        next(work_or_rejected(outcome, problem_id, program, work))
    except StopIteration as end:
        found: FoundT | None = end.value
        return found
    raise AssertionError("it asks nothing")


def work_or_rejected(
    outcome: StrategyResult, problem_id: str, program: str, work: Generator[Question, Any, FoundT]
) -> Generator[Question, Any, FoundT | None]:
    """The result of ``work``, whose questions are passed on. If it fails, the result is None, and ``outcome``
    gets a reject of ``program``."""
    try:
        return (yield from work)
    except (MachineryError, UsageError):
        raise
    except QuarantineError as error:
        outcome.rejects.append(Reject(problem_id, "judge", error.reason, error.detail, program))
        return None
    except Exception as error:  # whatever the error is, only this program is lost
        reason = f"a fault of the host's work on it: {type(error).__name__}"
        outcome.rejects.append(Reject(problem_id, STAGE, reason, where_raised(error), program))
        return None


def workable(outcome: StrategyResult, problem_id: str, rollouts: Iterable[Rollout]) -> list[Rollout]:
    """The rollouts that are text and no longer than ``LONGEST``. The others become rejects in ``outcome``."""
    found: list[Rollout] = []
    for rollout in rollouts:
        why = why_not_workable(rollout.program)
        if why:
            outcome.rejects.append(Reject(problem_id, STAGE, why, program=rollout.program))
        else:
            found.append(rollout)
    return found


def why_not_workable(program: str) -> str:
    """Why the host does not work on a program, in words; empty if it does."""
    if len(program) > LONGEST:
        return TOO_LONG
    try:
        program.encode()
    except UnicodeEncodeError:
        return NOT_TEXT
    return ""
