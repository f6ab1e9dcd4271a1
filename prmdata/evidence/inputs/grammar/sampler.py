"""Documents of a grammar: fresh ones, and neighbours of given ones. What counts something and what it counts are drawn
together, so that every document can be written.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.field_bounds import FieldBounds
from prmdata.evidence.inputs.grammar.input_grammar import (
    Document,
    Field,
    GrammarItem,
    InputGrammar,
    Line,
    Many,
    Repeat,
)
from prmdata.evidence.inputs.grammar.list_forms import ListForm, draw_list, list_form
from prmdata.evidence.inputs.grammar.numbers import (
    SIZES,
    NumberRange,
    draw_number,
    draw_size,
)
from prmdata.evidence.inputs.grammar.rearranging import (
    argument_name,
    column_of,
    columns_of,
    ends_of,
    graphs_in,
    has_form,
    lists_in,
    of_length,
    resized,
    rows_by_count,
    styled,
)
from prmdata.evidence.inputs.grammar.seen_documents import SeenDocuments
from prmdata.evidence.inputs.grammar.small_documents import small_documents
from prmdata.evidence.inputs.grammar.stated_relations import ROW
from prmdata.evidence.inputs.grammar.structures import SaidOfStructures, draw_edges
from prmdata.evidence.inputs.grammar.word_shapes import shape_of
from prmdata.evidence.inputs.literals import Literals
from prmdata.evidence.inputs.mutate import mutate
from prmdata.evidence.inputs.sample import sample
from prmdata.evidence.inputs.value_pool import ValuePool
from prmdata.evidence.values import Call

_MOST_ROWS: Final = 200
_ROW_TRIES: Final = 12
_SPANS: Final = (None, None, 1, 2, 4, 10)
"""How far from zero numbers of either sign are, in all of one document: points meet and lie in line only where few numbers recur."""


class Sampler:
    """Draws documents of ``items`` like the ``given`` ones."""

    scale: int | None = None
    """The size of what is counted in the documents that are drawn; None: a small one, of any size."""

    def __init__(
        self,
        items: Sequence[GrammarItem],
        given: Sequence[Document],
        bounds: FieldBounds | None = None,
        said: SaidOfStructures | None = None,
    ) -> None:
        self._items = tuple(items)
        self._bounds = bounds or FieldBounds()
        self._rows_of = rows_by_count(self._items)
        self._span: int | None = None
        self._has_signs = any((self._bounds.range_of(name, {})[0] or 0) < 0 for name in self._bounds.bounds)
        self._counted = set(InputGrammar(self._items).counts())
        said = said or SaidOfStructures()
        seen = SeenDocuments(self._items, given, said)
        self._seen = seen.values
        self._shapes = {name: shape_of(seen.values) for name, seen in self._seen.items()}
        self._lists = {
            name: list_form(seen.lists, is_said=said.is_ascending) for name, seen in self._seen.items()
        }
        self.edges = seen.edge_forms()
        self.parents = seen.parent_forms()
        self._counted |= {form.nodes.name for form in self.edges.values() if form.nodes.name}
        self.use_literals(Literals())

    def smallest(self) -> Iterator[Document]:
        """The smallest documents, where these can be counted up."""
        return small_documents(self._items, self._bounds, self._seen)

    @property
    def has_parents(self) -> bool:
        """Whether a list gives parents of nodes."""
        return bool(self.parents) or any(form.ahead is not None for form in self._lists.values())

    def use_literals(self, literals: Literals) -> None:
        """Offer the literals of programs as ingredients from now on."""
        self._pool = ValuePool(
            [Call((list(dict.fromkeys(seen.values)),), (name,)) for name, seen in self._seen.items()],
            literals,
        )

    def draw(self, rng: random.Random, near: Document | None = None, change: float = 1.0) -> Document | None:
        """A document; ``near`` another one, of which each value changes so probably. None where none came about."""
        is_free = self._has_signs and near is None and self.scale is None
        self._span = rng.choice(_SPANS) if is_free else None
        return self._items_drawn(self._items, rng, near, change, {})

    def is_built_right(self, document: Document) -> bool:
        """Whether the structures that all given documents have are those of ``document``."""
        return all(
            form.holds(n_nodes, edges)
            for name, form in self.edges.items()
            for n_nodes, edges in graphs_in(name, form.nodes, self._items, document, {})
        ) and all(
            self.parents[name].holds(values)
            for name, values in lists_in(self._items, document)
            if name in self.parents
        )

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
        rows = [
            self._row(item.items, rng, row, change, {**known, ROW: place})
            for place, row in enumerate(kept, 1)
        ]
        form, columns = self.edges.get(item.name), ends_of(item)
        if form is not None and columns is not None:
            edges = [(row[columns[0]], row[columns[1]]) for row in rows if row is not None]
            n_nodes = form.nodes.of(known) or 0
            if near_fails := not form.holds(n_nodes, edges):
                edges = draw_edges(form, n_nodes, size, rng) or []
            if near_fails and len(edges) != size:
                return None
            for row, edge in zip(rows, edges, strict=True):
                if row is not None:
                    row[columns[0]], row[columns[1]] = edge
        if any(row is None for row in rows):
            return None
        found = [row for row in rows if row is not None]
        for column in columns_of(item):
            values = [row[column] for row in found]
            if column in self.parents or column == column_of(item):
                values = self._formed(column, values, rng)
            for row, value in zip(found, values, strict=True):
                row[column] = value
        return found

    def _row(
        self,
        items: Sequence[GrammarItem],
        rng: random.Random,
        old: Document | None,
        change: float,
        known: Mapping[str, Any],
    ) -> Document | None:
        """A row that is related as the statement says, if one comes about."""
        row = self._items_drawn(items, rng, old, change, known)
        for _ in range(_ROW_TRIES):
            if row is None or self._bounds.are_related(items, row, known):
                break
            row = self._items_drawn(items, rng, old, 1.0, known)
        return row

    def _size(
        self, count: Count | None, rng: random.Random, old: int | None, known: Mapping[str, Any]
    ) -> int | None:
        if count is None:
            return max(0, old + rng.choice((-1, 0, 0, 1))) if old is not None else rng.choice(SIZES)
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
        if part.name in self.parents or self._lists.get(part.name, ListForm()) != ListForm():
            return self._formed(part.name, items, rng)
        return styled(items, rng) if old is None or rng.random() < change / 3 else items

    def _formed(self, name: str, items: list[Any], rng: random.Random) -> list[Any]:
        """A list of the form that all given ones of this field have, most of the time."""
        if (parents := self.parents.get(name)) is not None:
            return items if parents.holds(items) else list(parents.draw(len(items), rng))
        form = self._lists.get(name, ListForm())
        if form == ListForm() or rng.random() >= 0.95 or has_form(form, items):
            return items
        return draw_list(form, items, rng) or items

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
        if part.length is None and (part.kind != "word" or self._shapes[part.name] is not None):
            return value
        size = self.scale if part.length is None else part.length.of(known)
        if part.name in self._bounds.lengths and isinstance(value, str):
            size = self._allowed(part.name, known).within(size or len(value), rng)
        if size is not None and size >= 0 and isinstance(value, str):
            stated = sorted(self._bounds.letters.get(part.name, ()))
            letters = self._seen[part.name].letters(rng) or stated or self._pool.letters((part.name, "[]"))
            value = of_length(value, min(size, _MOST_ROWS), letters, rng)
        return value

    def _count(self, name: str, rng: random.Random, old: int | None, known: Mapping[str, Any]) -> int:
        form = self.edges.get(self._rows_of.get(name, ""))
        n_nodes = None if form is None else form.nodes.of(known)
        if form and n_nodes is not None and (form.is_connected or self.scale is not None):
            return form.draw_size(n_nodes, rng)
        return draw_size(self._seen[name].values, self._allowed(name, known), old, rng)

    def _allowed(self, name: str, known: Mapping[str, Any]) -> NumberRange:
        low, high = self._bounds.range_of(name, known)
        if self._span is not None and low is not None and high is not None and low < 0 < high:
            low, high = max(low, -self._span), min(high, self._span)
        is_empty = (
            low is not None and high is not None and low > high
        )  # the values that bound it were drawn so
        return NumberRange(low, None if is_empty else high, self.scale)

    def _value(self, name: str, rng: random.Random, old: Any, known: Mapping[str, Any]) -> Any:
        value = self._any_value(name, rng, old, known)
        return self._allowed(name, known).within(value, rng) if type(value) is int else value

    def _any_value(self, name: str, rng: random.Random, old: Any, known: Mapping[str, Any]) -> Any:
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
        below = [known[bound] for bound in sorted(seen.below or ()) if bound in known]
        drawn = draw_number(numbers, self._allowed(name, known), below, rng)
        return sample(self._pool, path, rng) if drawn is None else drawn
