"""The tree of an edited program gives its exact bytes, wherever the edit stands, and keeps the nodes that
stay."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path
from typing import Any

import libcst
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prmdata.edits.cst import LONGEST, NOT_PARSED, NOT_THE_BYTES, CstError
from prmdata.edits.graft import NEW_NOT_PARSED, graft
from prmdata.edits.mutators import MUTATORS
from prmdata.edits.refactors import REFACTORS
from prmdata.edits.source import Source
from prmdata.edits.splice import UNDECLARED, apply, splice
from prmdata.errors import EditRefused
from prmdata.records import Edit
from prmdata.steps import split_steps
from prmdata.steps.nesting import DEEPEST

from .programs_of_every_syntax import PROGRAMS

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
FILES = sorted(path for path in LIBRARY.glob("*.py") if 500 < path.stat().st_size < 5000)
SAMPLE = random.Random(15).sample(FILES, min(4, len(FILES)))


def edit(start: int, stop: int, text: str, *also: tuple[int, str]) -> Edit:
    return Edit(start, stop, text, "mutate", "test", "test", also)


def tree_of(source: Source, made: Edit) -> libcst.Module:
    assert source.cst is not None, source.cst_reason
    return graft(source.cst, made).module


def check(source: Source, made: Edit) -> bool:
    """Splice ``made`` and return whether libcst did it. If it did, its whole tree must give the exact bytes."""
    candidate = splice(source, made)
    assert candidate.program == apply(source, made)
    assert candidate.steps == split_steps(candidate.program)
    if candidate.spliced_as_text:
        return False
    assert tree_of(source, made).code == candidate.program
    return True


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
@pytest.mark.parametrize("layout", ["lf", "crlf", "tabs"])
def test_the_tree_of_an_edited_program_says_its_bytes_over_the_standard_library(
    path: Path, layout: str
) -> None:
    program = path.read_text(encoding="utf-8")
    if layout == "crlf":
        program = program.replace("\n", "\r\n")
    elif layout == "tabs":
        program = program.replace("    ", "\t")
    source = Source(program)
    rng = random.Random(path.name)
    edits = [made for operator in (*MUTATORS, *REFACTORS) for made in operator.propose(source)]
    for made in rng.sample(edits, min(20, len(edits))):
        check(source, made)


@pytest.mark.parametrize("eol", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("unit", ["    ", "\t", " "], ids=["blanks", "tab", "blank"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_step_of_every_syntax_can_be_repeated_changed_and_deleted(
    program: str, unit: str, eol: str
) -> None:
    program = program.replace("    ", unit).replace("\n", eol)
    source = Source(program)
    if source.cst is None:
        pytest.skip(f"{source.cst_reason}, by this Python's tokens")
    assert source.cst.module.code == program
    for place, step in enumerate(source.steps):
        led = edit(place, place + 1, f"# led{eol}{step.text}")
        assert check(source, led)
        for made in (
            edit(place, place + 1, ""),
            edit(place, place, f"{source.indent(place)}new = 1{eol}"),
        ):
            try:
                check(source, made)
            except EditRefused:
                continue


PROGRAM = """def f(xs):
    total = 0
    for x in xs:
        if x > 1:
            total += x
        # neither
        else:
            total -= x
    return total


def g(y):
    return y
