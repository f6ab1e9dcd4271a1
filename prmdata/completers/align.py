"""Align the steps of two programs for one problem, and propagate the names of one into the other.

What the offline completer stands on: where in a program that passes does a prefix of another one stop,
and what are its variables called there. Global alignment (Needleman and Wunsch) over the similarity of
steps as token shapes, so that a changed line is aligned with the line it was changed from.
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
"""Two steps less similar than this are not the same step changed."""
PAIRS = 10_000
"""Pairs of steps that one alignment compares at most (100 steps with 100): work and memory are their number, not the
product of two lengths that a program chooses. Longer programs are first cut at the steps that stand word for word once
in both, and the parts between are aligned, in order, while there are pairs left; beyond that a step has no counterpart."""
TOKENS = 400
"""Of longer steps (a table of a thousand numbers) the tokens are counted, and not put in order."""

_SILENT = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
_ALIKE_AT_LEAST = (("return",), ("for",), ("while",), ("def",))
_FIXED = frozenset(keyword.kwlist) | frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Words:
    """A step's tokens: ``texts`` as they stand, ``shape`` with names of its own replaced by one sign."""

    texts: tuple[str, ...]
    shape: tuple[str, ...]
    names: tuple[bool, ...]


@lru_cache(maxsize=65536)
def words(text: str) -> Words:
    """The tokens of a step; of text that does not tokenize, its blank-separated parts."""
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
    """0 to 1: how much of two steps is the same, names of their own counting half."""
    if _role(one) != _role(other):
        return 0.0
    left, right = words(one.text), words(other.text)
    if left.texts == right.texts:
        return 1.0
    return (_ratio(left.shape, right.shape) + _ratio(left.texts, right.texts)) / 2


def _similarity_in_search(one: Step, other: Step) -> float:
    """:func:`similarity` where the two may be one step; where their tokens, put in any order, show that they are not,
    what that order would give, which is a tenth of the work."""
    if _role(one) != _role(other):
        return 0.0
    left, right = words(one.text), words(other.text)
    at_most = (_share(left.shape, right.shape) + _share(left.texts, right.texts)) / 2
    return similarity(one, other) if at_most >= SIMILAR else at_most


def _share(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """What :func:`_ratio` is at most: the tokens in common, whatever their order."""
    number = len(left) + len(right)
    if not number:
        return 1.0
    there = _counted(right)
    common = sum(min(count, there.get(token, 0)) for token, count in _counted(left).items())
    return 2.0 * common / number


@lru_cache(maxsize=65536)
def _counted(tokens: tuple[str, ...]) -> Counter[str]:
    return Counter(tokens)


def _role(step: Step) -> str:
    """What opens a suite, what does something, what says something: never one for the other."""
    return "opens" if step.kind in ("header", "clause") else step.kind


@lru_cache(maxsize=65536)
def _ratio(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return matcher.quick_ratio() if max(len(left), len(right)) > TOKENS else matcher.ratio()


@dataclass(frozen=True, slots=True)
class Alignment:
    """``matched[i]``: the step of the other program that step i stands for, increasing; None: none.
    ``names``: what the other's names are called here. ``score``: the sum of the matches' similarity."""

    matched: tuple[int | None, ...]
    names: Mapping[str, str]
    score: float


def aligned(steps: Sequence[Step], others: Sequence[Step]) -> Alignment:
    """Align twice: first by shape, which shows the names; then with the other's names propagated, when
    a step that binds another name than its counterpart is seen not to be its counterpart."""
    names = name_map(steps, others, align(steps, others))
    called = [replace(step, text=renamed(step.text, names)) for step in others]
    matched = align(steps, called, bindings=True)
    score = sum(
        similarity(steps[row], called[column]) for row, column in enumerate(matched) if column is not None
    )
    return Alignment(tuple(matched), names, score)


@lru_cache(maxsize=65536)
def _blocks(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[tuple[int, int, int], ...]:
    """The equal parts of two shapes: where they start, and how long they are."""
    if left == right:
        return ((0, 0, len(left)),)
    if max(len(left), len(right)) > TOKENS:
        return ()
    found = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return tuple((block.a, block.b, block.size) for block in found)


def align(steps: Sequence[Step], others: Sequence[Step], *, bindings: bool = False) -> list[int | None]:
    """For each of ``steps`` the index of the step of ``others`` it corresponds to, increasing; None
    where it has none. Time and memory: the product of the two lengths, less what both begin with, and at
    most ``PAIRS``. With ``bindings`` the names of the two are the same, and steps that assign to different
    ones are not alike."""
    alike = 0
    while alike < min(len(steps), len(others)) and steps[alike].text == others[alike].text:
        alike += 1
    rest = _align_parts(steps[alike:], others[alike:], bindings)
    return [*range(alike), *(None if place is None else place + alike for place in rest)]


def _align_parts(steps: Sequence[Step], others: Sequence[Step], bindings: bool) -> list[int | None]:
    """As :func:`_align`; what is too long for it is cut in parts that both have in common."""
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
    """:func:`similarity` where names mean the same: what binds another name is something else, and what
    binds the same one, loops alike or returns, is at least the same step changed."""
    mine, theirs = target(step), target(other)
    if mine and theirs and mine != theirs:
        return 0.0
    alike = _similarity_in_search(step, other)
    first, second = words(step.text).texts[:1], words(other.text).texts[:1]
    is_namesake = bool(mine and theirs) or (first == second and first in _ALIKE_AT_LEAST)
    return max(alike, SIMILAR) if alike and is_namesake else alike


def _fill_equal_gaps(matched: list[int | None], alike_of: Sequence[Sequence[float]]) -> list[int | None]:
    """Between two matches, equally many steps on both sides correspond one to one: a line rewritten
    beyond recognition still stands for the line it replaced."""
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
    """What the names of ``others`` are called in ``steps``, as the equal parts of matched steps show
    (steps of one shape count twice); the most frequent reading wins, and no two names become one."""
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
    """A step's ``text`` with names replaced where they stand as names of their own (not attributes, not
    the keyword of an argument). Text that does not tokenize is left as it is."""
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
