"""What several rooms' tests share: a real local sandbox, generators driven to their end, the engine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from hypothesis import settings

from prmdata.errors import SandboxError
from prmdata.records import Problem, Question, Reject, Reply, Request, Vetted
from prmdata.sandboxes.contract import Worker
from prmdata.sandboxes.local import LocalSandbox
from prmdata.teachers.rules import RulesTeacher
from prmdata.testing.trampoline import run_to_end
from prmdata.vetting.vet import vet

# How long an example takes on a busy machine says nothing.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def docker_engine() -> str:
    """The id of a usable sandbox image on an engine that answers. Without one a test that needs it is
    skipped, or fails if asked to."""
    from prmdata.sandboxes.image import usable_image

    try:
        return usable_image().id
    except SandboxError as error:
        if os.environ.get("PRMDATA_REQUIRE_DOCKER") == "1":
            pytest.fail(f"a container engine is required: {error}")
        pytest.skip(f"no Docker sandbox here: {error}")


@pytest.fixture(scope="session")
def local_worker() -> Iterator[Worker]:
    """One local worker for all tests that only judge: what one leaves behind, another would notice."""
    with LocalSandbox().start() as worker:
        yield worker


@pytest.fixture(scope="session")
def driven(local_worker: Worker) -> Callable[..., Any]:
    """Drives a generator to its end and gives what it returns: runs are answered by the local sandbox,
    requests by the function ``replies`` (by default by the rules teacher)."""

    def drive(questions: Generator[Any, Any, Any], replies: Callable[[Request], Reply] | None = None) -> Any:
        def answer(question: Question) -> Any:
            if isinstance(question, Request):
                return replies(question) if replies else asyncio.run(RulesTeacher().ask(question))
            return local_worker.run(question.spec, question.tasks)

        return run_to_end(questions, answer)

    return drive


@pytest.fixture(scope="session")
def vetted(driven: Callable[..., Any]) -> Callable[[Problem], Vetted]:
    """The problem, vetted; fails the test where it does not hold."""

    def held(problem: Problem) -> Vetted:
        found = driven(vet(problem))
        assert not isinstance(found, Reject), found
        assert isinstance(found, Vetted)
        return found

    return held
