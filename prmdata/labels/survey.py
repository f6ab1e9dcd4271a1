"""Survey a problem: generate inputs, record what the reference answers and which lines it takes."""

from __future__ import annotations

import random
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from prmdata.errors import QuarantineError
from prmdata.labels.compare import accepts_several, compare_rule
from prmdata.labels.domain import CallDomain, Domain, ReadDomain
from prmdata.labels.hull.observe import Feature
from prmdata.records import Compare, Execution, Run, Suite, Task, Vetted

Answers = tuple[Execution | QuarantineError, ...]
RESUMES: Final = 4
"""How often recording goes on after an input on which the reference died or ran too long."""
STRIDE: Final = 4
"""Large inputs count where the reference needs no more than this part of the limit."""
LARGE_RESUMES: Final = 3
LONGEST_ANSWER: Final = 20_000
WORK_PER_CPU_S: Final = 1_000_000
"""Loops and calls that the reference may take on an input, for each second of the limit, and as many again for each
beyond ``FULL_CPU_S``: a twentieth to a tenth of what it could. Counted, so that the inputs are the same whatever
else the machine does: under a CPU limit alone, a recursion that doubles with each step ran out of time one step
sooner on a busy machine."""
_FEW_BROKEN: Final = 2


@dataclass(frozen=True, slots=True)
class Budget:
    """How many inputs to try. Counts only: no evidence is bounded by time."""

    inside: int = 260
    outside: int = 90
    climbs: int = 2
    """Further rounds of recording, each a third of ``inside``, from the inputs whose lines are rare."""
    targeted: int = 220
    rounds: int = 2
    """Rounds of inputs made for the programs that nothing has told from the reference yet."""

    def scaled(self, cpu_s: float) -> Budget:
        """The budget of a problem whose limit is ``cpu_s``: a slow reference gets fewer inputs, so that
        trying them costs no more than a few runs of its tests."""
        share = min(1.0, (FULL_CPU_S / max(cpu_s, 1e-9)) ** 0.75)
        inside, outside, targeted = (
            max(LEAST_INPUTS, round(number * share)) for number in (self.inside, self.outside, self.targeted)
        )
        return Budget(inside, outside, self.climbs, targeted, self.rounds)


