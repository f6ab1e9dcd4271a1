"""The stated bounds of an input's numbers, by the fields of its grammar."""

from __future__ import annotations

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
from prmdata.evidence.inputs.grammar.stated_bounds import (
    StatedBound,
    stated_bounds,
    stated_lengths,
    stated_magnitude,
    stated_names,
    without_index,
)
from prmdata.evidence.inputs.grammar.stated_relations import (
    ROW,
    StatedRelation,
    says_only_relations,
    stated_relations,
)
from prmdata.evidence.inputs.grammar.statement import stated_letters

_NUMBERS: Final = ("int", "float")


@dataclass(frozen=True, slots=True)
class FieldBounds:
    """``bounds``: what the statement says of the fields that it names. It names every number of the input, or else nothing
    is taken from it: which name is which field is told by their order alone. ``lengths``: what it says of the
    lengths of texts: of all whose length no field says, or of none. ``letters``: those of which it says that texts
    consist, for each text that does so in all given inputs. ``relations``: the formulas between fields that all given inputs
    fulfil. ``to_field``: the fields of the statement's names. ``is_partial``: some number has no bound."""

    bounds: Mapping[str, StatedBound] = field(default_factory=dict)
    lengths: Mapping[str, StatedBound] = field(default_factory=dict)
    letters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    relations: tuple[StatedRelation, ...] = ()
    to_field: Mapping[str, str] = field(default_factory=dict)
    is_partial: bool = False

    def says_only_relations(self, sentence: str) -> bool:
        """Whether ``sentence`` says nothing but :attr:`relations`."""
        return says_only_relations(sentence, self.relations, self.to_field)

    def are_related(
        self, items: Sequence[GrammarItem], document: Document, outer: Mapping[str, Any] | None = None
    ) -> bool:
        """Whether a document (or one row, with the ``outer`` fields) fulfils the relations."""
        return not self.relations or all(
            relation.holds(known) is not False
            for known in _scopes(items, document, outer or {})
            for relation in self.relations
        )

    def say_all(self, items: Sequence[GrammarItem]) -> bool:
        """Whether the statement bounds every number of ``items``, and there is one or a bounded text."""
        if self.is_partial:
            return False
        return bool(self.bounds or (self.lengths and not any(True for _ in _number_names(items))))

    def leave_sizes(self, items: Sequence[GrammarItem]) -> bool:
        """Whether neither a number nor a bound says the size of something: a text, or what goes on to the end."""
        for item in items:
            if isinstance(item, Repeat):
                if item.count is None or self.leave_sizes(item.items):
                    return True
            elif any(
                part.count is None
                if isinstance(part, Many)
                else part.kind in ("word", "line") and part.length is None and part.name not in self.lengths
                for part in item.parts
            ):
                return True
        return False

    def range_of(self, name: str, known: Mapping[str, Any]) -> tuple[int | None, int | None]:
        """The least and the greatest value of a field (the length of a text), as far as it is said, given the values of
        other fields."""
        found = self.bounds.get(name) or self.lengths.get(name)
        if found is None:
            return None, None
        lows = [low for each in found.lows if (low := each.of(known)) is not None]
        highs = [high for each in found.highs if (high := each.of(known)) is not None]
        return max(lows, default=None), min(highs, default=None)

    def hold(
        self, items: Sequence[GrammarItem], document: Document, outer: Mapping[str, Any] | None = None
    ) -> bool:
        """Whether every number of ``document`` is within its bounds and related as is said, and every text within its length
        and letters."""
        if outer is None and not self.are_related(items, document):
            return False
        known = {**(outer or {}), **document}
        for item in items:
            if isinstance(item, Repeat):
                if not all(self.hold(item.items, row, known) for row in document[item.name]):
                    return False
                continue
            for part in item.parts:
                value = document[part.name]
                low, high = self.range_of(part.name, known)
                letters = self.letters.get(part.name)
                for each in value if isinstance(part, Many) else [value]:
                    if letters is not None and not letters.issuperset(each):
                        return False
                    size = len(each) if part.name in self.lengths else each
                    is_number = isinstance(size, int | float)
                    if is_number and ((low is not None and size < low) or (high is not None and size > high)):
                        return False
        return True


def field_bounds(
    grammar: InputGrammar, statement: str, given: Sequence[Document], guaranteed: Sequence[str] = ()
) -> FieldBounds:
    """The bounds that ``statement`` gives the fields of ``grammar``, and the relations in its part on the input and in its
    sentences ``guaranteed``. Nothing of the numbers where it names more or fewer than there are, nor of the texts; nor where
    a ``given`` input breaks the bounds: then the names are others."""
    numbers = next(
        (
            found
            for to_field in _orders(grammar, statement)
            if (found := _bounded(statement, to_field))
            and all(found.hold(grammar.items, document) for document in given)
        ),
        _within_magnitude(grammar, statement),
    )
    if not all(numbers.hold(grammar.items, document) for document in given):
        numbers = FieldBounds()
    lengths = _of_texts(grammar, statement, bool(numbers.bounds))
    if not all(FieldBounds(lengths=lengths).hold(grammar.items, document) for document in given):
        lengths = {}
    letters = {
        name: said
        for name in _text_names(grammar.items, all_of_them=True)
        if (said := stated_letters(statement))
        and all(FieldBounds(letters={name: said}).hold(grammar.items, document) for document in given)
    }
    relations = tuple(
        relation
        for each in dict.fromkeys((*stated_relations(statement), *stated_relations("\n".join(guaranteed))))
        if (relation := each.renamed(numbers.to_field)) is not None
        and _is_shown(relation, grammar.items, given)
    )
    bounds = {**_of_flags(grammar, given), **numbers.bounds}
    unsaid = set(_number_names(grammar.items)) - numbers.bounds.keys() - grammar.counts().keys()
    return FieldBounds(bounds, lengths, letters, relations, numbers.to_field, bool(unsaid))


