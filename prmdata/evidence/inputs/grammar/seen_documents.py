"""What given documents show: the values of each field, and the graphs whose edges are rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.input_grammar import Document, GrammarItem, Many, Repeat
from prmdata.evidence.inputs.grammar.numbers import SeenValues
from prmdata.evidence.inputs.grammar.parents import ParentForm, parent_form
from prmdata.evidence.inputs.grammar.rearranging import argument_name, column_of, ends_of, lists_in
from prmdata.evidence.inputs.grammar.structures import Edge, EdgeForm, SaidOfStructures, edge_form


class SeenDocuments:
    """The ``given`` documents of ``items``. ``values``: those of each field."""

    def __init__(
        self, items: Sequence[GrammarItem], given: Sequence[Document], said: SaidOfStructures
    ) -> None:
        self._said = said
        self._n_given = len(given)
        self._graphs: dict[str, dict[Count, list[tuple[int, list[Edge]]]]] = {}
        self.values: dict[str, SeenValues] = {}
        self._lists: dict[str, list[list[Any]]] = {}
        for document in given:
            self._look(items, document, {})
            for name, values in lists_in(items, document):
                self._lists.setdefault(name, []).append(values)

    def edge_forms(self) -> dict[str, EdgeForm]:
        """The rows that are edges: a tree or another graph in every given document."""
        found = {}
        for repeat, by_field in self._graphs.items():
            for nodes, graphs in by_field.items():
                if len(graphs) < min(self._n_given, 2):
                    continue
                form = edge_form(nodes, graphs, self._said)
                if form is not None and (form.is_connected or (form.is_simple and form.is_without_loops)):
                    found[repeat] = form
                    break
        return found

    def parent_forms(self) -> dict[str, ParentForm]:
        """The lists that are parents of nodes, where the statement speaks of a tree or denies cycles."""
        if not (self._said.is_tree or self._said.is_acyclic):
            return {}
        forms = {name: parent_form(lists) for name, lists in self._lists.items()}
        return {name: form for name, form in forms.items() if form is not None}

    def _look(self, items: Sequence[GrammarItem], document: Document, outer: Mapping[str, Any]) -> None:
        known = dict(outer)
        for item in items:
            if isinstance(item, Repeat):
                for row in document[item.name]:
                    self._look(item.items, row, known)
                self._look_at_edges(item, document[item.name], known)
                column = column_of(item)
                if column is not None:
                    self.values.setdefault(column, SeenValues()).lists.append(
                        [row[column] for row in document[item.name]]
                    )
                continue
            for part in item.parts:
                seen = self.values.setdefault(part.name, SeenValues())
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
            self.values.setdefault(name, SeenValues()).add([token], known)

    def _look_at_edges(self, repeat: Repeat, rows: Sequence[Document], known: Mapping[str, Any]) -> None:
        columns = ends_of(repeat)
        if columns is None:
            return
        edges = [(row[columns[0]], row[columns[1]]) for row in rows]
        nodes = [Count(name) for name, value in known.items() if type(value) is int]
        if self._said.is_tree and repeat.count is not None and repeat.count.name:
            nodes.append(replace(repeat.count, plus=repeat.count.plus + 1))  # a tree has one edge less
        for count in nodes:
            if (n_nodes := count.of(known)) is not None:
                self._graphs.setdefault(repeat.name, {}).setdefault(count, []).append((n_nodes, edges))
