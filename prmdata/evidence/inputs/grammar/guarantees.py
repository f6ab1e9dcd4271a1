"""What a statement guarantees of its inputs beyond bounds, and whether drawn inputs are known to hold it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from prmdata.evidence.inputs.grammar.field_bounds import FieldBounds
from prmdata.evidence.inputs.grammar.input_grammar import Document, GrammarItem, Line, Many, Repeat
from prmdata.evidence.inputs.grammar.plane import PlaneRules, plane_rules
from prmdata.evidence.inputs.grammar.said_structures import SaidStructures, said_structures
from prmdata.evidence.inputs.grammar.stated_bounds import input_part
from prmdata.evidence.inputs.grammar.structures import EdgeForm, SaidOfStructures

_HEADING: Final = re.compile(r"^\W*(examples?|notes?)\W*$", re.IGNORECASE | re.MULTILINE)
_LISTED: Final = re.compile(r"guaranteed,? that\s*:\s*\n((?:\s*\n|\s*[*•-].*\n?)+)", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"[^.;\n]*(?:guarante|will be equal to)[^.;\n]*", re.IGNORECASE)
_IS_ONE: Final = re.compile(
    r"(\b(is|are|also|be|been|we|he|she|it|always|jury|statement|input|and)|['’]s|^)\s*guarante|guaranteed,? that"
    r"|will be equal to",
    re.IGNORECASE,
)
"""What tells a guarantee from an aim ("passwords that allow guaranteed access")."""
_DENIED: Final = re.compile(
    r"\bnot guaranteed\b|can guarantee|^\s*(for example|in this case)\b|always exists? under"
    r"|can be (represented|expressed|written) as .*fraction",
    re.IGNORECASE,
)
_OF_TREES: Final = re.compile(r"\btrees?\b", re.IGNORECASE)
_OF_CONNECTION: Final = re.compile(
    r"connected\b|\breach|\bpaths? (between|from)|\bget from|possible to get to|\bpass from"
    r"|\bfrom (any|every|each)\b.*\bto (any|every|each|all)\b|\b(travel|move|drive) between (any|every|each|all)\b",
    re.IGNORECASE,
)
_OF_TOGETHER: Final = re.compile(
    r"\bconnected\b(?! (?:by|with|via|through|to|components?)\b)|connectivity|\breach|accessible|\bpaths?\b|\bget (?:from|to)\b"
    r"|possible to|\b(?:pass|way|route|travel|move|drive|walk|go) (?:from|between)\b"
    r"|\b(?:any|every|each|all)\b[^.;\n]{0,60}\b(?:connected|linked|joined)\b|\bcactus\b|\bspanning\b",
    re.IGNORECASE,
)
"""Words of a statement after which its graphs may have to hang together. (Two nodes that are "connected by" an edge say nothing
of it.)"""
_OF_JOINING: Final = re.compile(r"\bconnects?\b", re.IGNORECASE)
"""A tree connects its nodes, whatever else is said of how it does."""
_OF_CYCLES: Final = re.compile(
    r"\bacyclic\b|\bno\b[^.;\n]{0,30}\b(cycles?|circular)\b|\bwithout\b[^.;\n]{0,15}\bcycles?\b"
    r"|(\bnot|n't)\b (contain|have|form|create)[^.;\n]{0,20}\bcycles?\b",
    re.IGNORECASE,
)
_OF_LOOPS: Final = re.compile(r"\b(of|to|with|on) (him/?her|him|her|it)self\b", re.IGNORECASE)
_DIRECTED: Final = re.compile(
    r"\bone-?way\b|\bunidirectional\b|(?<!non-)(?<!not )\bdirected\b", re.IGNORECASE
)
_OF_SIMPLE_EDGES: Final = re.compile(
    r"multiple edges|self-?loops?|at most one|more than one|same pair|no two (roads|edges)|(appear|occur)s? twice"
    r"|each pair .*at most once",
    re.IGNORECASE,
)
_OF_ANY: Final = re.compile(
    r"\bsums?\b|\btotal\b|≤|<=|\\le|exceed|\blength|\bempty\b|letters|distinct|differ|coincide|unique|pairwise"
    r"|\binteger|permutation|no two",
    re.IGNORECASE,
)
"""What bounds, the letters seen and the features of the hull keep."""
_OF_DISTINCT: Final = re.compile(r"\bdistinct|\bdifferent|coincide|pairwise|\bno two\b", re.IGNORECASE)
_OF_SOME: Final = re.compile(r"there is at least one\b", re.IGNORECASE)
_OF_ANSWERS: Final = re.compile(
    r"\b(?:answer|result(?:ing)?)\b[^.;\n]{0,40}?"
    r"(?:at most|exceed|(?:greater|more|larger) than|less than or equal to|≤|\bfits?\b[^.;\n]{0,30}?)\s*"
    r"(?:(\d+)\s*[·⋅*]\s*)?(10\s*\^\s*\{?\d+\}?|10[1-9]\d?\b|(?:64|63|32|31)(?=[- ]bits?))",
    re.IGNORECASE,
)
_FEW_ENDS: Final = re.compile(
    r"(at most|no more than|not more than|exactly) (two|2)\b|(two|2) at most", re.IGNORECASE
)
_OF_ORDER: Final = re.compile(
    r"[^.;\n]*\b(?:sorted|given|listed|written|ordered|follow\w*|go(?:es)?|come)\b[^.;\n]*?"
    r"\bin (?:the )?(?:strictly )?(?:ascending|increasing|non-?decreasing) order\b[^.;\n]*",
    re.IGNORECASE,
)
_TANGLED: Final = re.compile(r"\b(bipartite|acyclic|cactus|planar|binary tree|lexicographically sorted)\b")
"""Words of a statement that ask more of a graph than drawn edges fulfil."""
_HELD_BY_TREES: Final = frozenset({"bipartite", "acyclic", "cactus", "planar"})


@dataclass(frozen=True, slots=True)
class Guarantees:
    """``unread``: what the statement asks of its inputs and drawn ones may not hold, in its own words; None where all is
    held. ``most``: the greatest number of an answer. ``needed``: values that a list must contain. ``distinct``: lists and rows
    without repetitions."""

    unread: str | None = None
    most: int | None = None
    needed: Mapping[str, frozenset[Any]] = field(default_factory=dict)
    distinct: tuple[str, ...] = ()
    structures: SaidStructures = field(default_factory=SaidStructures)
    plane: PlaneRules = field(default_factory=PlaneRules)

    def are_broken_by(self, document: Document) -> bool:
        """Whether a list of ``document`` lacks a value that it must contain, or has one twice that it may not, or a graph, a list
        or a point is not what is said of it."""
        if any(_repeats(document[name]) for name in self.distinct):
            return True
        if not (self.structures.hold(document) and self.plane.hold(document)):
            return True
        return any(not values.issubset(document.get(name, values)) for name, values in self.needed.items())

    def allow_answer(self, answer: str) -> bool:
        """Whether an answer is one that a valid input may have."""
        if self.most is None:
            return True
        numbers = (token.lstrip("-") for token in answer.split())
        return all(int(number) <= self.most for number in numbers if number.isdecimal())


def said_of_structures(statement: str) -> SaidOfStructures:
    """What ``statement`` guarantees of its graphs, and how it sorts its lists."""
    said, sorts = "\n".join(guarantees_of(statement)), _OF_ORDER.search(input_part(statement))
    is_connected = _OF_CONNECTION.search(said) is not None
    return SaidOfStructures(
        has_few_ends=_FEW_ENDS.search(statement) is not None,
        is_tree=_OF_TREES.search(said) is not None,
        is_connected=is_connected,
        is_simple=_OF_SIMPLE_EDGES.search(said) is not None,
        is_rooted=re.search(r"\brooted\b", statement) is not None,
        is_acyclic=_OF_CYCLES.search("\n".join((said, input_part(statement)))) is not None,
        is_ascending=sorts is not None,
        is_distinct=sorts is not None and _OF_DISTINCT.search(sorts[0]) is not None,
        may_be_disconnected=not is_connected and _OF_TOGETHER.search(_before_examples(statement)) is None,
    )


def guarantees_of(statement: str) -> list[str]:
    """The sentences of ``statement`` that guarantee something, up to its examples."""
    text = _before_examples(statement)
    found: list[str] = []
    for listed in _LISTED.finditer(text):
        lines = (line.strip(" \t*•-") for line in listed[1].splitlines())
        found += [f"It is guaranteed that {line}" for line in lines if line]
    found += [each.strip() for each in _SENTENCE.findall(_LISTED.sub("\n", text)) if _IS_ONE.search(each)]
    return [each for each in found if not _DENIED.search(each)]


def _before_examples(statement: str) -> str:
    heading = _HEADING.search(statement)
    return statement if heading is None else statement[: heading.start()]


def guarantees(
    statement: str,
    items: Sequence[GrammarItem],
    given: Sequence[Document],
    bounds: FieldBounds,
    graphs: Mapping[str, EdgeForm],
    *,
    has_parents: bool = False,
) -> Guarantees:
    """What ``statement`` guarantees, given the forms of the ``graphs`` of its inputs. ``has_parents``: a list gives the
    parents of a tree's nodes."""
    said, edges = guarantees_of(statement), graphs.values()
    most = _most_of_answers(said)
    needed = _needed(items, given) if any(map(_OF_SOME.search, said)) else {}
    is_directed = _DIRECTED.search(_before_examples(statement)) is not None
    in_plane = {sentence: plane_rules(sentence, items, given) for sentence in said}
    unread = None
    for sentence in said:
        is_kept = (
            bool(in_plane[sentence])
            or (_is_kept_by_parents(sentence) if has_parents else _is_kept(sentence, edges, is_directed))
            or bounds.says_only_relations(sentence)
            or (bool(needed) and _OF_SOME.search(sentence) is not None)
            or (most is not None and _OF_ANSWERS.search(sentence) is not None)
        )
        if not is_kept:
            unread = sentence
            break
    distinct = _distinct(items, given) if any(map(_OF_DISTINCT.search, said)) else ()
    structures = said_structures(items, given, said_of_structures(statement), graphs)
    plane = PlaneRules(tuple(items), tuple(rule for rules in in_plane.values() for rule in rules))
    return Guarantees(_tangled(statement, edges) or unread, most, needed, distinct, structures, plane)


