"""Aligning programs, carrying names over, and finishing a prefix with the aligned rest."""

from __future__ import annotations

from typing import Any

import pytest

from prmdata.steps import cut
from prmdata.strategies.align import align, name_map, renamed
from prmdata.strategies.reference_completer import ReferenceCompleter

REFERENCE = """\
def total(numbers):
    result = 0
    for number in numbers:
        if number > 0:
            result += number
    return result
"""
ROLLOUT = """\
def total(xs):
  s = 0
  for x in xs:
    if x >= 10:
      s += x
  return s
"""


def test_changed_lines_are_aligned_with_the_lines_they_stand_for() -> None:
    steps, others = cut(ROLLOUT), cut(REFERENCE)
    matched = align(steps, others)
    assert matched == [0, 1, 2, 3, 4, 5]
    assert name_map(steps, others, matched) == {"numbers": "xs", "result": "s", "number": "x"}


def test_a_missing_and_an_extra_line_are_aligned_with_nothing() -> None:
    full, less = cut(REFERENCE), cut(REFERENCE.replace("    result = 0\n", ""))
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
    steps = cut(ROLLOUT)
    completer = ReferenceCompleter(steps, [REFERENCE])
    programs = completer.completions(through, 20)
    prefix = "".join(step.text for step in steps[: through + 1])
    assert programs
    assert len(set(programs)) == len(programs)
    assert all(program.startswith(prefix) for program in programs)
    assert any(passes(program) for program in programs) is recovers


def test_a_fault_is_not_undone_by_doing_the_step_again() -> None:
    buggy = REFERENCE.replace("result = 0", "result = 1")
    completer = ReferenceCompleter(cut(buggy), [REFERENCE])
    assert any(passes(program) for program in completer.completions(0, 20))
    assert not any(passes(program) for program in completer.completions(1, 20))


def test_passing_rollouts_complete_what_the_reference_cannot() -> None:
    other = "def total(xs):\n    kept = [x for x in xs if x > 0]\n    return sum(kept)\n"
    buggy = "def total(xs):\n    kept = [x for x in xs if x > 0]\n    return max(kept)\n"
    alone = ReferenceCompleter(cut(buggy), [REFERENCE]).completions(1, 20)
    helped = ReferenceCompleter(cut(buggy), [REFERENCE, other]).completions(1, 20)
    assert other in helped
    assert set(alone) <= set(helped) or any(passes(program) for program in helped)


def test_an_open_suite_gets_a_body() -> None:
    rollout = "def total(xs):\n    if not xs:\n        raise ValueError\n    return sum(xs)\n"
    programs = ReferenceCompleter(cut(rollout), [REFERENCE]).completions(1, 20)
    assert any("    if not xs:\n        pass\n" in program for program in programs)