"""


@pytest.mark.parametrize(
    "made",
    [
        edit(1, 2, "    total = 1\n    count = 0\n"),
        edit(2, 3, "    ys = xs\n    for x in ys:\n"),
        edit(2, 3, "    while xs:\n"),
        edit(5, 6, "        elif x < 0:\n"),
        edit(5, 6, "        elif x < 0:\n            pass\n        else:\n"),
        edit(4, 5, "            total += x\n            total += 1\n"),
        edit(6, 8, "            total = x\n        total += 1\n    return 0\n"),
        edit(7, 8, "        return total\n"),
        edit(8, 8, "@cache\n"),
        edit(8, 9, "@cache\ndef g(y, z=0):\n"),
        edit(3, 3, "        y = x\n"),
        edit(6, 7, "            total -= 1\n", (0, "def f(xs, k=0):\n"), (8, "def g(z):\n")),
        edit(1, 2, ""),
        edit(2, 7, ""),
        edit(0, 8, ""),
        edit(8, 10, "x = 1\n"),
        edit(10, 10, "x = 1\n"),
        edit(10, 10, "    x = 1\n"),
        edit(3, 5, "        if not x > 1:\n            total -= x\n"),
    ],
)
def test_every_place_goes_through_libcst(made: Edit) -> None:
    assert check(Source(PROGRAM), made)


def test_clauses_after_an_edited_one_may_follow_it() -> None:
    program = "if a:\n    b = 1\nelif c:\n    b = 2\nelse:\n    b = 3\n"
    assert check(Source(program), edit(2, 3, "if c:\n"))


def test_what_stays_is_the_very_node_that_it_was() -> None:
    source = Source(PROGRAM)
    assert source.cst is not None
    old: Any = source.cst.module
    new: Any = tree_of(source, edit(2, 3, "    for x in list(xs):\n"))
    assert new.body[1] is old.body[1]
    assert new.body[0].body.body[0] is old.body[0].body.body[0]
    assert new.body[0].body.body[1].body.body[0] is old.body[0].body.body[1].body.body[0]
    assert new.body[0].body.body[1].iter is not old.body[0].body.body[1].iter


@pytest.mark.parametrize(
    ("program", "made"),
    [
        pytest.param("a = 1\nb\nc\n", edit(0, 1, "a = (1,\n", (2, "c)\n")), id="an open bracket"),
        pytest.param("a = 1\nb = 2  # '''\nif a:\n    c = 3\n", edit(0, 1, "a = '''\n"), id="an open string"),
        pytest.param("a = 1\nb = 2\n", edit(0, 1, "a = 1 + \\\n"), id="a backslash"),
        pytest.param(
            "a = 1\nb = 2\n", edit(0, 1, "a = 2\n# b\n"), id="a comment that slides to the next step"
        ),
        pytest.param(
            "def f():\n    a = 1\n    b = 2\n    return b\n",
            edit(1, 2, "    a = 1\nif a:\n"),
            id="stray indentation: what follows leaves its function",
        ),
        pytest.param("a = 1\ndef f():\n    pass\n", edit(0, 1, "@cache\n"), id="a decorator on what follows"),
        pytest.param(
            "if a:\n    b = 1\n    c = 2\n",
            edit(1, 2, "    b = 1\nelse:\n"),
            id="a clause that takes what follows",
        ),
        pytest.param(
            "if a:\n    b = 1\nelse:\n    c = 2\n",
            edit(2, 2, "for d in a:\n    b = 2\n"),
            id="a loop that takes the clause behind it",
        ),
        pytest.param(
            "@cache\ndef f():\n    pass\n",
            edit(1, 1, "def g():\n    pass\n"),
            id="what stands under a decorator",
        ),
    ],
)
def test_what_would_change_undeclared_is_refused(program: str, made: Edit) -> None:
    with pytest.raises(EditRefused) as caught:
        splice(Source(program), made)
    assert caught.value.reason == UNDECLARED


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("\ufeffa = 1\nb = 2\n", NOT_THE_BYTES),
        ("a = 1\n\x0cc = 1\nb = 2\n", NOT_THE_BYTES),
        ("a = (\nb = 2\n", NOT_PARSED),
        ("a = 1\nb = '\ud800'\n", NOT_PARSED),
        (f"a = {'(' * (DEEPEST + 1)}1{')' * (DEEPEST + 1)}\nb = 2\n", NOT_PARSED),
        (f"a = '{'x' * LONGEST}'\nb = 2\n", NOT_PARSED),
        ("a = " + "-" * 3000 + "1\nb = 2\n", NOT_PARSED),
    ],
)
def test_what_libcst_cannot_say_is_spliced_as_text_with_a_reason(program: str, reason: str) -> None:
    source = Source(program)
    last = len(source.steps) - 1
    candidate = splice(source, edit(last, last + 1, "b = 3\n"))
    assert candidate.program == program.replace("b = 2\n", "b = 3\n").replace("b = '\ud800'\n", "b = 3\n")
    assert candidate.spliced_as_text == source.cst_reason == reason


def test_a_deliberate_compile_error_is_spliced_as_text_with_a_reason() -> None:
    candidate = splice(Source(PROGRAM), edit(1, 2, "    total = = 0\n"))
    assert candidate.spliced_as_text == NEW_NOT_PARSED
    deep = splice(
        Source(PROGRAM), edit(1, 2, f"    total = {'(' * 5000}{')' * 5000}\n")
    )  # libcst would crash
    assert deep.spliced_as_text == NEW_NOT_PARSED


INDENTS = st.sampled_from(["", "    ", "        ", "  "])
LINES = st.sampled_from(
    ["x = 1", "if x:", "elif y:", "else:", "for x in y:", "while x:", "def f():", "@d", "return x", "# note", "", "pass",
     "try:", "except E:", "finally:", "with a:", "class A:", "match x:", "case 1:", "x = (1,", "2)", "if x: pass",
     "else: pass", "'doc'", "x = 1; y = 2", "async def f():", "x = 1 \\", "@d(", "s = '''", "'''", "\x0c"]
)  # fmt: skip
TEXTS = st.lists(st.tuples(INDENTS, LINES), min_size=0, max_size=3)
BASES = st.sampled_from([PROGRAM, *PROGRAMS])


@settings(max_examples=200, deadline=None)
@given(BASES, TEXTS, TEXTS, st.sampled_from(["\n", "\r\n"]), st.data())
def test_any_edit_of_any_program_says_its_bytes_or_is_refused(
    base: str, more: list[tuple[str, str]], text: list[tuple[str, str]], eol: str, data: st.DataObject
) -> None:
    lines = base.split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at:at] = [indent + line for indent, line in more]
    source = Source(eol.join(lines))
    count = len(source.steps)
    start = data.draw(st.integers(0, count))
    stop = data.draw(st.integers(start, min(count, start + 3)))
    own = "".join(indent + line + eol for indent, line in text)
    others = [index for index in range(count) if not start <= index < stop]
    also: tuple[tuple[int, str], ...] = ()
    if len(others) > 0 and data.draw(st.booleans()):
        other = data.draw(st.sampled_from(others))
        also = ((other, source.steps[other].text.replace("x", "z")),)
    try:
        check(source, edit(start, stop, own, *also))
    except EditRefused:
        return


def test_cst_errors_say_why() -> None:
    assert CstError(NOT_PARSED).reason == str(CstError(NOT_PARSED)) == NOT_PARSED
