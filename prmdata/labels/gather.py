"""Gather evidence about programs of one problem: run their tests, then inputs the tests never tried.

Pure sub-generators: they yield :class:`~prmdata.records.Run` and are answered; strategies ``yield from``
them. What is tried depends on the problem, the seed and the programs in their order, on nothing else.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Final

from prmdata.edits.operators import AUTHOR
from prmdata.errors import QuarantineError
from prmdata.labels.domain import Domain
from prmdata.labels.executed import witness_lines
from prmdata.labels.survey import (
    Answers,
    Budget,
    Ground,
    Trial,
    as_suite,
    budget_of,
    explore,
    suites_of,
    survey,
)
from prmdata.labels.written import written, written_call
from prmdata.records import (
    Candidate,
    Counterexample,
    Evidence,
    Execution,
    Observation,
    Run,
    Task,
    Verdict,
    Vetted,
)

Subject = Candidate | str
STOP_AFTER: Final = 1
"""One disagreement is enough for a label."""
RULES_SHARE: Final = 2
"""A refactor that comes from our rules is right by construction: it gets one input in so many, and no
search. A model's refactor gets what a mutation gets."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one program: its execution and the evidence for its row."""

    execution: Execution
    evidence: Evidence

    @property
    def passes(self) -> bool:
        """Whether it passes its tests and agrees with the reference inside the hull."""
        return self.execution.verdict == Verdict.PASSED and not self.evidence.inputs_disagreed_inside


@dataclass(slots=True)
class _Case:
    """One program while evidence about it is gathered."""

    program: str
    watch: tuple[int, ...]
    share: int = 1
    searched: bool = True
    execution: Execution | QuarantineError | None = None
    tried: int = 0
    reached: list[Trial] = field(default_factory=list)
    n_reached: int = 0
    inside: int = 0
    outside: int = 0
    counterexample: Counterexample | None = None

    @property
    def is_open(self) -> bool:
        """Whether it passes its tests and nothing has told it from the reference."""
        passed = isinstance(self.execution, Execution) and self.execution.verdict == Verdict.PASSED
        return passed and not self.inside + self.outside

    def note(self, trial: Trial, seen: Observation, domain: Domain) -> bool:
        """Add what one input showed; True where it told the program from the reference.

        Running out of time on an input larger than any given one is no fault, only a dispute: nobody
        said how fast a program must be there.
        """
        self.tried += 1
        if seen.reached:
            self.n_reached += 1
            self.reached.append(trial)
        if seen.status == "agreed":
            return False
        inside = trial.inside and (seen.status != "timeout" or domain.is_as_small(trial.text))
        if inside:
            self.inside += 1
        else:
            self.outside += 1
        if self.counterexample is None or (inside and self.inside == 1):
            self.counterexample = counterexample_of(trial, seen)
        return True

    def finding(self) -> Finding | QuarantineError:
        if not isinstance(self.execution, Execution):
            assert self.execution is not None
            return self.execution
        evidence = Evidence(
            inputs_tried=self.tried,
            inputs_reached=self.n_reached,
            inputs_disagreed_inside=self.inside,
            inputs_disagreed_outside=self.outside,
            counterexample=self.counterexample,
            differential=True,
            edit_executed=_ran(self.watch, self.execution.lines, self.n_reached),
        )
        return Finding(self.execution, evidence)


def gather(
    vetted: Vetted,
    subjects: Sequence[Subject],
    *,
    seed: int = 0,
    budget: Budget | None = None,
    ground: Ground | None = None,
    pass_only: bool = False,
) -> Generator[Run, Answers, list[Finding | QuarantineError]]:
    """Evidence about each of ``subjects`` (candidates, or whole programs), in their order.

    All run the given tests; those that pass run the inputs of the problem's ground (``survey``, made here
    where none is given); edits that agree everywhere are searched for an input that tells them apart
    (whole programs are not, nor are the refactorings of our own rules). A program that cannot be judged
    comes back as its QuarantineError. ``pass_only``: whoever asks wants to know whether a program passes
    and nothing else of it, so it is run no further than to its first failure.
    """
    if not subjects:
        return []
    budget = budget or budget_of(vetted)
    if ground is None:
        ground = yield from survey(vetted, seed=seed, budget=budget)
    cases = [_case(subject) for subject in subjects]
    yield from _judge(vetted, ground, cases, budget, pass_only)
    for _ in range(budget.rounds):
        open_cases = [case for case in cases if case.searched and case.is_open]
        if not open_cases:
            break
        yield from _search(vetted, ground, open_cases, budget)
    return [case.finding() for case in cases]


