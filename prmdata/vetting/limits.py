"""CPU limits from the reference's own time, coarse enough that two builds choose the same."""

from __future__ import annotations

from prmdata.records import Problem

LIMITS_CPU_S = (0.06, 0.18, 0.5, 1.5, 4.0, 12.0)
"""The limits there are. Few, since a reference or a program that needs about as much as a limit may be judged differently by
two builds, and placed where few do: of the 1,138 references of HumanEval and MBPP two need more than 7 and less than
20 ms (8 and 11: the first limit changes at 15); of the programs of HumanEval's two slower ones none is within a fifth of
its last limit (with 0.96 s for the slowest two were, and were timeouts one day and wrong answers another).
No program gets less than the first: five times what starting and asserting takes, and far under a second, since every
loop that never ends costs ``CONFIRM_FACTOR`` times this, and where chance could reach it this once more. None gets more than
the last where the problem sets no limit: with ``CONFIRM_FACTOR`` 5 times the time of the slowest reference admitted."""
FACTOR = 4
"""How many times the reference's own CPU time a program gets if that time is short. Starting and noise then
weigh as much as the work."""
SLOW_FACTOR = 2
SLOW_EXTRA_S = 0.12
"""Where the reference is slow (from 60 ms on): so many times its time, and this. No program times out before it had
``CONFIRM_FACTOR`` times its limit, so that a slow one has 8 times the reference's time; EvalPlus gives 4 times and 4 s."""
REFERENCE_CPU_S = 10.0
"""What a reference itself may take over its tests (stdio: over one test) where the problem sets no limit."""
MEMORY_MB = 512


def cpu_limit(problem: Problem, reference_cpu_s: float) -> float:
    """The limit for programs of a problem whose reference took ``reference_cpu_s`` over all its tests: the first of
    ``LIMITS_CPU_S`` that is enough. It bounds a program over all its tests, but a stdio program over
    each: there the mean of the tests counts, or ``SLOW_FACTOR`` times the sum where that is more (one may take it all).
    """
    enough = _enough(reference_cpu_s)
    if problem.is_stdio:
        enough = max(_enough(reference_cpu_s / len(problem.tests)), SLOW_FACTOR * reference_cpu_s)
    return next((limit for limit in LIMITS_CPU_S if limit >= enough), LIMITS_CPU_S[-1])


def may_have_less(problem: Problem, reference_cpu_s: float) -> bool:
    """Whether the limit would be the next lower one if the reference were a third faster than it was seen: its least
    time is worth looking for again. (Beside other work on the same core a program takes up to half as long again.)"""
    return cpu_limit(problem, 0.65 * reference_cpu_s) < cpu_limit(problem, reference_cpu_s)


def _enough(cpu_s: float) -> float:
    return min(FACTOR * cpu_s, SLOW_FACTOR * cpu_s + SLOW_EXTRA_S)
