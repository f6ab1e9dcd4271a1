"""Aligning programs, carrying names over, and finishing a prefix with the aligned rest."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from prmdata.completers.again import defined_anew
from prmdata.completers.align import align, name_map, renamed
from prmdata.completers.reference import ReferenceCompleter
from prmdata.completers.termination import is_plainly_nonterminating
from prmdata.completers.versions import is_version
from prmdata.steps import split_steps
from tests.total_by_hand import REFERENCE

ROLLOUT = """\
def total(xs):
  s = 0
  for x in xs:
    if x >= 10:
      s += x
  return s
"""


def test_changed_lines_are_aligned_with_the_lines_they_stand_for() -> None:
    steps, others = split_steps(ROLLOUT), split_steps(REFERENCE)
    matched = align(steps, others)
    assert matched == [0, 1, 2, 3, 4, 5]
    assert name_map(steps, others, matched) == {"numbers": "xs", "result": "s", "number": "x"}


def test_a_missing_and_an_extra_line_are_aligned_with_nothing() -> None:
    full, less = split_steps(REFERENCE), split_steps(REFERENCE.replace("    result = 0\n", ""))
    assert align(full, less) == [0, None, 1, 2, 3, 4]
    assert align(less, full) == [0, 2, 3, 4, 5]


def test_names_are_replaced_where_they_are_names_of_their_own() -> None:
    text = "n = a.n + f(n=n) + d['n']  # n\nm(\n  n = 1, k=n)\n"
    assert renamed(text, {"n": "q"}) == "q = a.n + f(n=q) + d['n']  # n\nm(\n  n = 1, k=q)\n"
    assert renamed("n = (", {"n": "q"}) == "n = ("


def passes(program: str) -> bool:
    space: dict[str, Any] = {}
    try:
        exec(program, space)
        return bool(space["total"]([5, -3, 20]) == 25)
    except Exception:
        return False


@pytest.mark.parametrize(
    ("through", "recovers"), [(-1, True), (0, True), (1, True), (2, True), (3, False), (5, False)]
)
def test_a_prefix_is_completed_with_its_own_names_and_indentation(through: int, recovers: bool) -> None:
    steps = split_steps(ROLLOUT)
    completer = ReferenceCompleter(steps, [REFERENCE])
    programs = completer.completions(through, 20)
    prefix = "".join(step.text for step in steps[: through + 1])
    assert programs
    assert len(set(programs)) == len(programs)
    assert all(program.startswith(prefix) for program in programs)
    assert any(passes(program) for program in programs) is recovers


def test_what_a_program_defines_anew() -> None:
    lines = "f = g = lambda: 0\nx = 1\nclass C: pass\n"
    assert defined_anew(lines + "def g(): pass\nx = 2\nasync def h(): pass\n", 3) == {"g"}
    assert defined_anew(lines + "h = 0\nC = lambda: 1\nclass f: pass\n", 3) == {"C", "f"}
    assert defined_anew(lines + "def g(): pass\ndef g(): pass\n", 4) == {"g"}
    assert defined_anew(lines + "def k(): pass\ndef k(): pass\n", 3) == frozenset()
    assert defined_anew("def f(): pass\ndef f(): pass\ndef g(): pass\n") == {"f"}
    assert defined_anew("def f(:\n") == frozenset()


@pytest.mark.parametrize("first", ["def total(numbers): return 0\n", "class total: pass\n"])
def test_a_function_of_the_prefix_is_not_defined_once_more(first: str) -> None:
    """It would save every prefix. Where a passing program does so itself, a completion may."""
    steps = split_steps(first)
    programs = ReferenceCompleter(steps, [REFERENCE]).completions(0, 20)
    assert not any(passes(program) for program in programs)
    twice = "def total(numbers): return 0\n" + REFERENCE
    assert any(passes(program) for program in ReferenceCompleter(steps, [twice]).completions(0, 20))


def test_a_fault_is_not_undone_by_doing_the_step_again() -> None:
    buggy = REFERENCE.replace("result = 0", "result = 1")
    completer = ReferenceCompleter(split_steps(buggy), [REFERENCE])
    assert any(passes(program) for program in completer.completions(0, 20))
    assert not any(passes(program) for program in completer.completions(1, 20))


def test_passing_rollouts_complete_what_the_reference_cannot() -> None:
    other = "def total(xs):\n    kept = [x for x in xs if x > 0]\n    return sum(kept)\n"
    buggy = "def total(xs):\n    kept = [x for x in xs if x > 0]\n    return max(kept)\n"
    alone = ReferenceCompleter(split_steps(buggy), [REFERENCE]).completions(1, 20)
    helped = ReferenceCompleter(split_steps(buggy), [REFERENCE, other]).completions(1, 20)
    assert other in helped
    assert set(alone) <= set(helped) or any(passes(program) for program in helped)


def test_an_open_suite_gets_a_body() -> None:
    rollout = "def total(xs):\n    if not xs:\n        raise ValueError\n    return sum(xs)\n"
    programs = ReferenceCompleter(split_steps(rollout), [REFERENCE]).completions(1, 20)
    assert any("    if not xs:\n        pass\n" in program for program in programs)


def completed(rollout: str, reference: str, after: str) -> str:
    """The first completion of the prefix of ``rollout`` that ends with the line ``after``."""
    steps = split_steps(rollout)
    (through,) = [index for index, step in enumerate(steps) if step.text.strip() == after]
    return ReferenceCompleter(steps, [reference]).completions(through, 20)[0]


def test_the_indentation_is_that_of_the_place() -> None:
    wide = "class A:\n        x = 1\n"
    rollout = wide + "class B:\n  def f(self, n):\n    if n:\n      return 2\n    return 3\n"
    reference = wide + "class B:\n  def f(self, n):\n    if n:\n      return 1\n    return 4\n"
    assert completed(rollout, reference, "if n:") == reference
    assert completed(rollout, reference, "def f(self, n):") == reference


@pytest.mark.parametrize(
    ("rollout", "after", "expected"),
    [
        # The branches of an `if` are swapped.
        ("    if not x > 0:\n        return 0\n    else:\n        return y\n", "if not x > 0:", "        return 0\n"),
        # A part of a line has a name that is bound before the line of the reference.
        ("    part = x + 1\n    y = part * 3\n    return y\n", "part = x + 1", "    y = "),
        # Statements have another order: what comes later in the program still has to be done.
        ("    b = 2\n    a = 1\n    return a + b\n", "b = 2", "    a = 1\n    return a + b\n"),
        # ... and what came earlier is not done twice.
        ("    b = []\n    a = 1\n    b.append(3)\n    return b\n", "a = 1", "    b.append(3)\n    return b\n"),
        # A loop variable has another name here than later on.
        ("    for item in x:\n        y += item\n    return [i for i in x]\n", "for item in x:", "        y += item\n"),
        # A loop is written as `while`.
        ("    i = 0\n    while i < len(x):\n        y += i\n        i += 1\n    return y\n", "while i < len(x):", "        y += i\n        i += 1\n"),
    ],
)  # fmt: skip
def test_the_reference_is_said_as_the_rollout_says_it(rollout: str, after: str, expected: str) -> None:
    references = {
        "if not x > 0:": "    if x > 0:\n        return y\n    else:\n        return 0\n",
        "part = x + 1": "    y = (x + 1) * 2\n    return y\n",
        "b = 2": "    a = 1\n    b = 2\n    return a + b\n",
        "a = 1": "    a = 1\n    b = []\n    b.append(3)\n    return b\n",
        "for item in x:": "    for i in x:\n        y += i\n    return [i for i in x]\n",
        "while i < len(x):": "    for i in range(len(x)):\n        y += i\n    return y\n",
    }
    head = "def f(x, y):\n"
    program = completed(head + rollout, head + references[after], after)
    _, _, rest = program.partition(after + "\n")
    assert rest.startswith(expected)


@pytest.mark.parametrize(
    ("body", "is_endless"),
    [
        ("while i < n:\n    x = a[i]\n", True),
        ("while True:\n    x += 1\n", True),
        ("while i < len(a):\n    for x in a:\n        break\n", True),
        ("while i < n:\n    i += 1\n", False),
        ("while a:\n    a.pop()\n", False),
        ("while i < n:\n    x = g(n)\n", False),
        ("while True:\n    if x:\n        break\n", False),
        ("while True:\n    return 1\n", False),
        ("try:\n    while True:\n        x = next(a)\nexcept StopIteration:\n    pass\n", False),
        ("while g():\n    pass\n", False),
        ("while 0:\n    pass\n", False),
        ("nonlocal i\nwhile i < n:\n    g()\n", False),
        ("while a[i] < n:\n    a[i] = n\n", False),
        ("while (i := i + 1) < n:\n    pass\n", False),
    ],
)
def test_loops_that_plainly_never_end(body: str, is_endless: bool) -> None:
    inner = "        " + body.replace("\n", "\n        ").rstrip() + "\n"
    program = f"def f(n, a, i, x):\n    def h():\n{inner}    return h\n"
    assert is_plainly_nonterminating(ast.parse(program)) is is_endless


WAYS = {
    "a comprehension fills at once what the rollout fills in a loop": (
        "def f(rows, x):\n    ans = [i for i, row in enumerate(rows) if x in row]\n    return sorted(ans)\n",
        "def f(rows, x):\n    ans = []\n    for i in range(len(rows)):\n        ans.append(rows[i])\n    return ans\n",
        1,
    ),
    "the rollout has a stack where the reference counts": (
        "def f(rows, x):\n    depth = 0\n    for row in rows:\n        depth += x in row\n    return list(range(depth))\n",
        "def f(rows, x):\n    seen = []\n    for row in rows:\n        seen.append(row)\n    return seen\n",
        1,
    ),
    "the rollout goes through places, the reference through members": (
        "def f(rows, x):\n    ans = []\n    for row in rows:\n        if x in row:\n            ans.append(row)\n    return ans\n",
        "def f(rows, x):\n    ans = []\n    for i in range(0, len(rows)):\n        ans.append(x)\n    return ans\n",
        2,
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_step_of_another_way_does_not_stand_for_a_step_of_the_reference(way: str) -> None:
    reference, rollout, through = WAYS[way]
    expected = _answer(reference)
    programs = ReferenceCompleter(split_steps(rollout), [reference]).completions(through, 20)
    assert any(_answer(program) == expected for program in programs)


def _answer(program: str) -> object:
    space: dict[str, Any] = {}
    exec(program, space)
    try:
        return space["f"](["ab", "b", "cb"], "b")
    except Exception as error:
        return type(error)


@pytest.mark.parametrize(
    ("right", "faulty"),
    [
        ("ans = 0", "ans = 1"),
        ("x = max(x, y)", "x = y"),
        ("x = abs(y % 10) * abs(z % 10)", "x = None"),
        ("for x in a:", "for x in a[1:]:"),
        ("while queue:", "while True:"),
        ("while x > 0:", "while 1 < x:"),
    ],
)
def test_a_step_and_its_faulty_version_are_versions_of_one_step(right: str, faulty: str) -> None:
    (one,), (other,) = (split_steps(text + " pass" * text.endswith(":"))[:1] for text in (right, faulty))
    assert is_version(other, one)
