"""Runs tests in order and returns their outcomes, in the judge or (in one-process mode) in the candidate's process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import program
from .boundary import text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any


PASSED, WRONG, ERROR, MEMORY = "passed", "wrong_answer", "runtime_error", "memory_limit"
OUTCOMES = frozenset((PASSED, WRONG, ERROR, MEMORY))


class GoneError(BaseException):
    """The candidate's process has ended and can answer no further call."""


def compiled_tests(tests: list[dict[str, Any]]) -> list[CodeType | BaseException]:
    """Return the code of each test, or the exception where a test does not compile."""
    found: list[CodeType | BaseException] = []
    for index, test in enumerate(tests):
        try:
            found.append(program.compiled(test["code"], f"<test {index}>"))
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            found.append(error)
    return found


class TestSuite:
    """The tests of a problem, compiled, and what they run with.

    ``names`` are the globals of the tests, ``entry()`` returns what a check is called with. ``blame(error)`` returns the
    facts of an exception that came from the candidate, and None for one that arose in the test.
    """

    __slots__ = ("blame", "codes", "entry", "names", "tests")

    def __init__(
        self,
        tests: list[dict[str, Any]],
        codes: list[CodeType | BaseException],
        names: dict[str, Any],
        entry: Callable[[], Any],
        blame: Callable[[BaseException], dict[str, Any] | None],
    ) -> None:
        self.tests, self.codes = tests, codes
        self.names, self.entry, self.blame = names, entry, blame


def run_in_order(
    order: list[int],
    suite: TestSuite,
    gone: Callable[[], bool] = lambda: False,
    begin: Callable[[int], object] = lambda _: None,
) -> tuple[list[str], dict[str, Any] | None, bool]:
    """Return the outcomes of the tests of ``suite`` whose indices are in ``order``, the facts of the first failure, and
    whether the candidate is gone.

    ``begin(index)`` is called before each test. The run ends early when the candidate is gone: the test in which it died
    has no outcome yet.
    """
    outcomes: list[str] = []
    first = None
    for index in order:
        begin(index)
        outcome, facts = _run(suite.tests[index], suite.codes[index], suite.names, suite.entry, suite.blame)
        if outcome is None or gone():  # a test may swallow whatever is raised in it
            return outcomes, first, True
        if first is None and outcome != PASSED:
            first = facts
        outcomes.append(outcome)
    return outcomes, first, False


def _run(
    test: dict[str, Any],
    code: Any,
    names: dict[str, Any],
    entry: Callable[[], Any],
    blame: Callable[[BaseException], dict[str, Any] | None],
) -> tuple[str | None, dict[str, Any] | None]:
    try:
        if isinstance(code, BaseException):
            raise code
        exec(code, names)
        if test["form"] == "check":
            names["check"](entry())
    except GoneError:
        return None, None
    except BaseException as error:
        facts = blame(error)
        if facts is None:
            described = program.describe(error)
            return WRONG, {"t": described["t"], "l": None, "d": text_of(described["d"], 500), "x": None}
        return (MEMORY if facts["n"] == "MemoryError" else ERROR), facts
    return PASSED, None
