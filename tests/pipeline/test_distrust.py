"""Where a program that shared a process was judged otherwise alone, its whole problem is done anew, each program alone."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest

from prmdata.edits.rules import propose
from prmdata.edits.source import Source
from prmdata.errors import DistrustError, SandboxError
from prmdata.pipeline.problem_work import SHARED, ProblemWorker, trusting_nobody
from prmdata.records import Problem, Question, Reply, Request
from prmdata.resources import guest_module
from prmdata.sandboxes.contract import Worker
from prmdata.sandboxes.wire import batch_answer
from prmdata.strategies import mutate_refactor
from tests.total_by_hand import REFERENCE, TESTS

protocol = guest_module("protocol")
PROBLEM = Problem("p", "Sum the positive numbers.", REFERENCE, TESTS, "total")
STRATEGY = partial(mutate_refactor.run, options=mutate_refactor.EditOptions(per_step=1))


def test_a_difference_has_the_problem_done_anew(local_worker: Worker) -> None:
    trusted: list[int] = []

    async def answer(question: Question) -> Any:
        if isinstance(question, Request):
            source = Source(question.program)
            return Reply(edits=tuple(propose(source, (question.kind,), question.steps, 1, question.seed)))
        trusted.append(sum(task.trusted for task in question.tasks))
        return local_worker.run(question.spec, question.tasks)

    async def distrusting(question: Question) -> Any:
        found = await answer(question)
        if trusted and trusted[-1]:
            raise DistrustError("a program was judged otherwise alone")
        return found

    alone = asyncio.run(ProblemWorker([STRATEGY], trusting_nobody(answer)).do(PROBLEM))
    assert isinstance(alone, dict)
    assert not any(trusted)
    trusted.clear()
    anew = asyncio.run(ProblemWorker([STRATEGY], distrusting).do(PROBLEM))
    assert isinstance(anew, dict)
    assert sum(1 for number in trusted if number) == 1  # the one that raised
    assert anew[SHARED] == {"distrusted": 1}
    assert anew | {SHARED: None} == alone | {SHARED: None}


def test_the_guest_says_what_differs() -> None:
    answers = [protocol.QuarantineAnswer("unrepeatable", "lines")] * 2
    same = protocol.BatchAnswer(answers, differs="")
    assert batch_answer(same, 2) is same
    with pytest.raises(DistrustError, match="lines"):
        batch_answer(protocol.BatchAnswer(answers, differs="lines: 1 and 2"), 2)
    with pytest.raises(SandboxError, match="the judge is silent"):
        batch_answer(protocol.FailureAnswer("the judge is silent"), 2)
    with pytest.raises(SandboxError):
        batch_answer(same, 3)
