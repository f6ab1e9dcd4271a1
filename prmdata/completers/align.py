"""Align the steps of two programs for one problem, and carry the names of one over to the other.

The offline completer needs this: it has to know where in a passing program a prefix of another program
stops, and what its variables are called there. The method is global alignment (Needleman and Wunsch) over
the similarity of steps as token shapes, so a changed line is aligned with the line it was changed from.
"""

from __future__ import annotations

import builtins
import io
import keyword
import tokenize
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from prmdata.completers.landmarks import landmarks
from prmdata.records import Step

SIMILAR = 0.5
"""Two steps that are less similar than this are not versions of the same step."""
PAIRS = 10_000
"""The most pairs of steps that one alignment compares (100 steps with 100). It bounds work and memory, which
would otherwise grow with the product of the two lengths. Longer programs are first cut at the steps that
occur exactly once in each, word for word. The parts between are aligned in order, until the pairs are used
up; after that, a step has no counterpart."""
TOKENS = 400
"""In longer steps (a table of a thousand numbers) the tokens are counted, and their order is ignored."""
_REMEMBERED = 8_192
"""How many steps, and how many pairs of them, are remembered: those of one problem are compared again and again."""

_SILENT = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
_ALIKE_AT_LEAST = (("return",), ("for",), ("while",), ("def",))
_FIXED = frozenset(keyword.kwlist) | frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Words:
    """The tokens of a step: ``texts`` as written, ``shape`` with the step's own names replaced by one
    sign."""

    texts: tuple[str, ...]
    shape: tuple[str, ...]
    names: tuple[bool, ...]


@lru_cache(maxsize=_REMEMBERED)
def words(text: str) -> Words:
    """The tokens of a step. A text that does not tokenize is split at blanks instead."""
    texts: list[str] = []
    named: list[bool] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text.lstrip(" \t"), newline="").readline):
            if token.type not in _SILENT and token.string:
                free = token.type == tokenize.NAME and token.string not in _FIXED
                named.append(free and not (texts and texts[-1] == "."))
                texts.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        texts = text.split()
        named = [False] * len(texts)
    shape = tuple("·" if own else word for own, word in zip(named, texts, strict=True))
    return Words(tuple(texts), shape, tuple(named))


def similarity(one: Step, other: Step) -> float:
    """How alike two steps are, from 0 to 1. The programmer's own names count half."""
    if _role(one) != _role(other):
        return 0.0
    left, right = words(one.text), words(other.text)
    if left.texts == right.texts:
        return 1.0
    return (_ratio(left.shape, right.shape) + _ratio(left.texts, right.texts)) / 2


def _similarity_in_search(one: Step, other: Step) -> float:
    """:func:`similarity` if the two may be versions of one step. If their tokens show, in any order, that
    they are not, it returns the similarity without regard to order, which takes a tenth of the work."""
    if _role(one) != _role(other):
        return 0.0
    left, right = words(one.text), words(other.text)
    at_most = (_share(left.shape, right.shape) + _share(left.texts, right.texts)) / 2
    return similarity(one, other) if at_most >= SIMILAR else at_most


