"""How many inputs a problem gets. All bounds are counts: no evidence is bounded by time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from prmdata.evidence.input_space import InputSpace
from prmdata.records import Vetted


@dataclass(frozen=True, slots=True)
class Budget:
    """How many inputs are tried. All bounds are counts; no evidence is bounded by time."""

    inside: int = 260
    outside: int = 90
    climbs: int = 2
    """How many further rounds are recorded. Each is a third of ``inside`` and starts from the inputs that run
    rare lines."""
    targeted: int = 220
    rounds: int = 2
    """How many rounds of inputs are made for the programs that nothing has distinguished from the reference
    so far."""

    def scaled(self, cpu_s: float) -> Budget:
        """The budget of a problem with the limit ``cpu_s``. A slow reference gets fewer inputs, so that
        trying them costs no more than a few runs of its tests."""
        share = min(1.0, (FULL_CPU_S / max(cpu_s, 1e-9)) ** 0.75)
        inside, outside, targeted = (
            max(LEAST_INPUTS, round(number * share)) for number in (self.inside, self.outside, self.targeted)
        )
        return Budget(inside, outside, self.climbs, targeted, self.rounds)

    def within(self, runs: int) -> Budget:
        """The budget cut down so that no candidate runs more than so many inputs."""
        if self.inside + self.outside + self.rounds * (self.targeted + self.outside // 2) <= runs:
            return self
        inside, outside, targeted = (max(1, runs * part // 15) for part in (8, 2, 4))
        return Budget(
            min(self.inside, inside),
            min(self.outside, outside),
            min(self.climbs, 1),
            min(self.targeted, targeted),
            min(self.rounds, 1),
        )

    def for_space(self, space: InputSpace) -> Budget:
        """The budget with the two shares changed for each other where no input of ``space`` is inside."""
        return replace(self, inside=self.outside, outside=self.inside) if space.only_disputes else self


def budget_of(vetted: Vetted) -> Budget:
    """How many inputs a problem gets. An input of a program that reads standard input costs about 0.3 ms, a
    tenth of the fresh start that each given test takes (up to six times the cost of an input of a call), if the
    program is not slow."""
    if not vetted.problem.is_stdio:
        return Budget().scaled(vetted.spec.cpu_s)
    budget = STDIN_BUDGET.scaled(vetted.spec.cpu_s)
    if vetted.spec.cpu_s < SLOW_START_CPU_S:
        return budget
    return budget.within(RUNS_PER_TEST * max(FEW_TESTS, len(vetted.problem.tests)))


STDIN_BUDGET: Final = Budget(inside=200, outside=60, climbs=2, targeted=120, rounds=2)
SEQUENCES: Final = Budget(inside=240, outside=100, climbs=1, targeted=120, rounds=2)
"""How many sequences of calls a problem with state gets. Each sequence needs a fresh start (4 ms instead of
about 50 µs)."""
FULL_CPU_S: Final = 0.06
"""Up to this limit, all inputs are tried. (The limit comes from the reference's own time, and this is its
lowest value.)"""
LEAST_INPUTS: Final = 16
SLOW_START_CPU_S: Final = 0.5
RUNS_PER_TEST: Final = 10
FEW_TESTS: Final = 3
"""From this limit on, an input of a program that reads standard input may cost as much as a test does (one that fills
tables of a million entries at its start takes a second for every input). Then a candidate gets at most so
many inputs for each given test, of which at least ``FEW_TESTS`` are counted."""
ENOUGH_INPUTS: Final = 100
"""A problem that reads standard input and has fewer valid ones is reported by vetting, with the reason."""