def _case(subject: Subject) -> _Case:
    if isinstance(subject, str):
        return _Case(subject, (), searched=False)
    step = subject.labelled_step
    watch = () if step is None else tuple(sorted(set(witness_lines(subject.steps)[step])))
    if subject.edit.intent == "refactor" and subject.edit.author == AUTHOR:
        return _Case(subject.program, watch, share=RULES_SHARE, searched=False)
    return _Case(subject.program, watch)


def _judge(
    vetted: Vetted, ground: Ground, cases: Sequence[_Case], budget: Budget, pass_only: bool
) -> Generator[Run, Answers, None]:
    """Tests, then inputs inside, then outside: one task a program."""
    full = suites_of(ground.trials, (budget.inside, budget.outside))[: 1 if pass_only else None]
    tasks, sets = [], []
    for case in cases:
        chosen = tuple(trials[: len(trials) // case.share] for trials in full)
        used = tuple(trials for trials in chosen if trials)
        sets.append(used)
        suites = tuple(as_suite(trials, ground.compare) for trials in used)
        task = Task(case.program, suites=suites, watch=case.watch, stop_after=STOP_AFTER, pass_only=pass_only)
        tasks.append(task)
    answers = yield Run(vetted.spec, tuple(tasks))
    for case, used, answer in zip(cases, sets, answers, strict=True):
        case.execution = answer
        if isinstance(answer, Execution):
            _note(ground, case, used, answer)


def _search(
    vetted: Vetted, ground: Ground, cases: Sequence[_Case], budget: Budget
) -> Generator[Run, Answers, None]:
    """Look for inputs that tell the open cases from the reference: near those that reach the edited step
    and those that told others apart, with the programs' own literals as ingredients."""
    ground.domain.use_programs([vetted.problem.reference, *(case.program for case in cases)])
    seeds: list[str] = [trial.text for trial in ground.killers[-20:]]
    for case in cases:
        reached = case.reached or ground.trials
        seeds += [trial.text for trial in ground.rng.sample(reached, min(8, len(reached)))]
    if not seeds:
        return
    trials = yield from explore(vetted, ground, budget.targeted, budget.outside // 2, seeds)
    inside, outside = suites_of(trials, (budget.targeted, budget.outside))
    used = tuple(chosen for chosen in (inside, outside) if chosen)
    suites = tuple(as_suite(chosen, ground.compare) for chosen in used)
    if not suites:
        return
    tasks = tuple(
        Task(case.program, tests=False, suites=suites, watch=case.watch, stop_after=STOP_AFTER)
        for case in cases
    )
    answers = yield Run(vetted.spec, tasks)
    for case, answer in zip(cases, answers, strict=True):
        if isinstance(answer, Execution):
            _note(ground, case, used, answer)
        else:
            case.execution = answer


def _note(ground: Ground, case: _Case, used: Sequence[Sequence[Trial]], answer: Execution) -> None:
    """Add the observations of one answer, up to the first that tells the program from the reference (a
    program that died later in the same batch leaves more)."""
    for trials, seen in zip(used, answer.observations, strict=False):
        for trial, one in zip(trials, seen, strict=False):
            if case.note(trial, one, ground.domain):
                if trial not in ground.killers:
                    ground.killers.append(trial)
                return


def counterexample_of(trial: Trial, seen: Observation) -> Counterexample:
    """What one input showed, as Python text: ``got`` is the answer, or what came instead of one."""
    got = written(seen.answer) if seen.status == "disagreed" else f"{seen.status} {seen.answer}".strip()
    return Counterexample(written_call(trial.text), written(trial.answer), got)


def _ran(watch: Sequence[int], lines: Sequence[int] | None, n_reached: int) -> bool | None:
    """Whether a test or an input ran any line of ``watch``; None where nobody knows."""
    if n_reached:
        return True
    if not watch or lines is None:
        return None
    return not set(watch).isdisjoint(lines)
