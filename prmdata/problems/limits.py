"""CPU limits from the reference's own time, coarse enough that two builds choose the same."""

from __future__ import annotations

from prmdata.records import Problem

FLOOR_CPU_S = 0.1
"""No program gets less: ten times what starting and asserting takes, and far under a second, since every endless
loop costs this much, and ``CONFIRM_FACTOR`` times this, under each seed."""
FACTOR = 10
"""Times the reference's own CPU time: slow but right programs (a quadratic refactor of a linear loop) must pass."""
GRID = 4
"""Limits are ``FLOOR_CPU_S`` times a power of this."""
REFERENCE_CPU_S = 10.0
"""What a reference itself may take over its tests (stdio: over one test) where the problem sets no limit."""
MEMORY_MB = 512


CEILING_CPU_S = 25.6
"""No program gets more where the problem sets no limit: the slowest reference admitted has 2.5 times its own time."""
SINGLE_TEST_FACTOR = 4
"""Times what one stdio test took even where it alone took all of the reference's time (EvalPlus gives 4)."""


def cpu_limit(problem: Problem, reference_cpu_s: float) -> float:
    """The limit for programs of a problem whose reference took ``reference_cpu_s`` over all its tests: the first of
    0.1, 0.4, 1.6, 6.4 and 25.6 seconds that is ``FACTOR`` times as much. It bounds a program over all its tests, but a
    stdio program over each: there ``FACTOR`` times the mean, or ``SINGLE_TEST_FACTOR`` times the sum where that is more.
    """
    factor = max(FACTOR / len(problem.tests), SINGLE_TEST_FACTOR) if problem.is_stdio else FACTOR
    limit = FLOOR_CPU_S
    while limit < reference_cpu_s * factor and limit < CEILING_CPU_S:
        limit *= GRID
    return round(limit, 3)
