"""Judges programs in the local sandbox, so that a test needs one line for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from prmdata.records import Execution, Isolation, Problem, Spec, Task, Test
from prmdata.sandboxes.contract import Worker

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
