"""Refactorings leave layout alone: comments, line ends, tabs, a missing last line end, shared lines."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from prmdata.edits.fingerprint import compiled
from prmdata.edits.operators import Operator
from prmdata.edits.refactors import REFACTORS
from prmdata.edits.source import Source
from prmdata.edits.splice import splice

ALL = pytest.mark.parametrize("operator", REFACTORS, ids=lambda operator: operator.name)


def candidates(operator: Operator, program: str) -> list[str]:
    source = Source(program)
    return [splice(source, edit).program for edit in operator.propose(source)]


def commented(program: str) -> str:
    """A comment at the end of each line and one before it, each different."""
    lines = program.split("\n")[:-1]
    texts = []
    for number, line in enumerate(lines):
        indent = line[: len(line) - len(line.lstrip())]
        texts += [f"{indent}# before {number}.", f"{line}  # after {number}."]
    return "\n".join(texts) + "\n"


def trailing(program: str) -> str:
    return "".join(f"{line}  # after {n}.\n" for n, line in enumerate(program.split("\n")[:-1]))


def semicolons(program: str) -> str:
    return re.sub(r"([^:,\[\n])\n", r"\1;\n", program)


def inside(program: str) -> str:
    return "if 1:\n" + "".join(f"    {line}\n" for line in program.split("\n")[:-1])


def after_colon(program: str) -> str:
    """Suites of one line on their header's line."""
    return re.sub(r":\n +((?!if|for|while|def|with|try|else)[^\n]*)\n(?! )", r": \1\n", program)


SHAPES: tuple[Callable[[str], str], ...] = (commented, trailing, semicolons, inside, after_colon)


@ALL
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_candidate_compiles_and_no_comment_is_lost(
    operator: Operator, shape: Callable[[str], str]
) -> None:
    for before, _ in operator.examples:
        program = shape(before)
        assert compiled(program) is not None
        wanted = sorted(re.findall(r"# \w+ \d+\.", program))
        for candidate in candidates(operator, program):
            assert compiled(candidate) is not None, candidate
            assert sorted(re.findall(r"# \w+ \d+\.", candidate)) == wanted, candidate


@ALL
def test_line_ends_and_tabs_do_not_matter(operator: Operator) -> None:
    for before, _ in operator.examples:
        plain = candidates(operator, before)
        dos = candidates(operator, before.replace("\n", "\r\n"))
        assert [text.replace("\r\n", "\n") for text in dos] == plain
        assert all("\n" not in text.replace("\r\n", "") for text in dos)
        tabs = candidates(operator, before.replace("    ", "\t"))
        assert [text.replace("\t", "    ") for text in tabs] == plain


@ALL
def test_a_program_without_a_last_line_end_keeps_none(operator: Operator) -> None:
    for before, _ in operator.examples:
        plain = candidates(operator, before)
        found = candidates(operator, before.removesuffix("\n"))
        assert [text.removesuffix("\n") for text in plain] == [text.removesuffix("\n") for text in found]
        assert len({text.endswith("\n") for text in found} - {False}) == 0, found
