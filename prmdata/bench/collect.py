"""Turns rows of a benchmark's build into items, and says why the other rows do not become items."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from prmdata.bench.item import RIGHT, BenchItem, Shown
from prmdata.edits.fingerprint import fingerprint
from prmdata.evidence.passing import passes
from prmdata.exports.answer_text import PromptAndAnswer, body, parts
from prmdata.records import Counterexample, Problem, Reject, Trace, Verdict
from prmdata.steps import split_steps
from prmdata.strategies.repairs import is_repair

STRATEGY: Final = "benchmark"
STAGE: Final = "bench"
FEWEST_STEPS: Final = 2
"""A program needs at least this many steps. In a program of one step there is nothing to find."""
RIGHT_AT_LEAST: Final = 4
"""A problem keeps at most this many right items of a stratum if the stratum has fewer wrong items. Otherwise
it keeps as many right items as wrong ones."""
_CUT_OFF: Final = "…"
_LONGEST_TEST: Final = 2000


class LeftOutError(Exception):
    """A program that cannot become an item. The message is the reason."""


@dataclass(frozen=True, slots=True)
class ProblemRows:
    """One problem of a build: what it was judged by, and its rows with strict labels."""

    problem: Problem
    traces: Sequence[Trace]


def collect(found: ProblemRows, generator: str) -> Iterator[BenchItem | Reject]:
    """The items of one problem, and a reject for each program that does not become an item. ``generator`` is
    the author of the rollouts."""
    items: list[BenchItem] = []
    seen: set[str] = set()
    for trace in sorted(found.traces, key=lambda trace: trace.id):
        if trace.strategy != STRATEGY:
            continue
        try:
            item = _item(trace, found.problem, generator)
            key = fingerprint(item.program)
            if key in seen:
                raise LeftOutError("the same program as another item")
            seen.add(key)
            items.append(item)
        except LeftOutError as error:
            yield Reject(trace.problem_id, STAGE, str(error), program="".join(trace.steps))
    yield from _balanced(items)


def _balanced(items: Sequence[BenchItem]) -> Iterator[BenchItem | Reject]:
    """At most as many right items of a stratum as it has wrong items, or ``RIGHT_AT_LEAST``. Ids are hashes,
    so the items that stay are a random choice."""
    for stratum in sorted({item.stratum for item in items}):
        mine = [item for item in items if item.stratum == stratum]
        wrong = [item for item in mine if item.is_wrong]
        right = [item for item in mine if not item.is_wrong]
        room = max(len(wrong), RIGHT_AT_LEAST)
        yield from sorted([*wrong, *right[:room]], key=lambda item: item.id)
        for item in right[room:]:
            yield Reject(
                item.problem_id, STAGE, "right, and there are enough of this problem", program=item.program
            )


def _item(trace: Trace, problem: Problem, generator: str) -> BenchItem:
    part = parts(trace)
    if len(part.steps) < FEWEST_STEPS:
        raise LeftOutError("one step")
    origin = trace.metadata["stratum"]
    author = trace.metadata["generator"]
    item = BenchItem(
        id=trace.id,
        generator=generator if origin == author == "model" else author,
        problem=part.question,
        steps=tuple(body(step) for step in part.steps),
        final_answer_correct=True,
        label=RIGHT,
        stratum=origin,
        problem_id=trace.problem_id,
        source=trace.source,
        license=trace.license,
        program="".join(trace.steps),
        lines=_lines(trace, part),
        inputs_tried=trace.evidence.inputs_tried,
    )
    known: list[int] | None = json.loads(trace.metadata["known_steps"])
    if passes(trace.verdict, trace.evidence):
        return _right(item, trace, known)
    return _wrong(item, trace, known, problem, part)


def _lines(trace: Trace, part: PromptAndAnswer) -> tuple[int, ...]:
    """For each step of the item, the physical line on which its code begins."""
    return tuple(step.code_line for step in split_steps("".join(trace.steps))[part.first :])


def _right(item: BenchItem, trace: Trace, known: list[int] | None) -> BenchItem:
    if known:
        raise LeftOutError("known to be wrong, and passes")
    if trace.evidence.inputs_disagreed_outside:
        raise LeftOutError("disputed: it differs from the reference outside the domain of the given inputs")
    if not trace.evidence.inputs_tried:
        raise LeftOutError("passes its tests, and no generated input could be tried")
    return item


def _wrong(
    item: BenchItem, trace: Trace, known: list[int] | None, problem: Problem, part: PromptAndAnswer
) -> BenchItem:
    if trace.verdict == Verdict.COMPILE_ERROR:
        raise LeftOutError("does not compile")
    if known == []:
        raise LeftOutError("meant to be right, and fails")
    if trace.verdict == Verdict.PASSED:
        raise LeftOutError("passes its tests: only a generated input shows a fault")
    if trace.cut is None or trace.witness is None:
        raise LeftOutError("no first wrong step was found, or no witness")
    if trace.labels[trace.cut] != 0:
        raise LeftOutError("recoverable: a passing program begins with its first wrong step")
    if known is not None and trace.cut not in known:
        raise LeftOutError("the known wrong line is another one")
    witness = [step.text for step in split_steps(trace.witness)]
    if known is None and not is_repair(trace.steps, trace.cut, witness):
        raise LeftOutError("no repair in one place shows that the step is wrong")
    if trace.steps[trace.cut] in witness[trace.cut :]:
        raise LeftOutError("something is missing before the step; the witness has it too")
    if trace.cut < part.first or not trace.witness.startswith("".join(trace.steps[: trace.cut])):
        raise LeftOutError("the witness does not begin with what stands before the first wrong step")
    return replace(
        item,
        final_answer_correct=False,
        label=trace.cut - part.first,
        witness=trace.witness,
        counterexample=_shown(trace, problem),
        k=trace.k,
        completer=trace.completer,
        known=known is not None,
    )


def _shown(trace: Trace, problem: Problem) -> Shown:
    """What shows the fault: the stored counterexample if it can be run again, else the first test that does
    not pass."""
    stored = trace.evidence.counterexample
    if stored is not None and _runs_again(stored, problem):
        return Shown(stored.input, stored.expected, stored.got)
    failed = next(place for place, one in enumerate(trace.outcomes) if one != Verdict.PASSED)
    test = problem.tests[failed]
    return Shown(
        (test.input if test.form == "stdio" else test.code)[:_LONGEST_TEST],
        "passes",
        str(trace.verdict),
        failed,
    )


def _runs_again(stored: Counterexample, problem: Problem) -> bool:
    """Whether arguments and answer are written completely, as Python literals."""
    arguments, expected = stored.input, stored.expected
    if arguments.endswith(_CUT_OFF) or expected.endswith(_CUT_OFF):
        return False
    if problem.is_stdio:
        return True
    try:
        call: Any = ast.parse(f"f({arguments})", mode="eval").body
        values = [
            *call.args,
            *(keyword.value for keyword in call.keywords),
            ast.parse(expected, mode="eval").body,
        ]
        for value in values:
            ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return isinstance(call, ast.Call)


def grouped(traces: Iterable[Trace]) -> Iterator[list[Trace]]:
    """The rows of each problem, in the order in which they are stored."""
    group: list[Trace] = []
    for trace in traces:
        if group and group[0].problem_id != trace.problem_id:
            yield group
            group = []
        group.append(trace)
    if group:
        yield group
