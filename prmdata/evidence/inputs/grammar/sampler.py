"""Documents of a grammar: fresh ones, and neighbours of given ones. What counts something and what it counts are drawn
together, so that every document can be written.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.input_grammar import (
    Document,
    Field,
    GrammarItem,
    InputGrammar,
    Line,
    Many,
    Repeat,
)
from prmdata.evidence.inputs.grammar.rearranging import (
    argument_name,
    ends_of,
    has_form,
    resized,
    styled,
)
from prmdata.evidence.inputs.grammar.structures import (
    EdgeForm,
    ListForm,
    draw_edges,
    draw_list,
    edge_form,
    list_form,
)
from prmdata.evidence.inputs.grammar.word_shapes import shape_of
from prmdata.evidence.inputs.literals import Literals
from prmdata.evidence.inputs.mutate import mutate
from prmdata.evidence.inputs.sample import sample
from prmdata.evidence.inputs.value_pool import ValuePool
from prmdata.evidence.values import Call

_SIZES: Final = (1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 7, 8, 10)
_MOST_ROWS: Final = 200


@dataclass(slots=True)
class _Seen:
    """What was seen of one field: its values (of a list: its elements), and the numbers before it that it never exceeds."""

    values: list[Any] = field(default_factory=list)
    lists: list[list[Any]] = field(default_factory=list)
    below: set[str] | None = None

    def add(self, values: Sequence[Any], known: Mapping[str, Any]) -> None:
        self.values += values
        numbers = [value for value in values if type(value) is int]
        if numbers:
            bounds = {name for name, value in known.items() if type(value) is int and max(numbers) <= value}
            self.below = bounds if self.below is None else self.below & bounds


class Sampler:
    """Draws documents of ``items`` like the ``given`` ones."""

    def __init__(self, items: Sequence[GrammarItem], given: Sequence[Document]) -> None:
        self._items = tuple(items)
        self._counted = set(InputGrammar(self._items).counts())
        self._seen: dict[str, _Seen] = {}
        self._graphs: dict[str, dict[str, list[tuple[int, list[tuple[int, int]]]]]] = {}
        for document in given:
            self._look(self._items, document, {})
        self._shapes = {name: shape_of(seen.values) for name, seen in self._seen.items()}
        self._lists = {name: list_form(seen.lists) for name, seen in self._seen.items()}
        self.edges = self._edge_forms(len(given))
        self._pool = ValuePool([], Literals())

    def use_literals(self, literals: Literals) -> None:
        """Offer the literals of programs as ingredients from now on."""
        self._pool = ValuePool(
            [Call((list(dict.fromkeys(seen.values)),), (name,)) for name, seen in self._seen.items()],
            literals,
        )

    def draw(self, rng: random.Random, near: Document | None = None, change: float = 1.0) -> Document | None:
        """A document; ``near`` another one, of which each value changes with probability ``change``. None where none
        came about."""
        return self._items_drawn(self._items, rng, near, change, {})

    def is_built_right(self, document: Document) -> bool:
        """Whether the structures that all given documents have are those of ``document``."""
        return all(
            form.holds(n_nodes, edges)
            for name, form in self.edges.items()
            for n_nodes, edges in self._graphs_in(name, form, self._items, document, {})
        )

    def _look(self, items: Sequence[GrammarItem], document: Document, outer: Mapping[str, Any]) -> None:
        known = dict(outer)
        for item in items:
            if isinstance(item, Repeat):
                for row in document[item.name]:
                    self._look(item.items, row, known)
                self._look_at_edges(item, document[item.name], known)
                continue
            for part in item.parts:
                seen = self._seen.setdefault(part.name, _Seen())
                value = document[part.name]
                seen.add(value if isinstance(part, Many) else [value], known)
                if not isinstance(part, Many):
                    known[part.name] = value
                elif part.commands:
                    self._look_at_command(part, value, known)
                else:
                    seen.lists.append(value)

    def _look_at_command(self, part: Many, row: Sequence[Any], known: Mapping[str, Any]) -> None:
        for place, token in enumerate(row[1:]):
            name = argument_name(part, row[0], place)
            self._seen.setdefault(name, _Seen()).add([token], known)

    def _look_at_edges(self, repeat: Repeat, rows: Sequence[Document], known: Mapping[str, Any]) -> None:
        columns = ends_of(repeat)
        if columns is None:
            return
        edges = [(row[columns[0]], row[columns[1]]) for row in rows]
        for name, value in known.items():
            if type(value) is int:
                self._graphs.setdefault(repeat.name, {}).setdefault(name, []).append((value, edges))

    def _edge_forms(self, n_given: int) -> dict[str, EdgeForm]:
        """The rows that are edges: a tree or another graph in every given document."""
        found = {}
        for repeat, by_field in self._graphs.items():
            for name, graphs in by_field.items():
                form = edge_form(name, graphs) if len(graphs) >= min(n_given, 2) else None
                if form is not None and (form.is_connected or (form.is_simple and form.is_without_loops)):
                    found[repeat] = form
                    break
        return found

    def _graphs_in(
        self,
        name: str,
        form: EdgeForm,
        items: Sequence[GrammarItem],
        document: Document,
        outer: Mapping[str, Any],
    ) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        known = {**outer, **document}
        for item in items:
            if not isinstance(item, Repeat):
                continue
            rows = document[item.name]
            columns = ends_of(item)
            if item.name == name and columns is not None:
                yield known[form.nodes], [(row[columns[0]], row[columns[1]]) for row in rows]
            for row in rows:
                yield from self._graphs_in(name, form, item.items, row, known)

    def _items_drawn(
        self,
        items: Sequence[GrammarItem],
        rng: random.Random,
        near: Document | None,
        change: float,
        outer: Mapping[str, Any],
    ) -> Document | None:
        document: Document = {}
        known = dict(outer)
        for item in items:
            if isinstance(item, Line):
                for part in item.parts:
                    old = None if near is None else near.get(part.name)
                    keep = old is not None and rng.random() >= change
                    if isinstance(part, Many):
                        document[part.name] = self._many(part, rng, old, change, known)
                    else:
                        value = old if keep and part.length is None else self._field(part, rng, old, known)
                        document[part.name] = known[part.name] = value
                continue
            rows = self._rows(item, rng, None if near is None else near.get(item.name), change, known)
            if rows is None:
                return None
            document[item.name] = rows
        return document

    def _rows(
        self,
        item: Repeat,
        rng: random.Random,
        old: list[Document] | None,
        change: float,
        known: dict[str, Any],
    ) -> list[Document] | None:
        size = self._size(item.count, rng, None if old is None else len(old), known)
        if size is None or size > _MOST_ROWS:
            return None
        kept = resized(old or [], size, rng) if old is not None else [None] * size
        rows = [self._items_drawn(item.items, rng, row, change, known) for row in kept]
        form, columns = self.edges.get(item.name), ends_of(item)
        if form is not None and columns is not None:
            edges = [(row[columns[0]], row[columns[1]]) for row in rows if row is not None]
            if near_fails := not form.holds(known[form.nodes], edges):
                edges = draw_edges(form, known[form.nodes], size, rng) or []
            if near_fails and len(edges) != size:
                return None
            for row, edge in zip(rows, edges, strict=True):
                if row is not None:
                    row[columns[0]], row[columns[1]] = edge
        return [row for row in rows if row is not None] if None not in rows else None

    def _size(
        self, count: Count | None, rng: random.Random, old: int | None, known: Mapping[str, Any]
    ) -> int | None:
        if count is None:
            return max(0, old + rng.choice((-1, 0, 0, 1))) if old is not None else rng.choice(_SIZES)
        size = count.of(known)
        return size if size is not None and size >= 0 else None

    def _many(
        self, part: Many, rng: random.Random, old: list[Any] | None, change: float, known: Mapping[str, Any]
    ) -> list[Any]:
        if part.commands:
            return old if old is not None and rng.random() >= change else self._command(part, rng, known)
        size = self._size(part.count, rng, None if old is None else len(old), known) or 0
        if size > _MOST_ROWS:
            return []
        kept = resized(old, size, rng) if old is not None else [None] * size
        items = [
            each
            if each is not None and rng.random() >= change / 2
            else self._value(part.name, rng, each, known)
            for each in kept
        ]
        form = self._lists.get(part.name, ListForm())
        if form != ListForm() and rng.random() < 0.95:
            return items if has_form(form, items) else draw_list(form, items, rng) or items
        return styled(items, rng) if old is None or rng.random() < change / 3 else items

    def _command(self, part: Many, rng: random.Random, known: Mapping[str, Any]) -> list[Any]:
        first, size = rng.choice(part.commands)
        return [
            first,
            *(self._value(argument_name(part, first, place), rng, None, known) for place in range(size - 1)),
        ]

    def _field(self, part: Field, rng: random.Random, old: Any, known: Mapping[str, Any]) -> Any:
        if part.name in self._counted:
            return self._count(part.name, rng, old, known)
        value = self._value(part.name, rng, old, known)
        size = None if part.length is None else part.length.of(known)
        if size is not None and isinstance(value, str):
            letters = self._pool.letters((part.name, "[]"))
            few = rng.sample(letters, min(len(letters), rng.choice((1, 2, 2, 3, 8))))
            value = "".join(resized(list(value), min(size, _MOST_ROWS), rng, few))
        return value

    def _count(self, name: str, rng: random.Random, old: int | None, known: Mapping[str, Any]) -> int:
        least: int = min(self._seen[name].values)
        seen: list[int] = [value for value in self._seen[name].values if value <= 12] or [least]
        for form in self.edges.values():
            if name != form.nodes and form.nodes in known and form.is_connected:
                nodes: int = known[form.nodes]
                return nodes - 1 + rng.choice((0, 0, 1, 1, 2, 3))
        if type(old) is int and rng.random() < 0.5 and old <= 2 * max(_SIZES):
            return max(min(seen), old + rng.choice((-1, 1)))
        size = rng.choice(seen) if rng.random() < 0.3 else rng.choice(_SIZES)
        return max(size, least)

    def _value(self, name: str, rng: random.Random, old: Any, known: Mapping[str, Any]) -> Any:
        seen = self._seen[name]
        path = (name, "[]")
        shape = self._shapes[name]
        if shape is not None and rng.random() < 0.9:
            return rng.choice(seen.values) if rng.random() < 0.3 else shape.draw(rng)
        if old is not None and rng.random() < 0.6:
            return mutate(old, self._pool, path, rng)
        numbers = [value for value in seen.values if type(value) is int]
        if not numbers or len(numbers) < len(seen.values):
            return sample(self._pool, path, rng)
        bounds = [known[bound] for bound in sorted(seen.below or ()) if bound in known]
        low, high = min(numbers), max(numbers)
        least = low if low in (0, 1) or low < 0 else min(low, 1)
        way = rng.random()
        if bounds and way < 0.7:
            return rng.randint(min(least, min(bounds)), max(min(bounds), min(least, min(bounds))))
        if way < 0.6:
            return rng.randint(least, max(least, min(high, least + rng.choice((1, 2, 4, 9, 20)))))
        if way < 0.7:
            return rng.randint(low, high)
        if way < 0.8:
            return rng.choice(numbers) + rng.choice((-1, 0, 1))
        return sample(self._pool, path, rng)