def budget_of(vetted: Vetted) -> Budget:
    """How many inputs a problem gets. Programs that read from standard input start afresh for each one
    (3 ms instead of some 50 µs), so they get about twice as many inputs as they have tests."""
    if not vetted.problem.is_stdio:
        return Budget().scaled(vetted.spec.cpu_s)
    inside = min(40, 8 + 2 * len(vetted.problem.tests))
    return Budget(inside, inside // 3, climbs=1, targeted=inside // 2, rounds=1)


FULL_CPU_S: Final = 0.06
"""Up to this limit (it comes from the reference's own time; this is its floor) all inputs are tried."""
LEAST_INPUTS: Final = 16


@dataclass(frozen=True, slots=True)
class Trial:
    """An input that the reference answered plainly and alike: evidence can rest on it."""

    text: str
    answer: str
    lines: frozenset[int]
    broken: frozenset[Feature]

    @property
    def inside(self) -> bool:
        return not self.broken


@dataclass(slots=True)
class Ground:
    """What is known about a problem's inputs. Grows while candidates are searched; the order of what is
    done to it is the order of the candidates."""

    domain: Domain
    compare: Compare
    rng: random.Random
    trials: list[Trial] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    killers: list[Trial] = field(default_factory=list)
    """Inputs that told some program from the reference."""

    def inside(self) -> list[Trial]:
        return [trial for trial in self.trials if trial.inside]

    def outside(self) -> list[Trial]:
        return [trial for trial in self.trials if not trial.inside]


def survey(vetted: Vetted, *, seed: int, budget: Budget) -> Generator[Run, Answers, Ground]:
    """The ground on which candidates of one problem are compared: inputs inside and outside the hull,
    the reference's answers, climbing towards lines of it that few inputs take."""
    problem = vetted.problem
    is_slow = vetted.spec.cpu_s > FULL_CPU_S
    learned = vetted.recorded_inputs, [problem.reference]
    domain: Domain = (
        ReadDomain(*learned, is_slow=is_slow)
        if problem.is_stdio
        else CallDomain(*learned, is_slow=is_slow, is_open=accepts_several(problem))
    )
    rng = random.Random(f"{seed}\0{problem.id}")
    ground = Ground(domain, compare_rule(problem), rng)
    given = list(dict.fromkeys(vetted.recorded_inputs))
    yield from explore(vetted, ground, budget.inside, budget.outside, given, first=given)
    for _ in range(budget.climbs):
        rare = _rare(ground.trials)
        before = {trial.lines for trial in ground.trials}
        yield from explore(vetted, ground, budget.inside // 3, budget.outside // 3, rare)
        if {trial.lines for trial in ground.trials} == before:
            break
    _widen(ground)
    yield from _stress(vetted, ground)
    return ground


def _stress(vetted: Vetted, ground: Ground) -> Generator[Run, Answers, None]:
    """Far larger numbers, while the reference takes them in its stride (a fraction of the limit): a
    program that counts where the reference reckons runs out of time there, or out of digits. They are
    outside, so they can only dispute."""
    texts = [text for text in ground.domain.large(ground.rng) if text not in ground.known]
    if not texts:
        return
    ground.known.update(texts)
    quick = replace(vetted, spec=replace(vetted.spec, cpu_s=vetted.spec.cpu_s / STRIDE))
    ground.trials += yield from record(quick, ground, texts, resumes=LARGE_RESUMES)


def explore(
    vetted: Vetted,
    ground: Ground,
    inside: int,
    outside: int,
    seeds: Sequence[str],
    first: Sequence[str] = (),
) -> Generator[Run, Answers, list[Trial]]:
    """Draw inputs near ``seeds``, record the reference on them, and keep what can be evidence."""
    ground.known.update(first)
    drawn, beside = ground.domain.draw(ground.rng, inside, seeds, ground.known)
    texts = [*first, *drawn, *_spread(ground, beside, outside)]
    trials = yield from record(vetted, ground, texts)
    if ground.compare.rule == "checker":
        trials = yield from _accepted(vetted, ground, trials)
    ground.trials += trials
    return trials


def record(
    vetted: Vetted, ground: Ground, texts: Sequence[str], resumes: int = RESUMES
) -> Generator[Run, Answers, list[Trial]]:
    """The trials among ``texts``: where the reference raised, died, ran too long, gave something opaque
    or two different answers, there is none."""
    trials: list[Trial] = []
    rest = list(texts)
    for _ in range(resumes):
        if not rest:
            break
        task = Task(
            vetted.problem.reference,
            tests=False,
            suites=(Suite(tuple(rest)),),
            lines_by_input=True,
            work=round(WORK_PER_CPU_S * (vetted.spec.cpu_s + max(0.0, vetted.spec.cpu_s - FULL_CPU_S))),
        )
        (answer,) = yield Run(vetted.spec, (task,))
        if isinstance(answer, QuarantineError):
            # Some input is not repeatable; halves find the others.
            if len(rest) < 16:
                break
            half = len(rest) // 2
            trials += yield from record(vetted, ground, rest[:half])
            trials += yield from record(vetted, ground, rest[half:])
            break
        seen = answer.observations[0] if answer.observations else ()
        for text, one in zip(rest, seen, strict=False):
            if one.status == "answered" and len(one.answer) <= LONGEST_ANSWER:
                lines = frozenset(one.lines or ())
                trials.append(Trial(text, one.answer, lines, ground.domain.violations(text)))
        rest = rest[max(len(seen), 1) :]
    return trials


def _accepted(vetted: Vetted, ground: Ground, trials: list[Trial]) -> Generator[Run, Answers, list[Trial]]:
    """The trials on which the problem's checker accepts the reference's own answer; elsewhere it was
    never meant to be asked."""
    task = Task(vetted.problem.reference, tests=False, suites=(as_suite(trials, ground.compare),))
    (answer,) = yield Run(vetted.spec, (task,))
    if isinstance(answer, QuarantineError) or not answer.observations:
        return []
    seen = answer.observations[0]
    return [trial for trial, one in zip(trials, seen, strict=False) if one.status == "agreed"]


def suites_of(trials: Sequence[Trial], most: tuple[int, int]) -> tuple[list[Trial], list[Trial]]:
    """The trials to put to candidates, inside and outside, at most so many of each and the most telling
    first: each kind of way through the reference in turn, different answers before equal ones; inputs
    of far larger numbers last."""
    inside = _telling([trial for trial in trials if trial.inside], most[0])
    large = [trial for trial in trials if any(name == "size" for name, _, _ in trial.broken)]
    beside = [trial for trial in trials if not trial.inside and trial not in large]
    outside = [*_telling(beside, most[1] - len(large)), *large]
    return inside, outside


def as_suite(trials: Sequence[Trial], compare: Compare) -> Suite:
    """A suite that compares with the reference's answers; where none of them holds a float, exactly (a
    product of digits that a program keeps as a float is another number from 2**53 on)."""
    if compare.rule == "float" and not any("." in t.answer or "e" in t.answer for t in trials):
        compare = Compare()
    return Suite(tuple(t.text for t in trials), tuple(t.answer for t in trials), compare)


def _telling(trials: Sequence[Trial], most: int) -> list[Trial]:
    groups: dict[tuple[object, ...], list[Trial]] = {}
    answers: dict[str, int] = {}
    for trial in trials:
        rank = answers.get(trial.answer, 0)
        answers[trial.answer] = rank + 1
        groups.setdefault((tuple(sorted(trial.lines)), min(rank, 4)), []).append(trial)
    order = sorted(groups, key=lambda key: key[1])  # type: ignore[arg-type, return-value]
    chosen: list[Trial] = []
    place = 0
    while len(chosen) < min(most, len(trials)):
        for key in order:
            if place < len(groups[key]) and len(chosen) < most:
                chosen.append(groups[key][place])
        place += 1
    return chosen


def _spread(ground: Ground, texts: Sequence[str], most: int) -> list[str]:
    """Up to ``most`` of the outside ``texts``: those that break least first, every feature in turn."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for text in texts:
        broken = ground.domain.violations(text)
        groups.setdefault(tuple(sorted(map(repr, broken))), []).append(text)
    order = sorted(groups, key=lambda key: (len(key), key))
    chosen: list[str] = []
    place = 0
    while len(chosen) < min(most, len(texts)):
        for key in order:
            if place < len(groups[key]) and len(chosen) < most:
                chosen.append(groups[key][place])
        place += 1
    return chosen


def _rare(trials: Sequence[Trial]) -> list[str]:
    """One input of each way through the reference, the ways that few inputs take first."""
    ways: dict[frozenset[int], list[str]] = {}
    for trial in trials:
        ways.setdefault(trial.lines, []).append(trial.text)
    ordered = sorted(ways.values(), key=len)
    return [texts[0] for texts in ordered][:40]


def _widen(ground: Ground) -> None:
    """Take in what the reference plainly handles: inputs that break one or two features, that it answers
    without raising, by way of lines that no input inside takes (a branch made for them)."""
    usual: frozenset[int] = frozenset().union(*(trial.lines for trial in ground.trials if trial.inside))
    handled: set[Feature] = set()
    for trial in ground.outside():
        if len(trial.broken) <= _FEW_BROKEN and not trial.lines <= usual:
            handled |= trial.broken
    if handled:
        ground.domain.widen(handled)
        ground.trials = [
            Trial(t.text, t.answer, t.lines, ground.domain.violations(t.text)) for t in ground.trials
        ]
