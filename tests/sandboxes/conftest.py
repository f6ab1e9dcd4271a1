"""The engine, where there is one. Without one a test that needs it is skipped, or fails if asked to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from prmdata.errors import SandboxError
from prmdata.records import Execution, Isolation, Problem, Spec, Task, Test
from prmdata.sandboxes.contract import Worker
from prmdata.sandboxes.local import LocalSandbox


@pytest.fixture(scope="session")
def docker_engine() -> str:
    """The id of a usable sandbox image on an engine that answers."""
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


Judge = Callable[..., Execution]


@pytest.fixture
def judged(local_worker: Worker) -> Judge:
    """``judged(program, tests, ...)``: the execution of a program on assert tests of the entry point ``f``."""

    def judge(
        program: str,
        *tests: str,
        entry: str | None = "f",
        reference: str = "def f(): pass\n",
        task: Task | None = None,
        cpu_s: float = 1.0,
        memory_mb: int = 256,
        isolation: Isolation = Isolation.TWO_PROCESSES,
        **problem: Any,
    ) -> Execution:
        made = Problem(
            id="p",
            prompt=problem.pop("prompt", ""),
            reference=reference,
            tests=tuple(Test("assert", code) for code in tests),
            entry_point=entry,
            **problem,
        )
        spec = Spec(made, isolation, cpu_s, memory_mb)
        (answer,) = local_worker.run(spec, [replace(task or Task(""), program=program)])
        assert isinstance(answer, Execution), answer
        return answer

    return judge
