"""CPU limits from the reference's own time, coarse enough that two builds choose the same."""

from __future__ import annotations

from prmdata.records import Problem

FLOOR_CPU_S = 0.1
"""No program gets less: ten times what starting and asserting takes, and far under a second, since every endless
loop costs this much, and ``CONFIRM_FACTOR`` times this, under each seed."""
FACTOR = 10
"""Times the reference's own CPU time where that is short: starting and noise weigh as much as the work."""
SLOW_FACTOR = 4
SLOW_EXTRA_S = 0.3
"""Where the reference is slow (from 50 ms on): so many times its time, and this: EvalPlus gives 4 times and 4 s."""
GRID = 4
"""Limits are ``FLOOR_CPU_S`` times a power of this."""
REFERENCE_CPU_S = 10.0
"""What a reference itself may take over its tests (stdio: over one test) where the problem sets no limit."""
MEMORY_MB = 512


CEILING_CPU_S = 25.6
"""No program gets more where the problem sets no limit: the slowest reference admitted has 2.5 times its own time."""


def cpu_limit(problem: Problem, reference_cpu_s: float) -> float:
    """The limit for programs of a problem whose reference took ``reference_cpu_s`` over all its tests: the first of
    0.1, 0.4, 1.6, 6.4 and 25.6 seconds that is enough. It bounds a program over all its tests, but a stdio program over
    each: there the mean of the tests counts, or ``SLOW_FACTOR`` times the sum where that is more (one may take it all).
    """
    enough = _enough(reference_cpu_s)
    if problem.is_stdio:
        enough = max(_enough(reference_cpu_s / len(problem.tests)), SLOW_FACTOR * reference_cpu_s)
    limit = FLOOR_CPU_S
    while limit < enough and limit < CEILING_CPU_S:
        limit *= GRID
    return round(limit, 3)


def _enough(cpu_s: float) -> float:
    return min(FACTOR * cpu_s, SLOW_FACTOR * cpu_s + SLOW_EXTRA_S)