def _tangled(statement: str, edges: Collection[EdgeForm]) -> str | None:
    held = _HELD_BY_TREES if bool(edges) and all(form.is_tree for form in edges) else frozenset[str]()
    if edges and all(form.has_no_cycles for form in edges):
        held |= {"acyclic"}
    found = (match[0] for match in _TANGLED.finditer(statement)) if edges else iter(())
    return next((word for word in found if word not in held), None)


def _is_kept_by_parents(sentence: str) -> bool:
    """Whether parents of nodes, with no node above itself, are all that ``sentence`` asks."""
    is_of_parents = any(each.search(sentence) for each in (_OF_TREES, _OF_CYCLES, _OF_LOOPS))
    return is_of_parents or bool(_OF_ANY.search(sentence) and not _OF_ANSWERS.search(sentence))


def _is_kept(sentence: str, edges: Collection[EdgeForm], is_directed: bool) -> bool:
    if _FEW_ENDS.search(sentence):
        return any(form.most_ends is not None for form in edges)
    if _OF_TREES.search(sentence):
        return any(form.is_tree for form in edges)
    if _OF_CYCLES.search(sentence) and not any(form.has_no_cycles for form in edges):
        return False
    if _OF_SIMPLE_EDGES.search(sentence) and not any(form.is_simple for form in edges):
        return False
    if _OF_LOOPS.search(sentence) and not any(form.is_without_loops for form in edges):
        return False
    if _OF_CONNECTION.search(sentence):
        return any(form.is_connected for form in edges) and not is_directed
    if _OF_JOINING.search(sentence):
        return any(form.is_tree for form in edges)
    if _OF_ANSWERS.search(sentence):
        return False
    kept = (_OF_SIMPLE_EDGES, _OF_CYCLES, _OF_LOOPS, _OF_ANY)
    return any(each.search(sentence) for each in kept)