def _share(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """An upper bound of :func:`_ratio`: the tokens in common, whatever their order."""
    number = len(left) + len(right)
    if not number:
        return 1.0
    there = _counted(right)
    common = sum(min(count, there.get(token, 0)) for token, count in _counted(left).items())
    return 2.0 * common / number


@lru_cache(maxsize=_REMEMBERED)
def _counted(tokens: tuple[str, ...]) -> Counter[str]:
    return Counter(tokens)


def _role(step: Step) -> str:
    """The role of a step: it opens a suite, does something, or says something. Steps of different roles are
    never aligned."""
    return "opens" if step.kind in ("header", "clause") else step.kind


@lru_cache(maxsize=_REMEMBERED)
def _ratio(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return matcher.quick_ratio() if max(len(left), len(right)) > TOKENS else matcher.ratio()


@dataclass(frozen=True, slots=True)
class Alignment:
    """``matched[i]`` is the step of the other program that step i corresponds to (increasing), or None.
    ``names`` says what the names of the other program are called here. ``score`` is the sum of the
    similarities of the matches."""

    matched: tuple[int | None, ...]
    names: Mapping[str, str]
    score: float


def aligned(steps: Sequence[Step], others: Sequence[Step]) -> Alignment:
    """Align twice: first by shape, which shows the names, and then with the other program's names carried
    over. The second pass shows when a step binds another name than its supposed counterpart."""
    names = name_map(steps, others, align(steps, others))
    called = [replace(step, text=renamed(step.text, names)) for step in others]
    matched = align(steps, called, bindings=True)
    score = sum(
        similarity(steps[row], called[column]) for row, column in enumerate(matched) if column is not None
    )
    return Alignment(tuple(matched), names, score)


@lru_cache(maxsize=_REMEMBERED)
def _blocks(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[tuple[int, int, int], ...]:
    """The equal parts of two shapes: where they start in each, and how long they are."""
    if left == right:
        return ((0, 0, len(left)),)
    if max(len(left), len(right)) > TOKENS:
        return ()
    found = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return tuple((block.a, block.b, block.size) for block in found)


def align(steps: Sequence[Step], others: Sequence[Step], *, bindings: bool = False) -> list[int | None]:
    """For each of ``steps``, the index of its counterpart in ``others``; None if it has none. The indices
    increase. Time and memory grow with the product of the two lengths, without the common beginning, up to
    ``PAIRS``. With ``bindings``, the two programs use the same names, and steps that assign to different
    names are not alike."""
    alike = 0
    while alike < min(len(steps), len(others)) and steps[alike].text == others[alike].text:
        alike += 1
    rest = _align_parts(steps[alike:], others[alike:], bindings)
    return [*range(alike), *(None if place is None else place + alike for place in rest)]


def _align_parts(steps: Sequence[Step], others: Sequence[Step], bindings: bool) -> list[int | None]:
    """Does what :func:`_align` does; programs that are too long for it are cut at common steps."""
    if len(steps) * len(others) <= PAIRS:
        return _align(steps, others, bindings)
    matched: list[int | None] = [None] * len(steps)
    left = PAIRS
    row = column = 0
    for next_row, next_column in [
        *landmarks([step.text for step in steps], [step.text for step in others]),
        (len(steps), len(others)),
    ]:
        pairs = (next_row - row) * (next_column - column)
        if pairs <= left:
            left -= pairs
            part = _align(steps[row:next_row], others[column:next_column], bindings)
            matched[row:next_row] = [None if place is None else place + column for place in part]
        if next_row < len(steps):
            matched[next_row] = next_column
        row, column = next_row + 1, next_column + 1
    return matched


def _align(steps: Sequence[Step], others: Sequence[Step], bindings: bool) -> list[int | None]:
    rows, columns = len(steps), len(others)
    like = _similarity_of_namesakes if bindings else _similarity_in_search
    alike_of = [[like(step, other) for other in others] for step in steps]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            alike = alike_of[row][column]
            together = alike + best[row + 1][column + 1] if alike >= SIMILAR else -1.0
            best[row][column] = max(together, best[row + 1][column], best[row][column + 1])
    matched: list[int | None] = [None] * rows
    row = column = 0
    while row < rows and column < columns:
        alike = alike_of[row][column]
        if alike >= SIMILAR and best[row][column] == alike + best[row + 1][column + 1]:
            matched[row] = column
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return _fill_equal_gaps(matched, alike_of)


def target(step: Step) -> str:
    """What a plain or augmented assignment binds, as text (``C[i][j]``); empty for other steps."""
    texts = words(step.text).texts
    depth = 0
    for place, word in enumerate(texts):
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        if depth == 0 and word.endswith("=") and word not in ("==", "!=", "<=", ">=", ":="):
            return " ".join(texts[:place]).partition(" : ")[0]
    return ""


def _similarity_of_namesakes(step: Step, other: Step) -> float:
    """:func:`similarity` if names mean the same in both programs. Steps that bind different names differ. Two
    steps that bind the same name, or are loops alike, or both return, are at least versions of one step."""
    mine, theirs = target(step), target(other)
    if mine and theirs and mine != theirs:
        return 0.0
    alike = _similarity_in_search(step, other)
    first, second = words(step.text).texts[:1], words(other.text).texts[:1]
    is_namesake = bool(mine and theirs) or (first == second and first in _ALIKE_AT_LEAST)
    return max(alike, SIMILAR) if alike and is_namesake else alike


def _fill_equal_gaps(matched: list[int | None], alike_of: Sequence[Sequence[float]]) -> list[int | None]:
    """If two matches have equally many steps between them on both sides, those steps correspond one to one: a
    line that was rewritten beyond recognition still corresponds to the line that it replaced."""
    columns = len(alike_of[0]) if alike_of else 0
    filled = list(matched)
    edges = [(-1, -1), *((row, column) for row, column in enumerate(matched) if column is not None)]
    edges.append((len(matched), columns))
    for (row, column), (next_row, next_column) in pairwise(edges):
        if next_row - row == next_column - column:
            for step in range(1, next_row - row):
                filled[row + step] = column + step
    return filled


def name_map(
    steps: Sequence[Step], others: Sequence[Step], matched: Sequence[int | None]
) -> Mapping[str, str]:
    """What the names of ``others`` are called in ``steps``, as the equal parts of matched steps show it
    (steps of one shape count twice). The most frequent reading wins, and no two names become one."""
    votes: dict[str, Counter[str]] = {}
    for row, column in enumerate(matched):
        if column is None:
            continue
        left, right = words(steps[row].text), words(others[column].text)
        weight = 2 if left.shape == right.shape else 1
        for start, other_start, size in _blocks(left.shape, right.shape):
            for place in range(size):
                if left.names[start + place]:
                    mine, theirs = left.texts[start + place], right.texts[other_start + place]
                    votes.setdefault(theirs, Counter())[mine] += weight
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for theirs, counted in sorted(votes.items(), key=lambda item: (-max(item[1].values()), item[0])):
        mine = min(counted, key=lambda name: (-counted[name], name))
        if mine not in taken:
            chosen[theirs] = mine
            taken.add(mine)
    return {theirs: mine for theirs, mine in chosen.items() if theirs != mine}


def renamed(text: str, names: Mapping[str, str]) -> str:
    """The ``text`` of a step with names replaced, but not attributes and not the keywords of arguments. Text
    that does not tokenize is left as it is."""
    if not names:
        return text
    lines = list(io.StringIO(text, newline=""))
    try:
        tokens = [
            token
            for token in tokenize.generate_tokens(iter([*lines, ""]).__next__)
            if token.type not in _SILENT
        ]
    except (tokenize.TokenError, SyntaxError):
        return text
    depth, places = 0, []
    for index, token in enumerate(tokens):
        depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
        if token.type == tokenize.NAME and token.string in names:
            before = tokens[index - 1].string if index else ""
            after = tokens[index + 1].string if index + 1 < len(tokens) else ""
            if before != "." and not (depth and after == "=" and before in ("(", ",")):
                places.append(token)
    for token in reversed(places):
        line = lines[token.start[0] - 1]
        lines[token.start[0] - 1] = line[: token.start[1]] + names[token.string] + line[token.end[1] :]
    return "".join(lines)
