"""CPU limits from the reference's own time, coarse enough that two builds choose the same."""

from __future__ import annotations

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


def cpu_limit(reference_cpu_s: float) -> float:
    """The limit for programs of a problem whose reference took ``reference_cpu_s``: 0.1, 0.4, 1.6, 6.4, 25.6 ... seconds,
    the first that is at least ``FACTOR`` times as much."""
    limit = FLOOR_CPU_S
    while limit < reference_cpu_s * FACTOR:
        limit *= GRID
    return round(limit, 3)
