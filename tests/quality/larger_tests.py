"""Larger tests for the problems of the bundled sample, made for measuring labels and never given to a build.

Each problem has a function that draws valid arguments by its statement alone: not by its given tests, which is where a
build learns its input domain. What the reference answers on them is expected; those answers are asserts.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any, Final

from prmdata.records import Problem, Test

INPUTS: Final = 150
"""The number of inputs that are drawn for each problem. Small sizes are drawn most, for most faults show there."""

Draw = random.Random
Arguments = tuple[Any, ...]


def size(draw: Draw, most: int = 9) -> int:
    """A size from 0 on, small more often than large."""
    return min(draw.randint(0, most), draw.randint(0, most))


def text(draw: Draw, letters: str, most: int = 9) -> str:
    return "".join(draw.choices(letters, k=size(draw, most)))


def words(draw: Draw, letters: str = "abc", most: int = 6) -> list[str]:
    return [text(draw, letters, 5) for _ in range(size(draw, most))]


def numbers(draw: Draw, low: int = -9, high: int = 9, most: int = 9) -> list[int]:
    return [draw.randint(low, high) for _ in range(size(draw, most))]


def matrix(draw: Draw, high: int = 4) -> list[list[int]]:
    rows, columns = draw.randint(1, 5), draw.randint(1, 5)
    return [[draw.randint(-high, high) for _ in range(columns)] for _ in range(rows)]


def pairs(draw: Draw, low: int, high: int, most: int = 6) -> list[tuple[int, int]]:
    """Intervals: the end is not before the start."""
    return [
        (start, start + size(draw, 9)) for start in (draw.randint(low, high) for _ in range(size(draw, most)))
    ]


def tree(draw: Draw, depth: int = 3) -> dict[str, Any]:
    return {
        key: tree(draw, depth - 1) if depth and draw.random() < 0.5 else draw.randint(0, 3)
        for key in draw.sample("abcde", size(draw, 3))
    }


def nested(draw: Draw, depth: int = 4) -> Any:
    if not depth or draw.random() < 0.3:
        return draw.randint(0, 3)
    return [nested(draw, depth - 1) for _ in range(size(draw, 3))]


def polish(draw: Draw) -> str:
    """Mostly whole expressions, some with a token too many or too few."""
    tokens: list[str] = []

    def add(depth: int) -> None:
        if depth and draw.random() < 0.7:
            add(depth - 1)
            add(depth - 1)
            tokens.append(draw.choice("+-*/"))
        else:
            tokens.append(str(draw.randint(-7, 7)))

    add(3)
    if draw.random() < 0.2:
        del tokens[draw.randrange(len(tokens))]
    return " ".join(tokens)


def roman(draw: Draw) -> str:
    signs = (("CM", 900), ("D", 500), ("CD", 400), ("C", 100), ("XC", 90), ("L", 50), ("XL", 40), ("X", 10))
    left, written = draw.randint(0, 3999), ""
    for sign, value in (("M", 1000), *signs, ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)):
        written += sign * (left // value)
        left %= value
    return written.lower() if draw.random() < 0.2 else written


def record(draw: Draw) -> str:
    """A line of values: plain ones, and quoted ones with commas and doubled quotes."""
    quoted = [
        '"' + text(draw, "ab ,", 4) + draw.choice(["", '""']) + text(draw, "a,", 2) + '"' for _ in range(6)
    ]
    return ",".join(
        draw.choice([text(draw, "ab ", 3), draw.choice(quoted)]) for _ in range(draw.randint(1, 5))
    )


def commands(draw: Draw) -> list[tuple[Any, ...]]:
    some = [("push", draw.randint(-3, 3)), ("push", draw.randint(-3, 3)), ("pop",), ("least",)]
    return [draw.choice([*some, ("push", draw.randint(-3, 3))]) for _ in range(size(draw, 12))]


def transfers(draw: Draw) -> Arguments:
    balances = {name: draw.randint(0, 9) for name in draw.sample("abcd", draw.randint(0, 4))}
    moves = [(draw.choice("abcde"), draw.choice("abcde"), draw.randint(-2, 9)) for _ in range(size(draw, 6))]
    return balances, moves


def friends(draw: Draw) -> Arguments:
    people = draw.sample("abcdefg", draw.randint(1, 7))
    return people, [(draw.choice(people), draw.choice(people)) for _ in range(size(draw, 6))]


VALID: Final[Mapping[str, Callable[[Draw], Arguments]]] = {
    "run-lengths": lambda draw: (text(draw, "aab "),),
    "title-words": lambda draw: (" ".join(draw.choices(["of", "The", "aB", "x"], k=size(draw, 6))), draw.sample(["of", "the", "x", "ab"], draw.randint(0, 3))),
    "caesar-shift": lambda draw: (text(draw, "azAZmM19 {[@`"), draw.randint(-60, 60)),
    "balanced-brackets": lambda draw: (text(draw, "()[]{}a"),),
    "wrap-words": lambda draw: (" ".join(draw.choice(["a", "bc", "def", "ghijkl"]) for _ in range(size(draw, 8))), draw.randint(1, 12)),
    "common-prefix": lambda draw: ([text(draw, "a", 3) + text(draw, "ab", 3) for _ in range(size(draw, 4))],),
    "vowel-runs": lambda draw: (text(draw, "aEiouUxy ", 12),),
    "running-median": lambda draw: (numbers(draw),),
    "rotate-list": lambda draw: (numbers(draw), draw.randint(-12, 12)),
    "merge-sorted": lambda draw: (sorted(numbers(draw)), sorted(numbers(draw))),
    "window-sums": lambda draw: (numbers(draw), draw.randint(-1, 6)),
    "dedupe-stable": lambda draw: (numbers(draw, 0, 4),),
    "partition-three": lambda draw: (numbers(draw, 0, 5), draw.randint(0, 5)),
    "invert-index": lambda draw: ({key: words(draw, "ab", 4) for key in draw.sample("xyzw", size(draw, 4))},),
    "group-anagrams": lambda draw: ([text(draw, "aAb", 3) for _ in range(size(draw, 8))],),
    "inventory-merge": lambda draw: tuple({key: draw.randint(low, 4) for key in draw.sample("abcd", size(draw, 4))} for low in (1, -4)),
    "top-scores": lambda draw: ({key: draw.randint(0, 3) for key in draw.sample("abcdef", size(draw, 6))}, draw.randint(-1, 6)),
    "flatten-keys": lambda draw: (tree(draw), draw.choice([".", "/", "::"])),
    "subset-sums": lambda draw: (numbers(draw, -4, 6, 7), draw.randint(-4, 9)),
    "tower-moves": lambda draw: (draw.randint(0, 6), *draw.sample(["A", "B", "C", "x"], 3)),
    "nested-depth": lambda draw: (nested(draw),),
    "permute-text": lambda draw: (text(draw, "aabc", 5),),
    "spiral-order": lambda draw: (matrix(draw),),
    "matrix-rotate": lambda draw: (matrix(draw),),
    "saddle-points": lambda draw: (matrix(draw, 2),),
    "merge-intervals": lambda draw: (pairs(draw, -9, 9),),
    "free-slots": lambda draw: (pairs(draw, -4, 40), 0, draw.randint(10, 40), draw.randint(1, 9)),
    "shortest-hops": lambda draw: ([(draw.choice("abcdef"), draw.choice("abcdef")) for _ in range(size(draw, 8))], draw.choice("abcdef"), draw.choice("abcdef")),
    "components": friends,
    "coin-change": lambda draw: (draw.sample([1, 2, 3, 5, 7, 10], draw.randint(1, 3)), draw.randint(0, 30)),
    "longest-climb": lambda draw: (numbers(draw),),
    "edit-distance": lambda draw: (text(draw, "abc", 7), text(draw, "abc", 7)),
    "knapsack": lambda draw: ([(draw.randint(1, 6), draw.randint(0, 9)) for _ in range(size(draw, 6))], draw.randint(0, 15)),
    "csv-line": lambda draw: (record(draw),),
    "rpn-calculator": lambda draw: (polish(draw),),
    "roman-numerals": lambda draw: (roman(draw),),
    "template-fill": lambda draw: ("".join(draw.choice(["{a}", "{b}", "{{", "}}", "x ", "{z}"]) for _ in range(size(draw, 6))), {"a": draw.randint(0, 3), "b": "yes"}),
    "robot-walk": lambda draw: (text(draw, "FLRB", 12),),
    "life-step": lambda draw: ({(draw.randint(0, 4), draw.randint(0, 4)) for _ in range(size(draw, 12))},),
    "bank-ledger": transfers,
    "prime-factors": lambda draw: (draw.randint(1, draw.choice([12, 100, 5000])),),
    "base-convert": lambda draw: (draw.randint(-500, 5000), draw.randint(2, 36)),
    "happy-numbers": lambda draw: (draw.randint(1, draw.choice([20, 1000])),),
    "perfect-shuffle": lambda draw: (2 * draw.randint(1, 40),),
    "linked-stack": lambda draw: (commands(draw),),
}  # fmt: skip
"""By the name of the problem: draws one tuple of arguments."""


def with_larger_tests(problem: Problem) -> Problem:
    """The problem with its larger tests in place of its own. Its reference is trusted, and runs in this process."""
    draw = random.Random(problem.id)
    names: dict[str, Any] = {}
    exec(problem.reference, names)
    entry = problem.entry_point
    assert entry is not None
    asserts: dict[str, None] = {}
    for _ in range(INPUTS):
        arguments = VALID[problem.id.removeprefix("sample/")](draw)
        expected = names[entry](*deepcopy(arguments))
        asserts[f"assert {entry}({', '.join(map(repr, arguments))}) == {expected!r}"] = None
    return replace(problem, tests=tuple(Test("assert", one) for one in asserts))
