"""What drives a strategy here: a real local sandbox, the real rules teacher, or replies written by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest

from prmdata.records import Reply, Request
from prmdata.sandboxes.contract import Worker
from prmdata.sandboxes.local import LocalSandbox
from prmdata.teachers.rules import RulesTeacher

Replies = Callable[[Request], Reply]
Drive = Callable[..., Any]


@pytest.fixture(scope="package")
def worker() -> Iterator[Worker]:
    with LocalSandbox().start() as started:
        yield started


@pytest.fixture(scope="package")
def drive(worker: Worker) -> Drive:
    """Drives a generator to its end: runs in the sandbox, requests to ``replies`` (else the rules)."""

    def driven(generator: Generator[Any, Any, Any], replies: Replies | None = None) -> Any:
        answer = None
        try:
            while True:
                question = generator.send(answer)
                if isinstance(question, Request):
                    answer = replies(question) if replies else asyncio.run(RulesTeacher().ask(question))
                else:
                    answer = worker.run(question.spec, question.tasks)
        except StopIteration as end:
            return end.value

    return driven
