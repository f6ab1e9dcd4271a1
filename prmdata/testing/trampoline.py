"""A generator of the house run to its end in one call: for tests and measurements that need no engine."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from prmdata.records import Question

ReturnT = TypeVar("ReturnT")


def run_to_end(steps: Generator[Question, Any, ReturnT], answer: Callable[[Any], Any]) -> ReturnT:
    """What the generator returns, its questions answered by ``answer`` (which may block)."""
    try:
        question = next(steps)
        while True:
            question = steps.send(answer(question))
    except StopIteration as end:
        found: ReturnT = end.value
        return found
