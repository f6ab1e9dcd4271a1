"""Why a step has its label. The strings are a contract: rows, exports and figures contain them."""

from __future__ import annotations

from enum import StrEnum

from prmdata.records import Verdict


class Reason(StrEnum):
    """The reasons of the built-in policies, grouped by label. ``datasets/describe.py`` says what each means
    to a reader. A policy of a plug-in may have reasons of its own."""

    # 1
    REFERENCE = "reference"
    PASSED = "passed"
    PROVED = "proved"
    RECOVERED = "recovered"
    # 0
    NOT_RECOVERED = "not_recovered"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    TIMEOUT = "timeout"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    COMPILE_ERROR = "compile_error"
    DISAGREED = "disagreed"
    # -100
    RECOVERABLE = "recoverable"
    CLOSES = "closes"
    DISPUTED = "disputed"
    UNEXECUTED = "unexecuted"
    UNTESTABLE = "untestable"
    UNTRIED = "untried"
    PART_OF_EDIT = "part_of_edit"
    ALSO_CHANGED = "also_changed"
    PREFIX = "prefix"
    AFTER_EDIT = "after_edit"
    AFTER_ERROR = "after_error"
    GIVEN = "given"
    NEUTRAL = "neutral"
    UNLOCATED = "unlocated"
    UNJUDGED = "unjudged"


def failure_reason(verdict: Verdict) -> Reason:
    """The reason of a step whose program fails a given test with ``verdict``. It has the verdict's name."""
    return Reason(verdict.value)
