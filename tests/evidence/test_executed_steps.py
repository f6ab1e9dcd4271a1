"""Which steps ran. Clauses and declarations ran if their suite did."""

from __future__ import annotations

import sys
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.evidence.executed import covered_lines, executed_steps
from prmdata.steps import split_steps

PROGRAM = '''\
import os

def f(x):
    """Doc."""
    global seen
    if x > 0:
        return 1
    elif x == 0:
        total: int
        return 0
    else:
        return -1

@decorate
def g():
    def inner():
        return 2
    try:
        return inner()
    except ValueError:
        return 3
    finally:
        done()

class A:
    """Doc."""
    size = 1
    def m(self):
        nonlocal_ = 1
'''


def ran(*lines: int) -> dict[str, bool | None]:
    steps = split_steps(PROGRAM)
    found = executed_steps(steps, lines)
    return {
        step.text.split("\n")[step.code_line - step.first_line].strip(): one
        for step, one in zip(steps, found, strict=True)
    }


def test_a_function_that_was_only_defined_did_not_run() -> None:
    found = ran(1, 3, 14, 15, 25, 26, 27, 28)
    assert found["import os"] is True
    assert found["def f(x):"] is False
    assert found["@decorate"] is False
    assert found["def g():"] is False
    assert found["class A:"] is True  # its own body ran: size = 1
    assert found["def m(self):"] is False


def test_a_clause_without_code_takes_it_from_its_suite() -> None:
    found = ran(6, 8, 12)
    assert found["else:"] is True
    assert found["elif x == 0:"] is True  # its condition ran
    assert found["return 0"] is False
    assert found["global seen"] is True
    assert found["def f(x):"] is True
    assert ran(6, 7)["else:"] is False


def test_try_and_finally_and_except() -> None:
    found = ran(16, 19, 23)
    assert found["try:"] is True
    assert found["finally:"] is True
    assert found["except ValueError:"] is False
    assert found["@decorate"] is True
    assert found["def inner():"] is False


def test_bare_annotations_go_with_their_siblings() -> None:
    assert ran(10)["total: int"] is True
    assert ran(7)["total: int"] is False


def test_unknown_lines_are_unknown_steps() -> None:
    assert executed_steps(split_steps(PROGRAM), None) == (None,) * len(split_steps(PROGRAM))


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("def f(): return 1\n", [(1,)]),
        ("x: int\n", [()]),
        ("if x: pass\nelse: pass\n", [(1,), (2,)]),
        ("async def f():\n    pass\n", [(2,), (2,)]),
        ("x = 1\n\tbroken(\n", [(1,), (2,)]),
        ("@decorated\n", [(1,)]),
        ("a: (\n", [(1,)]),
        ("   \n", [(1,)]),
    ],
)
def test_odd_programs(program: str, expected: list[tuple[int, ...]]) -> None:
    steps = split_steps(program)
    assert [covered_lines(steps, index) for index in range(len(steps))] == expected


def nested(levels: int) -> str:
    """A function with ``depth`` nested ``if`` statements and the answer in the innermost one."""
    conditions = "".join(f"{' ' * (level + 1)}if x > {level}:\n" for level in range(levels))
    return f"def f(x):\n{conditions}{' ' * (levels + 1)}return x\n"


def test_nesting_costs_memory_that_grows_with_the_depth_and_no_faster() -> None:
    """There are 90 levels. If each level kept again what the level below it held, there would be 2 to the
    power of 90 lines."""
    steps = split_steps(nested(90))
    tracemalloc.start()
    shown = covered_lines(steps, 0)
    ran = executed_steps(steps, {92})
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert shown == tuple(range(2, 93))
    assert ran == (True,) * 92
    assert peak_bytes < 2_000_000


def test_against_the_interpreter() -> None:
    """The lines that a real run hit lead to the same table."""
    program = "def f(n):\n    t = 0\n    for i in range(n):\n        if i % 2:\n            t += i\n        else:\n            t -= i\n    return t\nr = f(2)\n"
    hit: set[int] = set()

    def trace(frame: object, event: str, argument: object) -> object:
        if event == "line":
            hit.add(frame.f_lineno)  # type: ignore[attr-defined]
        return trace

    code = compile(program, "<p>", "exec")
    old = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        exec(code, {})
    finally:
        sys.settrace(old)
    assert all(executed_steps(split_steps(program), hit))


@given(st.text(alphabet="ab:()=#\n\t @", max_size=60), st.sets(st.integers(0, 30)))
def test_any_text_has_an_answer_a_step(text: str, lines: set[int]) -> None:
    steps = split_steps(text)
    assert len(executed_steps(steps, lines)) == len(steps)
