"""The depth of nesting is counted from tokens, and a program that is too deep is never given to libcst."""

from __future__ import annotations

import pytest

from prmdata.edits.cst import CstError, parse_cst
from prmdata.edits.program_text import ProgramText
from prmdata.steps.nesting import DEEPEST, nesting

LEVELS = 50_000
DEEP = {
    "brackets": "x = " + "(" * LEVELS + "1" + ")" * LEVELS,
    "never closed": "[" * LEVELS,
    "calls": "x = " + "f(" * LEVELS + ")" * LEVELS,
    "subscripts": "x = " + "a[" * LEVELS + "1" + "]" * LEVELS,
    "a sum": "x = " + " + ".join(["1"] * LEVELS),
    "signs": "x = " + "-" * LEVELS + "1",
    "negations": "x = " + "not " * LEVELS + "1",
    "attributes": "x = a" + ".b" * LEVELS,
    "calls of calls": "x = f" + "()" * LEVELS,
    "lambdas": "x = " + "lambda: " * LEVELS + "1",
    "conditions": "x = " + "1 if a else " * LEVELS + "1",
    "powers": "x = " + "1 ** " * LEVELS + "1",
    "texts": "x = " + "'a' " * LEVELS,
    "a formatted text": "x = f'" + "{" * LEVELS + "1" + "}" * LEVELS + "'",
}


@pytest.mark.parametrize("program", DEEP.values(), ids=DEEP)
def test_what_is_nested_too_deep_is_not_parsed(program: str) -> None:
    """libcst would end this process on most of these programs."""
    assert nesting(program) > DEEPEST
    with pytest.raises(CstError):
        parse_cst(ProgramText(program + "\n", steps=()))


@pytest.mark.parametrize(
    ("program", "levels"),
    [
        ("", 0),
        ("x = 1\n", 1),
        ("f(1)\n", 2),
        ("x = [" + "1, " * 10_000 + "]\n", 3),
        ("x = 1\n" * 10_000, 1),
        ("def f(a):\n    if a:\n        return a\n" * 2_000, 4),
    ],
)
def test_what_is_long_is_not_deep(program: str, levels: int) -> None:
    assert nesting(program) <= levels + 1


def test_what_is_not_too_deep_is_parsed() -> None:
    program = "x = " + "(" * 40 + "1" + ")" * 40 + "\n"
    assert parse_cst(ProgramText(program)) is not None
