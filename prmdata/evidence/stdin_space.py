"""The inputs that programs read from standard input: a learned grammar, and inside it the hull of the given
inputs."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Final

from prmdata.evidence.domain import InputDomain, learn
from prmdata.evidence.domain.checks import SPREAD
from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.input_space import InputSpace
from prmdata.evidence.inputs.generate import MALFORMED
from prmdata.evidence.inputs.grammar.code_reading import reading_of
from prmdata.evidence.inputs.grammar.excluded_documents import excluded_documents
from prmdata.evidence.inputs.grammar.field_bounds import field_bounds
from prmdata.evidence.inputs.grammar.guarantees import guarantees, guarantees_of, said_of_structures
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
from prmdata.evidence.inputs.grammar.statement import is_said, is_unsaid
from prmdata.evidence.inputs.grammar.structures import EdgeForm
from prmdata.evidence.inputs.literals import literals_of

TRIES: Final = 8
"""The most documents that are drawn for each input that is wanted."""
MOST_CASES: Final = 60
"""How many test cases of the given inputs the hull is learned from."""
_CASES: Final = (1, 1, 2, 3, 4, 6)
"""The numbers of test cases from which a drawn input takes one."""
_CHANGES: Final = (0.1, 0.1, 0.3, 0.6)
_LONGEST: Final = 20_000
_SCALES: Final = (12, 14, 17, 20, 24, 30, 40, 60, 100, 200)
"""Sizes of large inputs, in the order in which the reference is asked: it may be too slow for the later ones."""
_OF_ONE_SCALE: Final = 3
_ALLOWED_BY_BOUNDS: Final = frozenset(
    {"nonnegative", "nonpositive", "nonzero", "beyond one", "one sign", "unit", "several", "in", "holds"}
)
"""Features of numbers, and of how many there are, which the statement's bounds decide where it gives them."""
_ALLOWED_BY_LENGTHS: Final = frozenset({"several", "nonempty"})
_TEST_CASES: Final = re.compile(r"test ?-?cases?\b|data ?sets?\b", re.IGNORECASE)
_COMPARES: Final = re.compile(
    r"\b(not|n't|no|never) (exceed|greater|more|larger|less|smaller|fewer)", re.IGNORECASE
)
"""Words with which a statement may say which of two numbers is the greater."""


