"""Splitting into steps loses nothing and knows what each step is."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.steps import close_prefix, given_count, join, split_steps, step_of_line, steps_of_lines

CASES = {
    "def": ("def f(x):\n    return x\n", ["header", "simple"]),
    "docstrings": ('"""m"""\nclass A:\n    """a"""\n    def f(self):\n        "d"\n', ["docstring", "header", "docstring", "header", "docstring"]),
    "a string later is no docstring": ("def f():\n    x = 1\n    'no'\n", ["header", "simple", "simple"]),
    "decorator": ("@a\n@b(1)\ndef f(): pass\n", ["decorator", "decorator", "simple"]),
    "clauses": ("if a:\n  b\nelif c:\n  d\nelse:\n  e\n", ["header", "simple", "clause", "simple", "clause", "simple"]),
    "try": ("try:\n  a\nexcept E:\n  b\nelse:\n  c\nfinally:\n  d\n", ["header", "simple", "clause", "simple", "clause", "simple", "clause", "simple"]),
    "one-line else": ("if a: b\nelse: c\n", ["simple", "clause"]),
    "match is a name too": ("match = 1\ncase = 2\n", ["simple", "simple"]),
    "match": ("match x:\n  case 1:\n    a\n  case _: b\n", ["header", "clause", "simple", "clause"]),
    "case is a name too": ("case: int = 3\ncase[1:2] = 4\nmatch(x)\n", ["simple", "simple", "simple"]),
    "async": ("async def f():\n  async with a as b:\n    await c\n", ["header", "header", "simple"]),
    "multi-line": ("x = [\n 1,\n # inside\n 2,\n]\ny = 1\n", ["simple", "simple"]),
    "backslash": ("x = 1 + \\\n  2\ny\n", ["simple", "simple"]),
    "semicolons": ("a = 1; b = 2\nc\n", ["simple", "simple"]),
    "no line end": ("a\nb", ["simple", "simple"]),
    "only a comment": ("# nothing\n", ["simple"]),
    "crlf": ("if a:\r\n  b\r\n", ["header", "simple"]),
    "form feed and U+2028": ("a = '\u2028'\n\x0cb = 1\n", ["simple", "simple"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_kinds(name: str) -> None:
    program, kinds = CASES[name]
    steps = split_steps(program)
    assert [step.kind for step in steps] == kinds
    assert join(steps) == program


def test_comments_and_blank_lines_belong_to_the_step_after_and_at_the_end_to_the_last() -> None:
    steps = split_steps("# one\n\na = 1\n# two\nb = 2\n\n# end\n")
    assert [step.text for step in steps] == ["# one\n\na = 1\n", "# two\nb = 2\n\n# end\n"]
    assert [(step.first_line, step.code_line, step.last_line) for step in steps] == [(1, 3, 3), (4, 5, 7)]


@pytest.mark.parametrize("program", ["def f(:\n  'x\n", "x = (\n", "a\n  b\n c\n", "'''\n"])
def test_what_does_not_tokenize_is_split_at_physical_lines(program: str) -> None:
    steps = split_steps(program)
    assert [step.text for step in steps] == program.splitlines(keepends=True)


@given(st.text())
def test_any_text_is_split_without_loss(program: str) -> None:
    assert join(split_steps(program)) == program


@given(st.lists(st.sampled_from(["if a:\n", "  b\n", "else:\n", "# c\n", "\n", "x = [\n", "]\n", "'''\n", "\r", "\r\n", "\\\n", "\x0c", "@d\n", "def f():\n", "a; b\n", "    c"])).map("".join))  # fmt: skip
def test_program_like_text_is_split_without_loss_and_lines_are_owned(program: str) -> None:
    steps = split_steps(program)
    assert join(steps) == program
    owned = [line for step in steps for line in range(step.first_line, step.last_line + 1)]
    assert owned == list(range(1, len(owned) + 1))
    assert [step_of_line(steps, line) for line in owned] == [
        index for index, step in enumerate(steps) for _ in range(step.first_line, step.last_line + 1)
    ]


def test_real_files_are_split_without_loss_one_statement_a_step() -> None:
    import libcst
    from libcst.metadata import MetadataWrapper, PositionProvider

    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))[::12]
    assert files
    for path in files:
        program = path.read_bytes().decode("utf-8")
        steps = split_steps(program)
        assert join(steps) == program
        positions = MetadataWrapper(libcst.parse_module(program), unsafe_skip_copy=True).resolve(
            PositionProvider
        )
        starts = {
            where.start.line
            for node, where in positions.items()
            if isinstance(node, libcst.SimpleStatementLine)
        }
        owners = [step_of_line(steps, line) for line in starts]
        assert None not in owners, path
        assert len(set(owners)) == len(owners), path


def test_lines_outside_the_program_have_no_step() -> None:
    steps = split_steps("a\nb\n")
    assert step_of_line(steps, 0) is None
    assert step_of_line(steps, 3) is None
    assert step_of_line((), 1) is None
    assert steps_of_lines(steps, [0, 2, 9]) == {1}
    assert split_steps("") == ()


def test_given_steps_are_those_the_prompt_contains() -> None:
    prompt = 'import math\n\ndef f(x):\n    """Say x."""\n'
    assert given_count(prompt, split_steps(prompt + "    return x\n")) == 3
    assert (
        given_count(prompt, split_steps('import math\ndef f(x):\n    "Another docstring."\n    return x\n'))
        == 3
    )
    assert given_count(prompt, split_steps("def f(x):\n    return x\n")) == 0
    assert given_count("Write a function.", split_steps("def f(x):\n    return x\n")) == 0


CLOSED = ["if a:\n  b\nelif c:\n", "try:\n  a\n", "try:\n  a\nexcept E:\n", "try:\n  try:\n    a\n  finally:\n    b\n", "@d\n", "match x:\n", "match x:\n  case 1:\n", "def f():\n  try:\n    for i in x:\n", "else_ = {1:\n 2}\n", "for i in x:\n  a\nelse:\n", "class A:  # why\n", "x = 1", "with a:\n  try:\n    b\n  except C: d\n"]  # fmt: skip


@pytest.mark.parametrize("program", CLOSED)
def test_a_prefix_that_can_be_completed_compiles_once_closed(program: str) -> None:
    compile(close_prefix(split_steps(program)), "p", "exec")


@pytest.mark.parametrize("program", ["x = = 1\n", "return 1 +\n", "else:\n", "def f(x) return\n"])
def test_a_prefix_that_nothing_can_complete_does_not_compile(program: str) -> None:
    with pytest.raises(SyntaxError):
        compile(close_prefix(split_steps(program)), "p", "exec")


def test_every_prefix_of_a_real_program_compiles_once_closed() -> None:
    program = Path(os.path.join(sysconfig.get_path("stdlib"), "bisect.py")).read_text("utf-8")
    steps = split_steps(program)
    for end in range(len(steps) + 1):
        compile(close_prefix(steps[:end]), "p", "exec")


def test_of_a_prompt_longer_than_any_program_the_beginning_counts() -> None:
    given = "def f(x):\n"
    steps = split_steps(given + "    return x\n")
    assert given_count(given + "    y = 1\n" * 100_000, steps) == 1
