"""Labelled prefixes: what a probe is trained on. A row is a program up to one labelled step, and what the build knows of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prmdata.exports.answer_text import PromptAndAnswer, parts
from prmdata.labels.relabel import relabel
from prmdata.records import IGNORE, Trace, Verdict

Path = tuple[str, ...]
"""The question and then the steps, each as whole lines: a walk from the root of the prefix tree to one node."""


@dataclass(frozen=True, slots=True)
class Row:
    """The last step of ``path`` with its label (1 right, 0 wrong). ``place``: its index among the ``n_steps`` of the
    program. ``operator`` and ``intent`` are empty where there is no edit."""

    problem: str
    program: str
    path: Path
    label: int
    kind: str
    operator: str
    intent: str
    verdict: str
    place: int
    n_steps: int

    @property
    def parent(self) -> Path:
        """The prefix before the step."""
        return self.path[:-1]


def line(text: str) -> str:
    """A text as whole lines that end in one line end, whoever wrote it."""
    return text.rstrip() + "\n"


def path_of(question: str, steps: Iterable[str]) -> Path:
    """The walk to the last of ``steps``."""
    return (line(question), *map(line, steps))


def labelled_rows(traces: Iterable[Trace], policy: str) -> Iterator[Row]:
    """A row for each label that ``policy`` gives, a step that several programs share once for each label it has."""
    seen: set[tuple[Path, int]] = set()
    for trace in relabel(traces, policy):
        part = parts(trace)
        for place, label in enumerate(part.labels):
            row = _row(trace, part, place, label)
            if label != IGNORE and (row.path, label) not in seen:
                seen.add((row.path, label))
                yield row


def outcome_rows(traces: Iterable[Trace]) -> Iterator[Row]:
    """A row for each step of each edited program, right where the program passes its given tests."""
    for trace in traces:
        if trace.edit is not None:
            part = parts(trace)
            label = int(trace.verdict == Verdict.PASSED)
            yield from (_row(trace, part, place, label) for place in range(len(part.steps)))


def program_rows(traces: Iterable[Trace]) -> Iterator[Row]:
    """Each edited program up to its label, under ``strict``: the steps before the edit 1, the edited step as labelled.
    A step that several programs share comes once for each of them."""
    for trace in relabel(traces, "strict"):
        part = parts(trace)
        last = next((place for place, label in enumerate(part.labels) if label != IGNORE), None)
        if trace.edit is not None and last is not None:
            yield from (_row(trace, part, place, 1) for place in range(last))
            yield _row(trace, part, last, part.labels[last])


def _row(trace: Trace, part: PromptAndAnswer, place: int, label: int) -> Row:
    edit = trace.edit
    return Row(
        problem=trace.problem_id,
        program=trace.id,
        path=path_of(part.question, part.steps[: place + 1]),
        label=label,
        kind=trace.label_kind,
        operator=edit.operator if edit else "",
        intent=edit.intent if edit else "",
        verdict=str(trace.verdict),
        place=place,
        n_steps=len(part.steps),
    )
