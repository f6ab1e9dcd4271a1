"""The forms that the next line of an input may have, each with a cost, for the search of :mod:`.learn`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.input_grammar import (
    Field,
    GrammarItem,
    Kind,
    Line,
    Many,
    parse_items,
    parse_line,
)
from prmdata.evidence.inputs.grammar.lines_and_tokens import value_of

_SIZES: Final = ((1, 0, 0.0), (1, -1, 0.4), (1, 1, 0.8), (2, 0, 0.7), (2, -1, 0.9))
"""Scale, addend and further cost of a count: as many, one fewer (a tree's edges), one more, twice as many."""
_EMPTY_COST: Final = 0.3
"""Of an empty line."""
_FIELDS: Final = 12
"""A line of more tokens is a list."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One place where the next item is read."""

    lines: tuple[str, ...]
    at: int
    known: Mapping[str, Any]

    @property
    def left(self) -> int:
        return len(self.lines) - self.at

    def after(self, item: GrammarItem) -> Instance | None:
        if isinstance(item, Line):
            found = parse_line(item, self.lines[self.at], self.known) if self.left else None
            return None if found is None else Instance(self.lines, self.at + 1, {**self.known, **found})
        rows = parse_items((item,), self.lines, self.at, self.known)
        return None if rows is None else Instance(self.lines, rows[1], self.known)


@dataclass(frozen=True, slots=True)
class SearchState:
    items: tuple[GrammarItem, ...]
    instances: tuple[Instance, ...]
    named: int
    is_inner: bool = False
    """Whether it is read again and again: lines of one form may differ in length."""


def counts_of(instances: Sequence[Instance]) -> Iterator[tuple[float, Count]]:
    """What could say a size, the latest field first, with a cost."""
    names = [name for name, value in instances[0].known.items() if type(value) is int]
    for back, name in enumerate(reversed(names)):
        if all(type(instance.known.get(name)) is int for instance in instances):
            for scale, plus, more in _SIZES:
                yield more + 0.05 * back, Count(name, plus, scale)


def line_forms(state: SearchState) -> Iterator[tuple[float, Line]]:
    """The forms that the next line may have."""
    tokens = [instance.lines[instance.at].split() for instance in state.instances]
    sizes = [len(each) for each in tokens]
    if not any(sizes):
        yield _EMPTY_COST, Line(())
        return
    names = [f"x{state.named + place + 1}" for place in range(max(sizes) + 1)]
    if len(set(sizes)) == 1 and 1 <= sizes[0] <= _FIELDS:
        yield from _fixed(state, tokens, names)
    for n_head in range(min(*sizes, 3) + 1 if len(sizes) > 1 else min(sizes[0], 3) + 1):
        yield from _headed(state, tokens, names, n_head)
    is_numeric = all(value_of(token) is not token for each in tokens for token in each)
    if not is_numeric and len(set(sizes)) > 1:
        yield 3.2, Line((Field(names[0], "line"),))
    elif not is_numeric and sizes[0] > 1:
        yield 3.6, Line((Field(names[0], "line"),))
    if len(set(sizes)) > 1 or state.is_inner:
        yield (
            1.7 if state.is_inner else 3.7,
            Line((Many(names[0], _kind([token for each in tokens for token in each])),)),
        )


def _fixed(
    state: SearchState, tokens: Sequence[Sequence[str]], names: Sequence[str]
) -> Iterator[tuple[float, Line]]:
    width = len(tokens[0])
    columns = [[each[place] for each in tokens] for place in range(width)]
    parts = tuple(Field(names[place], _kind(column)) for place, column in enumerate(columns))
    yield 1.0 + 0.25 * width, Line(parts)
    if width == 1:
        for more, size in counts_of(state.instances):
            lengths = [size.of(instance.known) for instance in state.instances]
            if lengths == [len(token) for token in columns[0]] and _is_text(columns[0]):
                yield (0.9 if len(set(lengths)) > 1 else 1.15) + more, Line((Field(names[0], "word", size),))


def _headed(
    state: SearchState, tokens: Sequence[Sequence[str]], names: Sequence[str], n_head: int
) -> Iterator[tuple[float, Line]]:
    """``n_head`` fields, then a list whose length is told."""
    heads = [[each[place] for each in tokens] for place in range(n_head)]
    fields = tuple(Field(names[place], _kind(column)) for place, column in enumerate(heads))
    known = []
    for instance, each in zip(state.instances, tokens, strict=True):
        own = {field.name: value_of(token) for field, token in zip(fields, each, strict=False)}
        known.append(Instance(instance.lines, instance.at, {**instance.known, **own}))
    rest = [len(each) - n_head for each in tokens]
    kind = _kind([token for each in tokens for token in each[n_head:]])
    for more, size in counts_of(known):
        if [size.of(instance.known) for instance in known] == rest and max(rest) > 0:
            cost = (0.9 if len(set(rest)) > 1 else 1.2 if rest[0] > 1 else 1.5) + (
                0.4 + 0.25 * n_head if n_head else 0.0
            )
            yield cost + more, Line((*fields, Many(names[n_head], kind, size)))


def _kind(tokens: Collection[str]) -> Kind:
    kinds = {type(value_of(token)).__name__ for token in tokens}
    if kinds <= {"int"}:
        return "int"
    return "float" if kinds <= {"int", "float"} else "word"


def _is_text(tokens: Collection[str]) -> bool:
    """Whether tokens may be texts: they hold other signs than digits, or so few digits that they are no numbers."""
    return _kind(tokens) == "word" or (len(set("".join(tokens))) <= 2 and min(map(len, tokens)) > 2)
