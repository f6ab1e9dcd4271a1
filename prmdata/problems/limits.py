"""CPU limits from the reference's own time, coarse enough that two builds choose the same."""

from __future__ import annotations

from prmdata.records import Problem

FLOOR_CPU_S = 0.06
"""No program gets less: five times what starting and asserting takes, and far under a second, since every endless
loop costs ``CONFIRM_FACTOR`` times this, and where chance could reach it this once more. Of HumanEval's and MBPP's
40,000 programs none comes within a tenth of its last limit with this floor; with 0.05 s one needed 0.998 times it, and
two builds told it differently."""
FACTOR = 4
"""Times the reference's own CPU time where that is short: starting and noise weigh as much as the work. As with the floor,
no reference of HumanEval or MBPP is within an eighth of where the limit changes (15 ms, and so on)."""
SLOW_FACTOR = 2
SLOW_EXTRA_S = 0.12
"""Where the reference is slow (from 60 ms on): so many times its time, and this. No program times out before it had
``CONFIRM_FACTOR`` times its limit, so that a slow one has 8 times the reference's time; EvalPlus gives 4 times and 4 s."""
GRID = 4
"""Limits are ``FLOOR_CPU_S`` times a power of this."""
REFERENCE_CPU_S = 10.0
"""What a reference itself may take over its tests (stdio: over one test) where the problem sets no limit."""
MEMORY_MB = 512


CEILING_CPU_S = 15.36
"""No program gets more where the problem sets no limit: 6 times the time of the slowest reference admitted, with
``CONFIRM_FACTOR``."""


def cpu_limit(problem: Problem, reference_cpu_s: float) -> float:
    """The limit for programs of a problem whose reference took ``reference_cpu_s`` over all its tests: the first of
    0.06, 0.24, 0.96, 3.84 and 15.36 seconds that is enough. It bounds a program over all its tests, but a stdio program over
    each: there the mean of the tests counts, or ``SLOW_FACTOR`` times the sum where that is more (one may take it all).
    """
    enough = _enough(reference_cpu_s)
    if problem.is_stdio:
        enough = max(_enough(reference_cpu_s / len(problem.tests)), SLOW_FACTOR * reference_cpu_s)
    limit = FLOOR_CPU_S
    while limit < enough and limit < CEILING_CPU_S:
        limit *= GRID
    return round(limit, 3)


def may_have_less(problem: Problem, reference_cpu_s: float) -> bool:
    """Whether the limit would be the next lower one if the reference were a third faster than it was seen: its least
    time is worth looking for again. (Beside other work on the same core a program takes up to half as long again.)"""
    return cpu_limit(problem, 0.65 * reference_cpu_s) < cpu_limit(problem, reference_cpu_s)


def _enough(cpu_s: float) -> float:
    return min(FACTOR * cpu_s, SLOW_FACTOR * cpu_s + SLOW_EXTRA_S)
