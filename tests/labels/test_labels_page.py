"""``docs/labels.md``: every sentence that makes a promise names tests, and these tests exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/labels.md").read_text("utf-8")
LISTED = dict(re.findall(r"^\| (\d+) \| `(tests/[^`]+::\w+)` \|$", PAGE, re.MULTILINE))
PROMISING = ("What `strict` demands", "The hull", "The inputs that are tried")
EXPLAINING = (
    "The other reasons are these:",
    "The *hull* of a problem is",
    "In the code it is",
    "The hull errs on the narrow side.",
    "An input that is wrongly taken for valid",
)
"""Sentences of those sections that explain a word or a reason. They make no promise that a test could hold."""


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


def cited(text: str) -> list[str]:
    return [number for found in re.findall(r"\[(\d+(?:, \d+)*)\]", text) for number in found.split(", ")]


def promises() -> list[str]:
    """The sentences of the promising sections, and the rows of their tables."""
    found = []
    for title in PROMISING:
        lines = section(title).strip().split("\n")
        found += [line for line in lines if line.startswith("|")][2:]
        prose = " ".join(line for line in lines if not line.startswith("|"))
        found += re.split(r"(?<=[.:])\s+(?=[A-Z`])", prose.strip())
    return [one for one in found if not one.startswith(EXPLAINING)]


@pytest.mark.parametrize("promise", promises())
def test_every_promise_names_a_test(promise: str) -> None:
    assert cited(promise), promise


@pytest.mark.parametrize("test", sorted(LISTED.values()))
def test_the_test_exists(test: str) -> None:
    path, _, name = test.partition("::")
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_what_is_cited_is_listed_and_what_is_listed_is_cited() -> None:
    assert set(cited(PAGE.split("## The tests that hold")[0])) == set(LISTED)
    assert len(set(LISTED.values())) == len(LISTED)
