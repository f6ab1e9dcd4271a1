"""Graphs and lists that are what the statement says of them. An input in which one is not is no input of the problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from prmdata.evidence.inputs.grammar.input_grammar import Document, GrammarItem
from prmdata.evidence.inputs.grammar.list_forms import SUPPORT
from prmdata.evidence.inputs.grammar.rearranging import graphs_in, lists_in
from prmdata.evidence.inputs.grammar.structures import EdgeForm, SaidOfStructures, numbered


@dataclass(frozen=True, slots=True)
class SaidStructures:
    """``graphs``: the forms of the graphs that are as is said in all given inputs; ``lists``: the names of such lists of
    numbers, of which some given input has several."""

    items: tuple[GrammarItem, ...] = ()
    said: SaidOfStructures = field(default_factory=SaidOfStructures)
    graphs: Mapping[str, EdgeForm] = field(default_factory=dict)
    lists: frozenset[str] = frozenset()

    def hold(self, document: Document) -> bool:
        """Whether each of these graphs and lists is so in ``document`` too."""
        return all(
            _is_as_said(self.said, name, form, self.items, document) for name, form in self.graphs.items()
        ) and all(
            _is_sorted(self.said, values)
            for name, values in (_lists(self.items, document) if self.lists else ())
            if name in self.lists
        )


def said_structures(
    items: Sequence[GrammarItem],
    given: Sequence[Document],
    said: SaidOfStructures,
    graphs: Mapping[str, EdgeForm],
) -> SaidStructures:
    """What ``said`` says of the ``graphs`` and lists of the ``given`` inputs, where it holds of them all."""
    kept = {
        name: form
        for name, form in graphs.items()
        if said.says_anything and all(_is_as_said(said, name, form, items, each) for each in given)
    }
    found: dict[str, list[list[Any]]] = {}
    for document in given if said.is_ascending else ():
        for name, values in _lists(items, document):
            if len(values) > 1:
                found.setdefault(name, []).append(values)
    sorted_lists = (
        name
        for name, lists in found.items()
        if len(lists) >= SUPPORT and all(_is_sorted(said, values) for values in lists)
    )
    return SaidStructures(tuple(items), said, kept, frozenset(sorted_lists))


def _is_as_said(
    said: SaidOfStructures, name: str, form: EdgeForm, items: Sequence[GrammarItem], document: Document
) -> bool:
    return all(
        said.holds(n_nodes, numbered(edges, 1 - form.base))
        for n_nodes, edges in graphs_in(name, form.nodes, items, document, {})
    )


def _lists(items: Sequence[GrammarItem], document: Document) -> Iterator[tuple[str, list[Any]]]:
    for name, values in lists_in(items, document):
        if all(isinstance(each, int | float) for each in values):
            yield name, values


def _is_sorted(said: SaidOfStructures, values: Sequence[Any]) -> bool:
    """Whether ``values`` are in ascending order, and distinct where that is said too."""
    return all(one < other if said.is_distinct else one <= other for one, other in pairwise(values))
