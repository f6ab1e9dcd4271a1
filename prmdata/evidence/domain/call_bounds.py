"""The bounds that a statement gives the arguments of a function: ``1 <= nums.length <= 10^5``, ``0 <= a[i] < n``,
``1 <= start_i <= end_i``, ``edges.length == n - 1``, ``Assume n > 1``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any, Final

from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.values import Call, Path

_SPELLED: Final = (
    (re.compile(r"\\leq?(?![a-z])|⩽|≦|≤|&le;"), "<="),
    (re.compile(r"\\geq?(?![a-z])|⩾|≧|≥|&ge;"), ">="),
    (re.compile(r"&lt;"), "<"),
    (re.compile(r"&gt;"), ">"),
    (re.compile(r"[−–]"), "-"),
    (re.compile(r"[`$\u00a0]"), " "),
)
_NUMBER: Final = r"-?\d+(?:\s*\*\s*\d+)?(?:\s*(?:\^|\*\*)\s*\d+)?"
_NAME: Final = r"[A-Za-z_]\w*"
_REFERENCE: Final = (
    rf"(?:len\(\s*{_NAME}(?:\[\w+\])*\s*\)|{_NAME}(?:\[\w+\])*(?:\.(?:length|size)(?:\(\))?)?)"
    r"(?:\s*[-+]\s*\d+(?!\s*[*^]))?"
)
_SIDE: Final = rf"(?:{_NUMBER}|{_REFERENCE}(?:\s*,\s*{_REFERENCE})*)"
_CHAIN: Final = re.compile(
    rf"(?<![\w.\])*/^+-])(?<![*/^+-] ){_SIDE}(?:\s*(?:<=|>=|==|<|>)\s*{_SIDE})+(?!\w|[(\[]|\s*[*/^+]|\s*-\s*\w)"
)
_SIGN: Final = re.compile(r"\s*(<=|>=|==|<|>)\s*")
_TERM: Final = re.compile(
    rf"(?:len\(\s*(?P<measured>{_NAME})(?P<inner>(?:\[\w+\])*)\s*\)"
    rf"|(?P<name>{_NAME})(?P<indices>(?:\[\w+\])*)(?P<length>\.(?:length|size)(?:\(\))?)?)"
    r"\s*(?P<offset>[-+]\s*\d+)?"
)
_ROWS: Final = re.compile(rf"({_NAME})\[\w+\]\s*==?\s*\[\s*({_NAME}(?:\s*,\s*{_NAME})+)\s*\]")
POWER_OF_TEN: Final = re.compile(r"10([3-9]|1[0-8])")
"""A power of ten whose sign got lost: 105 stands for 10^5 in a statement that writes no ``^``."""
_ASSERTED: Final = re.compile(
    r"\b(?:assum\w*|given|guarante\w*|constraints?|restrict\w*|note|satisf\w*|with|where|such that)\b[^<>=]*$|\(\s*$|^[\s*•-]*$",
    re.IGNORECASE,
)
"""What stands on the line in front of a bound that every input keeps."""
_SHORTENED: Final = 3
"""So many letters of a name are enough to know it by."""
_CONDITION: Final = re.compile(
    r"\b(?:if|when|unless|whether|until|while|otherwise|elif|return|for all|for each|for any)\b",
    re.IGNORECASE,
)
_HOLDS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Term:
    """One side of a bound: a number, or what an argument shows. ``depth``: how many levels of elements are taken
    from the argument; ``column``: which place of each row; ``is_length``: their lengths are meant."""

    path: Path | None
    depth: int = 0
    column: int | None = None
    is_length: bool = False
    offset: int = 0

    def numbers(self, call: Call) -> list[int | float] | None:
        """The numbers that ``call`` has for this side; None where it has something else there."""
        if self.path is None:
            return [self.offset]
        values = [value for path, value in call.slots() if path == self.path]
        try:
            for _ in range(self.depth):
                values = [item for value in values for item in _items(value)]
            if self.column is not None:
                values = [row[self.column] for value in values for row in _items(value)]
            if self.is_length:
                values = [len(value) for value in values]
        except (TypeError, IndexError, KeyError):
            return None
        if not all(type(value) in (int, float) for value in values):
            return None
        return [value + self.offset for value in values]


@dataclass(frozen=True, slots=True)
class CallBound:
    """A comparison of two sides that every input keeps, and the sentence of the statement that says so."""

    left: Term
    sign: str
    right: Term
    sentence: str

    def holds(self, call: Call) -> bool | None:
        """Whether ``call`` keeps the bound; None where it does not apply."""
        left, right = self.left.numbers(call), self.right.numbers(call)
        if not left or not right:
            return None
        pairs = zip(left, right, strict=True) if len(left) == len(right) else product(left, right)
        return all(_HOLDS[self.sign](a, b) for a, b in pairs)

    def allows(self) -> Iterator[Feature]:
        """The features of a hull that the bound says inputs need not have: where the least value is 0, ``nonzero``."""
        least, term = (self.left, self.right) if self.sign in ("<=", "<") else (self.right, self.left)
        if least.path is not None or term.path is None or term.column is not None or self.sign == "==":
            return
        path: Path = (*term.path, *("[]",) * term.depth)
        smallest = least.offset - term.offset + (self.sign in ("<", ">"))
        sizes = ("nonempty", "several") if term.is_length else ("nonzero", "beyond one")
        for name, needed in zip(sizes, (1, 2), strict=True):
            if smallest < needed:
                yield name, path, ()
        if smallest < 0:
            yield "nonnegative", path, ()
            yield "one sign", path[:-1], ()


def call_bounds(statement: str, paths: Mapping[str, Path]) -> list[CallBound]:
    """The bounds in ``statement``. ``paths``: where the argument of each name stands in a call."""
    text = _spelled(statement)
    columns: dict[str, tuple[str, int]] = {}
    found: list[CallBound] = []
    for match in _ROWS.finditer(text):
        names = re.split(r"\s*,\s*", match[2])
        columns |= {name: (match[1], place) for place, name in enumerate(names)}
        if match[1] in paths:
            width = Term(paths[match[1]], 1, None, True), "==", Term(None, offset=len(names))
            found.append(CallBound(*width, match[0].strip()))
    reader = _ChainReader(paths, columns, "^" not in text and "**" not in text)
    chains = [(line, match) for line in text.split("\n") for match in _asserted(line)]
    for _, match in chains:
        reader.learn_names(match[0])
    found += [bound for line, match in chains for bound in reader.bounds(match[0], line.strip())]
    return list(dict.fromkeys(found))


def _asserted(line: str) -> Iterator[re.Match[str]]:
    if line.lstrip().startswith(">>>"):
        return
    for match in _CHAIN.finditer(line):
        before = line[: match.start()].rpartition(". ")[2]
        if _ASSERTED.search(before) and not _CONDITION.search(before):
            yield match


class _ChainReader:
    """Reads chains of bounds. A name that is no parameter is known where the statement says what it is equal to."""

    def __init__(
        self, paths: Mapping[str, Path], columns: Mapping[str, tuple[str, int]], is_plain: bool
    ) -> None:
        self._paths = paths
        self._columns = columns
        self._is_plain = is_plain
        self._known: dict[str, Term] = {}

    def learn_names(self, chain: str) -> None:
        sides = _SIGN.split(chain)
        for (left, sign), right in zip(pairwise(sides), sides[2:], strict=False):
            if sign == "==":
                for name, term in ((left, self._term(right)), (right, self._term(left))):
                    if re.fullmatch(_NAME, name) and term is not None and self._term(name) is None:
                        self._known[name] = term

    def bounds(self, chain: str, sentence: str) -> Iterator[CallBound]:
        sides = _SIGN.split(chain)
        for at in range(0, len(sides) - 2, 2):
            for left, right in product(self._terms(sides[at]), self._terms(sides[at + 2])):
                if left is not None and right is not None and (left.path or right.path) and left != right:
                    yield CallBound(left, sides[at + 1], right, sentence)

    def _terms(self, side: str) -> Sequence[Term | None]:
        if re.fullmatch(_NUMBER, side):
            return (Term(None, offset=_number(side, self._is_plain)),)
        return [self._term(each) for each in re.split(r"\s*,\s*", side)]

    def _term(self, text: str) -> Term | None:
        match = _TERM.fullmatch(text.strip())
        if match is None:
            return None
        name = self._argument(match["measured"] or match["name"])
        depth = (match["inner"] or match["indices"] or "").count("[")
        is_length = match["measured"] is not None or match["length"] is not None
        offset = int((match["offset"] or "0").replace(" ", ""))
        if name in self._paths:
            return Term(self._paths[name], depth, None, is_length, offset)
        if name in self._columns and not depth:
            holder, place = self._columns[name]
            return Term(self._paths[holder], 0, place, is_length, offset) if holder in self._paths else None
        known = self._known.get(name)
        if known is None or depth or is_length:
            return None
        return Term(known.path, known.depth, known.column, known.is_length, known.offset + offset)

    def _argument(self, name: str) -> str:
        """The argument that a bound means: ``num`` where the only argument that begins so, or begins it, is ``number``."""
        if name in self._paths or name in self._columns or name in self._known or len(name) < _SHORTENED:
            return name
        alike = [one for one in self._paths if one.startswith(name) or name.startswith(one)]
        found = [one for one in alike if len(one) >= _SHORTENED]
        return found[0] if len(found) == 1 else name


def _spelled(statement: str) -> str:
    for pattern, plain in _SPELLED:
        statement = pattern.sub(plain, statement)
    return statement


def _number(text: str, is_plain: bool) -> int:
    """The number that ``2 * 10^5``, or ``105`` in a statement without powers, stands for."""
    found = 1
    for factor in text.replace("**", "^").replace(" ", "").split("*"):
        base, _, power = factor.lstrip("-").partition("^")
        lost = POWER_OF_TEN.fullmatch(base) if is_plain else None
        value = 10 ** int(lost[1]) if lost else int(base) ** min(int(power or 1), 30)
        found *= -value if factor.startswith("-") else value
    return found


def _items(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError("no rows")
    return value
