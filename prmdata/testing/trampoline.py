"""Runs a generator to its end in one call, for tests and measurements that need no engine."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from prmdata.records import Question

GeneratorReturnT = TypeVar("GeneratorReturnT")


def run_to_end(
    steps: Generator[Question, Any, GeneratorReturnT], answer: Callable[[Any], Any]
) -> GeneratorReturnT:
    """The result of the generator. ``answer`` answers its questions and may block."""
    try:
        question = next(steps)
        while True:
            question = steps.send(answer(question))
    except StopIteration as end:
        found: GeneratorReturnT = end.value
        return found
