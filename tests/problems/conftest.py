"""A sandbox of this machine, and generators driven by it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

from prmdata.records import Run
from prmdata.sandboxes.contract import Worker
from prmdata.sandboxes.local import LocalSandbox
from prmdata.testing.trampoline import run_to_end as drive


@pytest.fixture(scope="session")
def local_worker() -> Iterator[Worker]:
    with LocalSandbox().start() as worker:
        yield worker


@pytest.fixture
def settle(local_worker: Worker) -> Callable[[Generator[Any, Any, Any]], Any]:
    """Drive a generator to its end with programs really run."""

    def answer(question: Run) -> Any:
        return local_worker.run(question.spec, question.tasks)

    return lambda steps: drive(steps, answer)
