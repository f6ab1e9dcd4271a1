"""A tiny plug-in package of every kind: an operator, a layout, an export, an engine, a teacher and a checker.

It imports what ``prmdata`` exports, and modules that ``docs/plug-ins.md`` names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from prmdata import (
    Edit,
    Engine,
    EngineSetup,
    ExportCounts,
    ExportOptions,
    Format,
    Group,
    Layout,
    Problem,
    Reply,
    Request,
    Row,
    Source,
    Teacher,
    Test,
    UsageError,
    operator,
)
from prmdata.edits.operators import Splices
from prmdata.exports.format import columns, joined
from prmdata.pipeline.problem_work import ProblemResult


@operator(
    "tiny-sum-doubled",
    intent="mutate",
    family="tiny",
    summary="`sum(x)` → `2 * sum(x)`",
    examples=(("y = sum(x)\n", "y = 2 * sum(x)\n"),),
)
def sum_doubled(source: Source) -> Iterator[Splices]:
    for call in source.nodes(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id == "sum":
            start, _ = source.span(call)
            yield [(start, start, "2 * ")]


def _read(row: Row) -> Problem:
    cases = tuple(Test("assert", case) for case in row.texts("cases"))
    return Problem(row.identity("riddle"), row.text("riddle"), row.text("solved"), cases)


LAYOUT = Layout("tiny", frozenset({"riddle", "solved", "cases"}), _read)


def _render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    for trace in group.traces:
        counts.count_labels(trace.labels)
        yield {
            "program": "".join(trace.steps),
            "wrong": [i for i, one in enumerate(trace.labels) if one == 0],
        }


FORMAT = Format(
    name="tiny",
    summary="programs, and which of their steps are wrong",
    schema=columns(program="string", wrong=["int64"]),
    render=_render,
    text=joined("program"),
    recipe='`load_dataset("DIR")`',
    any_kind=True,
    suffix="jsonl",
)


class OneByOne(Engine):
    """Does one problem after the other in this process."""

    in_flight = 1

    def __init__(self, setup: EngineSetup) -> None:
        self._setup, self._stack = setup, AsyncExitStack()

    async def __aenter__(self) -> Self:
        opened = self._setup.open_worker(self._setup.config, in_flight=1, teacher=self._setup.teacher)
        self._worker = await self._stack.enter_async_context(opened)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()
        await self._setup.teacher.close()

    async def do(self, problem: Problem) -> ProblemResult:
        return await self._worker.do(problem)

    def statistics(self) -> dict[str, Any]:
        figures: dict[str, Any] = self._setup.teacher.statistics()
        return figures


class MinusTeacher(Teacher):
    """Turns each ``+`` into a ``-``, and knows no refactoring."""

    name = "tiny"
    remote = False

    def __init__(self, **settings: Any) -> None:
        self._asked = 0

    async def ask(self, request: Request) -> Reply:
        if request.kind == "complete":
            raise UsageError("the teacher tiny does not complete programs")
        self._asked += 1
        texts = [step.text for step in Source(request.program).steps]
        edits = (
            Edit(step, step + 1, texts[step].replace(" + ", " - "), "mutate", "tiny-minus", self.name)
            for step in request.steps
            if " + " in texts[step] and request.kind == "mutate"
        )
        return Reply(edits=tuple(edits))

    def provenance(self) -> dict[str, Any]:
        return {"teacher": self.name}

    def statistics(self) -> dict[str, Any]:
        return {"requests": self._asked}


WITHIN_ONE = """\
def ok(input, expected, got):
    return abs(int(expected) - int(got)) <= 1
"""
"""A checker: the source of a function that the judge runs in the sandbox."""
