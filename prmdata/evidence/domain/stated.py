"""What the statement of a problem says of the arguments of its function, in bounds and in words, as far as the given
inputs bear it out. An input that breaks it is no input of the problem, so it is never tried."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from prmdata.evidence.domain.call_bounds import CallBound, call_bounds
from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.domain.stated_words import told_features
from prmdata.evidence.values import Call, Path

LONGEST: Final = 200
"""The most characters of a sentence that evidence keeps."""


@dataclass(frozen=True)
class Stated:
    """``features``: those of the hull that the statement asks for. ``bounds``: comparisons that every input keeps.
    ``sentences``: what says so, in the order of the statement."""

    features: frozenset[Feature] = frozenset()
    bounds: tuple[CallBound, ...] = ()
    sentences: tuple[str, ...] = ()

    def is_broken_by(self, call: Call, broken: Collection[Feature]) -> bool:
        """Whether the statement excludes ``call``, which is outside the hull by ``broken``."""
        return not self.features.isdisjoint(broken) or any(
            bound.holds(call) is False for bound in self.bounds
        )

    def allows(self) -> frozenset[Feature]:
        """The features that the hull has only by chance: the statement says that inputs need not have them."""
        return frozenset(feature for bound in self.bounds for feature in bound.allows()) - self.features


NOTHING: Final = Stated()


def read(
    statement: str,
    names: Sequence[str],
    given: Sequence[Call],
    features: Collection[Feature],
    kinds: Mapping[Path, frozenset[str]],
) -> Stated:
    """What ``statement`` says of a function with the parameters ``names``. A bound counts if it holds for every given
    input, and applies to one at least."""
    paths = {name: path for call in given for name, path in _named(call, names)}
    bounds = []
    for bound in call_bounds(statement, paths):
        holding = [bound.holds(call) for call in given]
        if True in holding and False not in holding:
            bounds.append(bound)
    told = told_features(statement, features, kinds)
    said = [*(bound.sentence for bound in bounds), *told.values()]
    sentences = sorted(dict.fromkeys(said), key=lambda sentence: (statement.find(sentence[:20]), sentence))
    return Stated(
        frozenset(told), tuple(bounds), tuple(sentence.strip("\"'# ")[:LONGEST] for sentence in sentences)
    )


def parameters_of(program: str, entry_point: str) -> tuple[str, ...]:
    """The names of the positional parameters of a program's function, without ``self``; none where it is not found."""
    name = entry_point.rpartition(".")[2]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            found = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
            return tuple(found[1:] if found[:1] == ["self"] else found)
    return ()


def _named(call: Call, names: Sequence[str]) -> Iterator[tuple[str, Path]]:
    for path in call.paths:
        at = path[0]
        if isinstance(at, str):
            yield at, path
        elif at < len(names):
            yield names[at], path
