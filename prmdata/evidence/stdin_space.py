"""The inputs that programs read from standard input: a learned grammar, and inside it the hull of the given
inputs."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from prmdata.evidence.domain import learn
from prmdata.evidence.domain.checks import SPREAD
from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.input_space import InputSpace
from prmdata.evidence.inputs.generate import MALFORMED
from prmdata.evidence.inputs.grammar.code_reading import reading_of
from prmdata.evidence.inputs.grammar.input_grammar import (
    Document,
    Field,
    GrammarItem,
    InputGrammar,
    Repeat,
    call_of,
)
from prmdata.evidence.inputs.grammar.learn import learn_grammar
from prmdata.evidence.inputs.grammar.sampler import Sampler
from prmdata.evidence.inputs.grammar.statement import is_unsaid
from prmdata.evidence.inputs.literals import literals_of
from prmdata.records import Problem

TRIES: Final = 8
"""The most documents that are drawn for each input that is wanted."""
MOST_CASES: Final = 60
"""How many test cases of the given inputs the hull is learned from."""
_CASES: Final = (1, 1, 2, 3, 4, 6)
"""The numbers of test cases from which a drawn input takes one."""
_CHANGES: Final = (0.1, 0.1, 0.3, 0.6)
_LONGEST: Final = 20_000
_TEST_CASES: Final = re.compile(r"test ?-?cases?\b|data ?sets?\b", re.IGNORECASE)
_TANGLED: Final = re.compile(
    r"\b(bipartite|acyclic|cactus|planar|binary tree|rooted|lexicographically sorted)\b"
)
"""Words of a statement that ask more of a graph than drawn edges fulfil."""


class StdinSpace(InputSpace):
    """The inputs of one problem. If no grammar is found, there are no inputs but the given ones."""

    reads_text = True

    def __init__(
        self, given: Sequence[str], programs: Sequence[str], *, statement: str = "", is_slow: bool = False
    ) -> None:
        """``programs``: the programs, the reference first. ``statement``: the problem's own words."""
        self.grammar = learn_grammar(given, reading_of(programs[0]))
        self._documents: dict[str, Document] = {}
        if self.grammar is None:
            return
        for text in given:
            document = self.grammar.parse(text)
            if document is not None and len(text) <= _LONGEST:
                self._documents[text] = document
        self._packed = _packed(self.grammar, statement)
        self._items: tuple[GrammarItem, ...] = (
            self.grammar.items if self._packed is None else self._packed[1].items
        )
        self._given = [case for document in self._documents.values() for case in self._cases(document)]
        calls = [call_of(self._items, case) for case in self._given[:MOST_CASES]]
        domain = learn(calls, spread=1 if is_slow else SPREAD)
        self._domain = domain.without({each for each in domain.features if is_unsaid(each, statement)})
        self._sampler = Sampler(self._items, self._given)
        self._most_cases = max((len(self._cases(each)) for each in self._documents.values()), default=0)
        self._is_tangled = bool(self._sampler.edges) and _TANGLED.search(statement) is not None
        self.use_programs(programs)

    def use_programs(self, programs: Sequence[str]) -> None:
        if self.grammar is not None:
            self._sampler.use_literals(literals_of(programs))

    def large(self, rng: random.Random) -> list[str]:  # noqa: ARG002 - what is larger than said is no input
        return []

    def draw(
        self, rng: random.Random, wanted: int, seeds: Sequence[str], known: set[str]
    ) -> tuple[list[str], list[str]]:
        if self.grammar is None or not self._given:
            return [], []
        starts = [
            case for text in seeds if text in self._documents for case in self._cases(self._documents[text])
        ]
        inside: list[str] = []
        outside: list[str] = []
        held: list[Document] = []
        wanted_cases = rng.choice(_CASES)
        for case, broken in self._drawn(rng, TRIES * wanted, starts or self._given):
            if broken:
                outside += self._rendered([case], known)
                continue
            held.append(case)
            if self._packed is None or len(held) >= wanted_cases:
                inside += self._rendered(held, known)
                held, wanted_cases = [], rng.choice(_CASES)
                if len(inside) >= wanted:
                    break
        return inside, outside

    def violations(self, text: str) -> frozenset[Feature]:
        document = self._document(text)
        if document is None:
            return frozenset({("grammar", (), ())})
        found: set[Feature] = set()
        for case in self._cases(document):
            found |= self._broken(case)
        return frozenset(found)

    def is_as_small(self, text: str) -> bool:
        document = self._document(text)
        if document is None or len(self._cases(document)) > self._most_cases:
            return False
        return all(self._domain.is_as_small(call_of(self._items, case)) for case in self._cases(document))

    def widen(self, features: Collection[Feature]) -> None:
        if self.grammar is not None:
            self._domain = self._domain.without(features)

    def _drawn(
        self, rng: random.Random, most: int, starts: Sequence[Document]
    ) -> Iterator[tuple[Document, frozenset[Feature]]]:
        """Well-formed cases, each with the features by which it is outside."""
        for _ in range(most):
            near = rng.choice(starts) if rng.random() < 0.5 else None
            case = self._sampler.draw(rng, near, rng.choice(_CHANGES) if near is not None else 1.0)
            if case is None:
                continue
            broken = self._broken(case)
            if not any(name in MALFORMED for name, _, _ in broken):
                yield case, broken

    def _broken(self, case: Document) -> frozenset[Feature]:
        broken = self._domain.violations(call_of(self._items, case))
        if self._is_tangled:
            broken |= {("tangled", (), ())}
        return broken if self._sampler.is_built_right(case) else broken | {("edges", (), ())}

    def _rendered(self, cases: Sequence[Document], known: set[str]) -> list[str]:
        """The input that holds ``cases``; empty if they cannot be written or were written before."""
        assert self.grammar is not None
        document = cases[0]
        if self._packed is not None:
            head, repeat = self._packed
            document = {head.name: len(cases), repeat.name: list(cases)}
        text = self.grammar.render(document)
        if text is None or text in known or self.grammar.parse(text) != document:
            return []
        known.add(text)
        self._documents[text] = document
        return [text]

    def _document(self, text: str) -> Document | None:
        return self._documents.get(text)

    def _cases(self, document: Document) -> list[Document]:
        if self._packed is None:
            return [document]
        rows: list[Document] = document[self._packed[1].name]
        return rows


def grammar_text(problem: Problem) -> str:
    """The grammar of the problem's inputs, for people; "no grammar" if none was found."""
    texts = [test.input for test in problem.tests]
    grammar = learn_grammar(texts, reading_of(problem.reference))
    return "no grammar" if grammar is None else str(grammar)


def _packed(grammar: InputGrammar, statement: str) -> tuple[Field, Repeat] | None:
    """The count and the repetition, if an input is a row of independent test cases. Their forms have several
    lines, or one line if the statement calls them test cases. (Other lines that repeat are one list.)"""
    found = grammar.cases
    if found is None or (len(found[1].items) == 1 and not _TEST_CASES.search(statement)):
        return None
    return found
