"""What an operator is: it looks at a program and proposes edits. One family a file, beside this one.

An operator is a function from a :class:`~prmdata.edits.source.Source` to splices of its text; the
decorator :func:`operator` gives it its name, its promise and its examples, and makes it an
:class:`Operator`::

    @operator(
        "comparison-boundary",
        intent="mutate",
        family="comparison",
        summary="`<` ↔ `<=`, `>` ↔ `>=`: a bound off by one",
        examples=(("if a < b:\\n    pass\\n", "if a <= b:\\n    pass\\n"), ...),
    )
    def boundary(source: Source) -> Iterator[Splices]:
        for node in source.nodes(ast.Compare):
            ...
            yield [(start, end, "<=")]

Each of the two or more examples is a program before and after; a test demands that ``after`` is among
the candidates of ``before``. Further operators come by the entry point group ``prmdata.operators``
(:mod:`prmdata.edits.rules`); anything with the attributes of :class:`Operator` will do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from prmdata.edits.source import Source
from prmdata.records import Edit, Intent

Splice = tuple[int, int, str]
"""Offsets ``start:end`` of the program's text, and the text that replaces them."""

Splices = Sequence[Splice]
"""One edit. The first splice is the edit itself. Splices in other steps are those that the edit declares
(``Edit.also``). Splices must not overlap."""

Examples = tuple[tuple[str, str], ...]
Proposer = Callable[[Source], Iterator[Splices]]

AUTHOR = "rules"


@dataclass(frozen=True, slots=True)
class Operator:
    """A rule that proposes edits. ``name`` is unique and goes into every row. The selection is spread over
    the values of ``family``. ``summary`` is one line of Markdown.

    ``splices`` never raises on a program that does not parse (it then proposes nothing). It gives the same
    proposals in the same order every time. It does not promise that a proposal compiles; its caller checks
    that.
    """

    name: str
    intent: Intent
    family: str
    summary: str
    examples: Examples
    splices: Proposer
    shares_process: bool = False
    """Of a plug-in: whether its edits of a vetted reference may run in a process with others (see
    :class:`prmdata.records.Task`). Those of this package do."""

    def propose(self, source: Source) -> Iterator[Edit]:
        """The edits, in a fixed order. Edits that would touch the prompt's steps are left out."""
        for splices in self.splices(source):
            edit = edit_of(source, splices, intent=self.intent, operator=self.name)
            if edit is not None:
                yield edit


def operator(
    name: str, *, intent: Intent, family: str, summary: str, examples: Examples
) -> Callable[[Proposer], Operator]:
    """Make a function from a source to splices an :class:`Operator`."""

    def named(propose: Proposer) -> Operator:
        return Operator(name, intent, family, summary, examples, propose)

    return named


def edit_of(
    source: Source, splices: Splices, *, intent: Intent, operator: str, author: str = AUTHOR
) -> Edit | None:
    """The edit that these splices make; None if it changes nothing or touches a given step.

    The steps that the first splice touches become the range of the edit, and no others. A splice in another
    step goes to ``also``. Whole lines between two steps are an insertion.
    """
    if not splices or not source.steps:
        return None
    start, stop = _range(source, splices[0])
    inside: list[Splice] = []
    elsewhere: dict[int, list[Splice]] = {}
    for splice in splices:
        first, last = (start, stop) if splice is splices[0] else _range(source, splice)
        if start <= first and last <= stop:
            inside.append(splice)
        elif last - first == 1 and not start <= first < stop:
            elsewhere.setdefault(first, []).append(splice)
        else:
            return None
    text = _spliced(source, start, stop, inside)
    also = tuple((step, _spliced(source, step, step + 1, elsewhere[step])) for step in sorted(elsewhere))
    if min([start, *elsewhere]) < source.given:
        return None
    if not also and text == source.program[source.step_starts[start] : source.step_starts[stop]]:
        return None
    return Edit(start, stop, text, intent, operator, author, also)


def _range(source: Source, splice: Splice) -> tuple[int, int]:
    start, end, text = splice
    if start == end and text.endswith(("\n", "\r")):
        if start == len(source.program):
            return len(source.steps), len(source.steps)
        step = source.step_at(start)
        if source.step_starts[step] == start:
            return step, step
    first = source.step_at(start)
    return first, max(first, source.step_at(end - 1)) + 1


def _spliced(source: Source, start: int, stop: int, splices: Splices) -> str:
    offset = source.step_starts[start]
    pieces: list[str] = []
    for begin, end, text in sorted(splices, key=lambda splice: splice[:2]):
        pieces += [source.program[offset:begin], text]
        offset = end
    pieces.append(source.program[offset : source.step_starts[stop]])
    return "".join(pieces)
