"""Problems and edits for tests of labels: a program, some asserts, and a line that is changed."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.records import Candidate, Edit, Intent, Problem, Run, RunResult, RunResults, Task, Test
from prmdata.steps import split_steps
from prmdata.testing.trampoline import run_to_end


def asserting(reference: str, *codes: str, **facts: Any) -> Problem:
    """A problem about ``f`` with one assert a test."""
    tests = tuple(Test("assert", code=f"assert {code}") for code in codes)
    return Problem(
        facts.pop("id", "p"), facts.pop("prompt", "Say f."), reference, tests, entry_point="f", **facts
    )


def reading(reference: str, *cases: tuple[str, str]) -> Problem:
    """A problem about standard input and output."""
    tests = tuple(Test("stdio", input=given, output=wanted) for given, wanted in cases)
    return Problem("p", "Read and print.", reference, tests)


def change(reference: str, old: str, new: str, intent: Intent = "mutate") -> Candidate:
    """The candidate in which the one step that contains ``old`` has ``new`` in its place."""
    source = Source(reference)
    (place,) = (index for index, step in enumerate(split_steps(reference)) if old in step.text)
    text = source.steps[place].text.replace(old, new)
    return splice(source, Edit(place, place + 1, text, intent, "by-hand", "test"))


def delete(reference: str, old: str) -> Candidate:
    """The candidate without the one step that contains ``old``."""
    (place,) = (index for index, step in enumerate(split_steps(reference)) if old in step.text)
    return splice(Source(reference), Edit(place, place + 1, "", "mutate", "by-hand", "test"))


def answered_by_hand(questions: Generator[Run, RunResults, Any], answer: Callable[[Task], RunResult]) -> Any:
    """The result of a generator whose runs are answered task by task."""
    return run_to_end(questions, lambda run: tuple(answer(task) for task in run.tasks))
