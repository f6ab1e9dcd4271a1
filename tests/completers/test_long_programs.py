"""Aligning long programs: a count bounds the work, and steps that surely correspond are still found."""

from __future__ import annotations

import random
import time

import pytest

from prmdata.completers.align import PAIRS, TOKENS, align
from prmdata.completers.landmarks import landmarks
from prmdata.completers.reference import ReferenceCompleter
from prmdata.steps import split_steps


def program(lines: int, seed: int, name: str = "x") -> str:
    """A straight program of ``n`` assignments, each of which uses an earlier one."""
    rng = random.Random(seed)
    body = "".join(
        f"    {name}{i} = {name}{rng.randrange(i)} {rng.choice('+-*')} {rng.randrange(100)}\n"
        for i in range(1, lines)
    )
    return f"def f(x):\n    {name}0 = x\n{body}    return {name}{lines - 1}\n"


@pytest.mark.parametrize("lines", [480, 4000])
def test_a_long_rollout_is_completed_in_seconds(lines: int) -> None:
    """Once, 480 lines against another program of 480 lines took 45 s, and twice as many lines took four times
    as long."""
    began = time.process_time()
    rollout = split_steps(program(lines, 1))
    ReferenceCompleter(rollout, [program(lines, 2, "y")]).completions(len(rollout) // 2, 4)
    assert time.process_time() - began < 10


def test_of_two_long_programs_what_stands_word_for_word_in_both_is_aligned() -> None:
    whole = program(400, 1)
    assert len(split_steps(whole)) ** 2 > PAIRS
    steps = split_steps(whole.replace("x100 =", "wrong =").replace("x0 = x\n", "x0 = 1 + x\n"))
    others = split_steps(whole)
    matched = align(steps, others)
    assert matched == list(range(len(others)))


def test_landmarks_stand_once_in_both_and_in_one_order() -> None:
    assert landmarks(list("abcxde"), list("aybdce")) == [(0, 0), (1, 2), (4, 3), (5, 5)]
    assert landmarks(list("aab"), list("ab")) == [(2, 1)]
    assert landmarks([], list("ab")) == []


def test_a_step_of_many_tokens_is_compared_in_time_that_grows_with_their_number() -> None:
    table = ", ".join(map(str, range(20 * TOKENS)))
    began = time.process_time()
    (matched,) = align(split_steps(f"T = [{table}]\n"), split_steps(f"T = [{table}, 1]\n"))
    assert matched == 0
    assert time.process_time() - began < 5
