"""A real local sandbox for the tests of labels: programs run, verdicts are earned."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from hypothesis import settings

from prmdata.records import Problem, Reject, Run, Vetted
from prmdata.sandboxes.contract import Worker
from prmdata.sandboxes.local import LocalSandbox
from prmdata.vetting.vet import vet

# How long an example takes on a busy machine says nothing.
settings.register_profile("labels", deadline=None)
settings.load_profile("labels")


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    """One guest on this machine, under both seeds."""
    with LocalSandbox().start() as started:
        yield started


@pytest.fixture(scope="session")
def answer(worker: Worker) -> Callable[[Generator[Run, Any, Any]], Any]:
    """Drives a generator of questions against the worker and gives what it returns."""

    def drive(questions: Generator[Run, Any, Any]) -> Any:
        answers: Any = None
        try:
            while True:
                question = questions.send(answers)
                answers = worker.run(question.spec, question.tasks)
        except StopIteration as stop:
            return stop.value

    return drive


@pytest.fixture(scope="session")
def vetted(answer: Callable[[Generator[Run, Any, Any]], Any]) -> Callable[[Problem], Vetted]:
    """The problem, vetted; fails the test where it does not hold."""

    def held(problem: Problem) -> Vetted:
        found = answer(vet(problem))
        assert not isinstance(found, Reject), found
        assert isinstance(found, Vetted)
        return found

    return held