class StdinSpace(InputSpace):
    """The inputs of one problem. If no grammar is found, there are no inputs but the given ones."""

    reads_text = True

    def __init__(
        self, given: Sequence[str], programs: Sequence[str], *, statement: str = "", is_slow: bool = False
    ) -> None:
        """``programs``: the programs, the reference first. ``statement``: the problem's own words."""
        self.grammar = learn_grammar(given, reading_of(programs[0]))
        self.unread: str | None = None
        """What the statement asks of its inputs and drawn ones may not hold, in its own words."""
        self.refused: Counter[str] = Counter()
        """How many drawn inputs were not taken for inside, by the reason."""
        self._documents: dict[str, Document] = {}
        self._beyond: set[str] = set()
        if self.grammar is None:
            return
        for text in given:
            document = self.grammar.parse(text)
            if document is not None and len(text) <= _LONGEST:
                self._documents[text] = document
        self._packed = _packed(self.grammar, statement)
        packed = self.grammar if self._packed is None else self._packed[1]
        self._items: tuple[GrammarItem, ...] = packed.items
        self._given = [case for document in self._documents.values() for case in self._cases(document)]
        calls = [call_of(self._items, case) for case in self._given[:MOST_CASES]]
        domain = learn(calls, spread=1 if is_slow else SPREAD)
        guaranteed = guarantees_of(statement)
        self._guaranteed = "\n".join(guaranteed)
        self._bounds = field_bounds(self.grammar, statement, list(self._documents.values()), guaranteed)
        self._domain = domain.without(
            {
                each
                for each in domain.features
                if is_unsaid(each, statement) or self._is_decided(each, statement)
            }
            | self._letters_decided(domain)
        )
        self._said = said_of_structures(statement)
        self._sampler = Sampler(self._items, self._given, self._bounds, self._said)
        self._guarantees = guarantees(
            statement,
            self._items,
            self._given,
            self._bounds,
            self._sampler.edges,
            has_parents=self._sampler.has_parents,
        )
        self._most_cases = max((len(self._cases(each)) for each in self._documents.values()), default=0)
        self.unread = self._guarantees.unread
        self.only_disputes = self.unread is not None
        self._smallest = self._sampler.smallest()
        self._has_free_sizes = self._bounds.leave_sizes(self._items)
        self.use_programs(programs)

    @property
    def edge_forms(self) -> Collection[EdgeForm]:
        """The forms of the graphs whose edges are rows of the input."""
        return self._sampler.edges.values()

    @property
    def is_bounded(self) -> bool:
        """Whether the statement bounds every number, or every text where there are no numbers."""
        return self._bounds.say_all(self._items)

    def use_programs(self, programs: Sequence[str]) -> None:
        if self.grammar is not None:
            self._sampler.use_literals(literals_of(programs))

    def large(self, rng: random.Random) -> list[str]:
        """Inputs of growing size, with numbers up to their bounds, one test case each."""
        if self.grammar is None or not self._given:
            return []
        found: list[str] = []
        for scale in _SCALES:
            self._sampler.scale = scale
            drawn = [self._sampler.draw(rng) for _ in range(_OF_ONE_SCALE)]
            cases = [
                case for case in drawn if case is not None and self._is_well_formed(case, but_for={"size"})
            ]
            found += [
                text for case in cases for text in self._rendered([case], set()) if len(text) <= _LONGEST
            ]
        self._sampler.scale = None
        return list(dict.fromkeys(found))

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
        smallest = list(islice(self._smallest, wanted // 2))
        for case, broken in self._drawn(rng, TRIES * wanted, starts or self._given, smallest):
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

    def excluded_inputs(self) -> Sequence[str]:
        if self.grammar is None or not self._given:
            return ()
        cases = excluded_documents(self._items, self._given, self._bounds, self._said)
        return list(dict.fromkeys(text for case in cases for text in self._rendered([case], set())))

    def violations(self, text: str) -> frozenset[Feature]:
        document = self._document(text)
        if document is None:
            return frozenset({("grammar", (), ())})
        found = {("answer", (), ())} if text in self._beyond else set[Feature]()
        for case in self._cases(document):
            found |= self._broken(case)
        return frozenset(found)

    def kept(self, text: str, answer: str) -> tuple[str, str]:
        if self.grammar is not None and not self._guarantees.allow_answer(answer):
            self._beyond.add(text)
        return text, answer

    def is_as_small(self, text: str) -> bool:
        document = self._document(text)
        if document is None or len(self._cases(document)) > self._most_cases:
            return False
        return all(self._domain.is_as_small(call_of(self._items, case)) for case in self._cases(document))

    def widen(self, features: Collection[Feature]) -> None:
        if self.grammar is not None:
            self._domain = self._domain.without(
                {each for each in features if not is_said(each, self._guaranteed)}
            )

    def _drawn(
        self, rng: random.Random, most: int, starts: Sequence[Document], first: Sequence[Document]
    ) -> Iterator[tuple[Document, frozenset[Feature]]]:
        """Well-formed cases, each with the features by which it is outside: ``first``, then drawn ones."""
        ready = iter(first)
        for _ in range(most):
            case = next(ready, None)
            if case is None:
                near = rng.choice(starts) if rng.random() < 0.5 else None
                case = self._sampler.draw(rng, near, rng.choice(_CHANGES) if near is not None else 1.0)
            if case is None:
                self.refused["no structure of that size came about"] += 1
            elif self._is_well_formed(case):
                broken = self._broken(case)
                if broken and not self.only_disputes:
                    self.refused[
                        f"the given inputs have in common: {min(name for name, _, _ in broken)}"
                    ] += 1
                yield case, broken
            else:
                self.refused["a stated bound or the form of a text was broken"] += 1

    def _is_well_formed(self, case: Document, but_for: Collection[str] = ()) -> bool:
        """Whether a case is an input of the problem at all: within the stated bounds, and nothing of another form."""
        if not self._bounds.hold(self._items, case) or self._guarantees.are_broken_by(case):
            return False
        return not any(name in MALFORMED and name not in but_for for name, _, _ in self._broken(case))

    def _is_decided(self, feature: Feature, statement: str) -> bool:
        """Whether the stated bounds decide what ``feature`` says of numbers."""
        name, _, where = feature
        if name in _ALLOWED_BY_LENGTHS and self._bounds.lengths:
            return True
        if not self._bounds.bounds or self._bounds.is_partial:
            return False
        if name == "nonempty" and not self._bounds.leave_sizes(self._items):
            return True  # a number says the size of everything, and its bounds are known
        is_order = name in ("<=", ">=") and where[1:] == ("value", "value")
        return name in _ALLOWED_BY_BOUNDS or (is_order and not _COMPARES.search(statement))

    def _letters_decided(self, domain: InputDomain) -> set[Feature]:
        """The letters of texts, where the statement says which all of them may have."""
        allowed = frozenset[str]().union(*self._bounds.letters.values())
        return {("letters", path, ()) for path, seen in domain.chars.items() if allowed and allowed >= seen}

    def _broken(self, case: Document) -> frozenset[Feature]:
        broken = self._domain.violations(call_of(self._items, case))
        if self._bounds.say_all(self._items) and not self._has_free_sizes:
            broken = frozenset(each for each in broken if each[0] != "size")
        if self.only_disputes:
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
        if text is not None and text in known:
            self.refused["they were drawn before: there are few different ones"] += 1
            return []
        if text is None or self.grammar.parse(text) != document:
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


def _packed(grammar: InputGrammar, statement: str) -> tuple[Field, Repeat] | None:
    """The count and the repetition, if an input is a row of independent test cases. Their forms have several
    lines, or one line if the statement calls them test cases. (Other lines that repeat are one list.)"""
    found = grammar.cases
    if found is None or (len(found[1].items) == 1 and not _TEST_CASES.search(statement)):
        return None
    return found