def _most_of_answers(said: Sequence[str]) -> int | None:
    """The least bound of the answers in the guarantees ``said``."""
    found = []
    for match in filter(None, map(_OF_ANSWERS.search, said)):
        base = re.sub(r"\D", "", match[2])
        power = 10 ** int(base[2:]) if base.startswith("10") else 2 ** (63 if int(base) > 32 else 31) - 1
        found.append(int(match[1] or 1) * power)
    return min(found, default=None)


def _needed(items: Sequence[GrammarItem], given: Sequence[Document]) -> dict[str, frozenset[Any]]:
    """The values 0 and 1 that each given list of them has, where the input has one such list."""
    names = [
        part.name for item in items if isinstance(item, Line) for part in item.parts if isinstance(part, Many)
    ]
    found = {}
    for name in names:
        lists = [frozenset(document[name]) for document in given]
        if lists and frozenset().union(*lists) == {0, 1}:
            found[name] = frozenset.intersection(*lists)
    return found if len(found) == 1 and all(found.values()) else {}


def _distinct(items: Sequence[GrammarItem], given: Sequence[Document]) -> tuple[str, ...]:
    """The lists and rows that repeat nothing in any given input, where one has several."""
    names = [item.name for item in items if isinstance(item, Repeat)]
    names += [
        part.name for item in items if isinstance(item, Line) for part in item.parts if isinstance(part, Many)
    ]
    return tuple(
        name
        for name in names
        if any(len(document[name]) > 1 for document in given)
        and not any(_repeats(document[name]) for document in given)
    )


def _repeats(values: Sequence[Any]) -> bool:
    return len(set(map(repr, values))) < len(values)