def _within_magnitude(grammar: InputGrammar, statement: str) -> FieldBounds:
    """The one bound that ``statement`` gives, in words, all numbers that count nothing; those that count may have their own."""
    most, said = stated_magnitude(statement), stated_bounds(statement)
    names = list(_number_names(grammar.items))
    counting = [name for name in names if name in grammar.counts()]
    if most is None or len(said) not in (0, len(counting)):
        return FieldBounds()
    to_field = {each.name: name for each, name in zip(said, counting, strict=False)}
    within = (Count(None, -most),), (Count(None, most),)
    bounds = {name: StatedBound(name, *within) for name in names if name not in counting}
    return FieldBounds({**bounds, **_bounded(statement, to_field).bounds}, to_field=to_field)


def _of_flags(grammar: InputGrammar, given: Sequence[Document]) -> dict[str, StatedBound]:
    """The bounds of the numbers that are 0 or 1 in all given inputs, and both of them: where a statement does not bound them,
    it says so in words."""
    values: dict[str, set[Any]] = {name: set() for name in _number_names(grammar.items)}
    for document in given:
        for known in _scopes(grammar.items, document, {}):
            for name in values.keys() & known.keys():
                values[name] |= set(known[name] if isinstance(known[name], list) else [known[name]])
    flag = (Count(None, 0),), (Count(None, 1),)
    return {name: StatedBound(name, *flag) for name, seen in values.items() if seen == {0, 1}}


def _is_shown(relation: StatedRelation, items: Sequence[GrammarItem], given: Sequence[Document]) -> bool:
    """Whether each given document fulfils a relation, and one has numbers to show it."""
    shown = [relation.holds(known) for document in given for known in _scopes(items, document, {})]
    return True in shown and False not in shown


def _scopes(
    items: Sequence[GrammarItem], document: Document, outer: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The values that a document names, and those that each of its rows sees."""
    known = {**outer, **document}
    yield known
    for item in items:
        if isinstance(item, Repeat):
            for place, row in enumerate(document[item.name], 1):
                yield from _scopes(item.items, row, {**known, ROW: place})


def _orders(grammar: InputGrammar, statement: str) -> Iterator[dict[str, str]]:
    """The fields that the bounded names may be: in the order of their bounds, or in the order in which they are introduced
    (then some may have no bound)."""
    said, names = stated_bounds(statement), list(_number_names(grammar.items))
    if len(said) == len(names):
        yield {each.name: name for each, name in zip(said, names, strict=True)}
    declared = stated_names(statement)
    if len(declared) == len(names):
        by_name = dict(zip(declared, names, strict=True))
        found = {each.name: by_name.get(without_index(each.name), "") for each in said}
        if "" not in found.values() and len(set(found.values())) == len(found):
            yield found


def _bounded(statement: str, to_field: Mapping[str, str]) -> FieldBounds:
    return FieldBounds(
        {
            to_field[each.name]: StatedBound(
                to_field[each.name], _in_fields(each.lows, to_field), _in_fields(each.highs, to_field)
            )
            for each in stated_bounds(statement)
        },
        to_field=to_field,
    )


def _of_texts(grammar: InputGrammar, statement: str, are_numbers_bounded: bool) -> dict[str, StatedBound]:
    names = list(_text_names(grammar.items))
    said = stated_lengths(statement)
    if not said and not are_numbers_bounded and not list(_number_names(grammar.items)):
        said = stated_bounds(statement)  # "a text s1s2...sn (1 ≤ n ≤ 100)"
    if len(said) == 1:
        said *= len(names)
    if len(said) != len(names) or any(each.name for bound in said for each in (*bound.lows, *bound.highs)):
        return {}
    return dict(zip(names, said, strict=True))


def _in_fields(counts: Sequence[Count], to_field: Mapping[str, str]) -> tuple[Count, ...]:
    """``counts`` in terms of fields; what names no field is left out."""
    return tuple(
        Count(None if each.name is None else to_field[each.name], each.plus, each.scale)
        for each in counts
        if each.name is None or each.name in to_field
    )


def _number_names(items: Sequence[GrammarItem]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Line):
            yield from (part.name for part in item.parts if _is_numeric(part))
        else:
            yield from _number_names(item.items)


def _text_names(items: Sequence[GrammarItem], *, all_of_them: bool = False) -> Iterator[str]:
    """The texts whose length no field says, or all texts."""
    for item in items:
        if isinstance(item, Line):
            yield from (
                part.name
                for part in item.parts
                if (all_of_them or (isinstance(part, Field) and part.length is None))
                and part.kind in ("word", "line")
                and not (isinstance(part, Many) and part.commands)
            )
        else:
            yield from _text_names(item.items, all_of_them=all_of_them)


def _is_numeric(part: Field | Many) -> bool:
    return part.kind in _NUMBERS and not (isinstance(part, Many) and part.commands)
