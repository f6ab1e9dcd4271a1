"""What a program reads from its standard input, as a call: lines and tokens into values, and back.

A layout is learned from the given inputs and must give each of them back (as tokens). Two are known:
``lines`` (every input has the same number of lines; each is a fixed row of tokens, a list, or a text) and
``rows`` (some first lines, then rows of one form until the end). A number that counts what follows is no
value of its own: it is written from what it counts, so that no change can make it wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from prmdata.evidence.values import Call

Form = Literal["tokens", "list", "text"]
_INTEGER: Final = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_FLOAT: Final = re.compile(r"-?\d+\.\d+", re.ASCII)
MOST_LINES: Final = 8
"""Inputs of more lines are only understood as rows."""


@dataclass(frozen=True, slots=True)
class LineForm:
    """One line: ``form``, and of ``tokens`` how many. ``text`` keeps the line as one string."""

    form: Form
    n_tokens: int = 0


@dataclass(frozen=True, slots=True)
class CountField:
    """Token ``place`` of the input's flat values is ``offset`` more than the length of value ``of``."""

    place: int
    of: int
    offset: int


@dataclass(frozen=True, slots=True)
class StdinLayout:
    """How a text is read: ``head`` lines, then, where ``row`` is set, rows until the end."""

    head: tuple[LineForm, ...]
    row: LineForm | None
    counts: tuple[CountField, ...] = ()

    @property
    def is_loose(self) -> bool:
        """Whether lines of unlike lengths stand where rows would: what they are to each other is unknown."""
        return self.row is not None and (self.row.form == "list" or not self.counts)

    def parse(self, text: str) -> Call | None:
        """The values of ``text``; None where it is not laid out like this."""
        values = self._values(text)
        if values is None or any(not _holds(count, values) for count in self.counts):
            return None
        derived = {count.place for count in self.counts}
        return Call(tuple(value for place, value in enumerate(values) if place not in derived))

    def render(self, call: Call) -> str | None:
        """The text of a call's values; None where they cannot be written like this."""
        values = self._with_counts(call)
        if values is None:
            return None
        lines: list[str] = []
        for line in self.head:
            taken, values = _take(line, values)
            text = _write(line, taken)
            if text is None:
                return None
            lines.append(text)
        if self.row is not None:
            for item in values[0]:
                text = _write(self.row, list(item) if self.row.form == "tokens" else [item])
                if text is None:
                    return None
                lines.append(text)
        return "\n".join(lines) + "\n"

    def _with_counts(self, call: Call) -> list[Any] | None:
        values = list(call.values)
        for count in sorted(self.counts, key=lambda count: count.place):
            values.insert(count.place, None)
        for count in self.counts:
            counted = values[count.of]
            if not isinstance(counted, list | str):
                return None
            values[count.place] = len(counted) + count.offset
            if values[count.place] < 0:
                return None
        return values

    def _values(self, text: str) -> list[Any] | None:
        lines = _lines(text)
        if len(lines) < len(self.head) or (self.row is None and len(lines) != len(self.head)):
            return None
        values: list[Any] = []
        for line, text in zip(self.head, lines, strict=False):
            found = _read(line, text)
            if found is None:
                return None
            values += found
        if self.row is not None:
            rows: list[Any] = []
            for text in lines[len(self.head) :]:
                found = _read(self.row, text)
                if found is None:
                    return None
                rows.append(tuple(found) if self.row.form == "tokens" else found[0])
            values.append(rows)
        return values


def learn_layout(texts: Sequence[str]) -> StdinLayout | None:
    """The layout that all of ``texts`` share: fixed lines where there are as many in each, else the
    fewest first lines after which rows of one form follow; None where neither fits."""
    documents = [_lines(text) for text in texts]
    if not documents or not all(documents):
        return None
    lengths = {len(document) for document in documents}
    found: StdinLayout | None = None
    if len(lengths) == 1 and max(lengths) <= MOST_LINES:
        head = tuple(_line_of([document[place] for document in documents]) for place in range(max(lengths)))
        found = StdinLayout(head, None)
    else:
        for n_head in range(min(min(lengths), 3) + 1):
            rows = [line for document in documents for line in document[n_head:]]
            row = _line_of(rows) if rows else None
            if row is None or (row.form == "text" and n_head < 1):
                continue
            head = tuple(_line_of([document[place] for document in documents]) for place in range(n_head))
            candidate = StdinLayout(head, row)
            counted = _with_counts(candidate, texts)
            if counted.counts:
                return counted
            found = found or candidate
    return None if found is None else _with_counts(found, texts)


def _with_counts(layout: StdinLayout, texts: Sequence[str]) -> StdinLayout:
    """``layout`` with the integers that always count a list or the rows."""
    documents = [values for values in map(layout._values, texts) if values is not None]
    if len(documents) < len(texts):
        return layout
    counts: list[CountField] = []
    for place in range(len(documents[0])):
        for of in range(place + 1, len(documents[0])):
            if not all(type(v[place]) is int and isinstance(v[of], list | str) for v in documents):
                continue
            offsets = {values[place] - len(values[of]) for values in documents}
            # One off is a tree's edges; more than that, or two inputs alike, is chance.
            varied = len({values[place] for values in documents}) > 1
            if len(offsets) == 1 and varied and abs(next(iter(offsets))) <= 1:
                counts.append(CountField(place, of, next(iter(offsets))))
                break
    return StdinLayout(layout.head, layout.row, tuple(counts))


def _holds(count: CountField, values: Sequence[Any]) -> bool:
    return bool(values[count.place] == len(values[count.of]) + count.offset)


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    return [line.rstrip() for line in lines]


def _line_of(texts: Sequence[str]) -> LineForm:
    """The form of lines that stand at one place: as many tokens in each, else numbers, else a text."""
    tokens = [line.split() for line in texts]
    sizes = {len(one) for one in tokens}
    numeric = all(_value(token) is not token for one in tokens for token in one)
    if len(sizes) == 1 and (numeric or max(sizes) == 1):
        return LineForm("tokens", max(sizes))
    if numeric:
        return LineForm("list")
    if len(sizes) == 1 and any(_value(one[0]) is not one[0] for one in tokens if one):
        return LineForm("tokens", max(sizes))
    return LineForm("text")


def _read(line: LineForm, text: str) -> list[Any] | None:
    if line.form == "text":
        return [text]
    values = [_value(token) for token in text.split()]
    if line.form == "list":
        return [values]
    return values if len(values) == line.n_tokens else None


def _take(line: LineForm, values: list[Any]) -> tuple[list[Any], list[Any]]:
    size = line.n_tokens if line.form == "tokens" else 1
    return values[:size], values[size:]


def _write(line: LineForm, values: list[Any]) -> str | None:
    if line.form == "text":
        return values[0] if isinstance(values[0], str) and "\n" not in values[0] else None
    items = values[0] if line.form == "list" else values
    if line.form == "tokens" and len(items) != line.n_tokens:
        return None
    tokens = [repr(item) if isinstance(item, float) else str(item) for item in items]
    if any(not token or token.split() != [token] for token in tokens):
        return None
    return " ".join(tokens)


def _value(token: str) -> Any:
    """The number that a token stands for; the token itself where it is none."""
    if _INTEGER.fullmatch(token) and len(token) < 20:
        return int(token)
    return float(token) if _FLOAT.fullmatch(token) and len(token) < 20 else token
