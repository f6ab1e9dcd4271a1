"""Gather evidence about programs of one problem: run their tests, then inputs the tests never tried.

Pure sub-generators: they yield :class:`~prmdata.records.Run` and are answered; strategies ``yield from``
them. What is tried depends on the problem, the seed and the programs in their order, on nothing else.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from prmdata.edits.operators import AUTHOR
from prmdata.errors import QuarantineError
from prmdata.evidence.confirm import Difference, confirmed
from prmdata.evidence.counterexamples import counterexample_of, entry_point
from prmdata.evidence.executed import covered_lines
from prmdata.evidence.explore import Budget, InputCorpus, budget_of, explore, explore_near
from prmdata.evidence.input_space import InputSpace
from prmdata.evidence.passing import is_distinguished, passes
from prmdata.evidence.suites import RecordedInput, as_suite, suites_of
from prmdata.records import (
    Candidate,
    Counterexample,
    Evidence,
    Execution,
    Observation,
    Run,
    RunResult,
    RunResults,
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
class Gathered:
    """What was found out about one program: its execution and the evidence for its row."""

    execution: Execution
    evidence: Evidence

    @property
    def passes(self) -> bool:
        """See :func:`prmdata.evidence.passing.passes`."""
        return passes(self.execution.verdict, self.evidence)

    @property
    def is_distinguished(self) -> bool:
        """See :func:`prmdata.evidence.passing.is_distinguished`."""
        return is_distinguished(self.execution.verdict, self.evidence)


@dataclass(slots=True)
class _Case:
    """One program while evidence about it is gathered."""

    program: str
    watch: tuple[int, ...]
    share: int = 1
    searched: bool = True
    execution: RunResult | None = None
    tried: int = 0
    reached: list[RecordedInput] = field(default_factory=list)
    n_reached: int = 0
    inside: int = 0
    outside: int = 0
    counterexample: Counterexample | None = None

    @property
    def is_open(self) -> bool:
        """Whether it passes its tests and nothing has distinguished it from the reference."""
        passed = isinstance(self.execution, Execution) and self.execution.verdict == Verdict.PASSED
        return passed and not self.inside + self.outside

    def note(self, recorded: RecordedInput, seen: Observation) -> bool:
        """Add what one input showed; True where it distinguished the program from the reference, which is
        asked no more then."""
        self.tried += 1
        if seen.reached:
            self.n_reached += 1
            self.reached.append(recorded)
        return seen.status != "agreed"

    def differs(self, difference: Difference, space: InputSpace, entry_point: str) -> None:
        """Add what distinguishes the program from the reference.

        Running out of time on an input larger than any given one is no fault, only a dispute: nobody
        said how fast a program must be there.
        """
        recorded, seen = difference.recorded, difference.seen
        if recorded.inside and (seen.status != "timeout" or space.is_as_small(recorded.text)):
            self.inside += 1
        else:
            self.outside += 1
        self.counterexample = counterexample_of(recorded, seen, entry_point)

    def finding(self) -> Gathered | QuarantineError:
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
        return Gathered(self.execution, evidence)


def gather(
    vetted: Vetted,
    subjects: Sequence[Subject],
    *,
    seed: int = 0,
    budget: Budget | None = None,
    corpus: InputCorpus | None = None,
    pass_only: bool = False,
) -> Generator[Run, RunResults, list[Gathered | QuarantineError]]:
    """Evidence about each of ``subjects`` (candidates, or whole programs), in their order.

    All run the given tests; those that pass run the inputs of the problem's corpus (``explore``, made here
    where none is given). For edits that agree everywhere an input is searched that distinguishes them
    from the reference (not for whole programs, nor for the refactorings of our own rules). A program that cannot be judged
    comes back as its QuarantineError. ``pass_only``: whoever asks wants to know whether a program passes
    and nothing else of it, so it is run no further than to its first failure.
    """
    if not subjects:
        return []
    budget = budget or budget_of(vetted)
    if corpus is None:
        corpus = yield from explore(vetted, seed=seed, budget=budget)
    budget = corpus.budget or budget
    cases = [_case(subject) for subject in subjects]
    yield from _judge(vetted, corpus, cases, budget, pass_only)
    for _ in range(budget.rounds):
        open_cases = [case for case in cases if case.searched and case.is_open]
        if not open_cases:
            break
        yield from _search(vetted, corpus, open_cases, budget)
    return [case.finding() for case in cases]


def _case(subject: Subject) -> _Case:
    if isinstance(subject, str):
        return _Case(subject, (), searched=False)
    step = subject.labelled_step
    watch = () if step is None else covered_lines(subject.steps, step)
    if subject.edit.intent == "refactor" and subject.edit.author == AUTHOR:
        return _Case(subject.program, watch, share=RULES_SHARE, searched=False)
    return _Case(subject.program, watch)


def _judge(
    vetted: Vetted, corpus: InputCorpus, cases: Sequence[_Case], budget: Budget, pass_only: bool
) -> Generator[Run, RunResults, None]:
    """Tests, then inputs inside, then outside: one task a program. Where each input starts afresh, the tests are a task
    of their own, and only programs that pass them run the inputs."""
    full = suites_of(corpus.recordings, (budget.inside, budget.outside))[: 1 if pass_only else None]
    shares = [tuple(recordings[: len(recordings) // case.share] for recordings in full) for case in cases]
    sets = [tuple(recordings for recordings in chosen if recordings) for chosen in shares]
    is_first = corpus.budget is None
    tasks = [
        Task(
            case.program,
            suites=tuple(as_suite(recordings, corpus.compare) for recordings in used if is_first),
            watch=case.watch,
            stop_after=STOP_AFTER,
            pass_only=pass_only,
        )
        for case, used in zip(cases, sets, strict=True)
    ]
    answers = yield Run(vetted.spec, tuple(tasks))
    for case, answer in zip(cases, answers, strict=True):
        case.execution = answer
    if is_first:
        yield from _weigh(vetted, corpus, list(zip(cases, sets, answers, strict=True)), after_tests=True)
        return
    passing = [(case, used) for case, used in zip(cases, sets, strict=True) if case.is_open]
    yield from _ask(vetted, corpus, passing)


def _ask(
    vetted: Vetted, corpus: InputCorpus, asked: Sequence[tuple[_Case, Sequence[Sequence[RecordedInput]]]]
) -> Generator[Run, RunResults, None]:
    """Put inputs, without the tests, to programs that pass them."""
    asked = [(case, used) for case, used in asked if used]
    tasks = tuple(
        Task(
            case.program,
            tests=False,
            suites=tuple(as_suite(recordings, corpus.compare) for recordings in used),
            watch=case.watch,
            stop_after=STOP_AFTER,
        )
        for case, used in asked
    )
    if tasks:
        answers = yield Run(vetted.spec, tasks)
        seen = [(case, used, answer) for (case, used), answer in zip(asked, answers, strict=True)]
        yield from _weigh(vetted, corpus, seen, after_tests=False)


def _search(
    vetted: Vetted, corpus: InputCorpus, cases: Sequence[_Case], budget: Budget
) -> Generator[Run, RunResults, None]:
    """Look for inputs that distinguish the open cases from the reference: near those that reach the edited step
    and those that distinguished other programs, with the programs' own literals as ingredients."""
    corpus.space.use_programs([vetted.problem.reference, *(case.program for case in cases)])
    seeds: list[str] = [recorded.text for recorded in corpus.distinguishing[-20:]]
    for case in cases:
        reached = case.reached or corpus.recordings
        seeds += [recorded.text for recorded in corpus.rng.sample(reached, min(8, len(reached)))]
    if not seeds:
        return
    recordings = yield from explore_near(vetted, corpus, budget.targeted, budget.outside // 2, seeds)
    inside, outside = suites_of(recordings, (budget.targeted, budget.outside))
    used = tuple(chosen for chosen in (inside, outside) if chosen)
    yield from _ask(vetted, corpus, [(case, used) for case in cases])


_Asked = tuple[_Case, Sequence[Sequence[RecordedInput]], RunResult]


def _weigh(
    vetted: Vetted, corpus: InputCorpus, asked: Sequence[_Asked], *, after_tests: bool
) -> Generator[Run, RunResults, None]:
    """Add the observations of each answer, up to the first that distinguishes the program, and have that one
    confirmed where the inputs before it may have shown it too. What nothing confirms is no difference: the inputs
    are put to that program once more, each on a fresh start."""
    found: list[tuple[_Case, Sequence[Sequence[RecordedInput]], Difference]] = []
    for case, used, answer in asked:
        if not isinstance(answer, Execution):
            case.execution = answer
        elif (difference := _noted(case, used, answer, after_tests)) is not None:
            found.append((case, used, difference))
    sure = [corpus.starts_afresh or each.seen.status in ("timeout", "died") for _, _, each in found]
    unsure = [each for (_, _, each), is_sure in zip(found, sure, strict=True) if not is_sure]
    weighed = iter((yield from confirmed(vetted, corpus, unsure)))
    for (case, used, difference), is_sure in zip(found, sure, strict=True):
        result = difference if is_sure else next(weighed)
        if result is None:
            result = yield from _alone(vetted, corpus, case, used)
        if result is not None:
            case.differs(result, corpus.space, entry_point(vetted))
            if result.recorded not in corpus.distinguishing and result is difference:
                corpus.distinguishing.append(result.recorded)


def _alone(
    vetted: Vetted, corpus: InputCorpus, case: _Case, used: Sequence[Sequence[RecordedInput]]
) -> Generator[Run, RunResults, Difference | None]:
    """The first difference where each input is put to a program on a fresh start."""
    suites = tuple(replace(as_suite(recordings, corpus.compare), fresh_start=True) for recordings in used)
    task = Task(case.program, tests=False, suites=suites, watch=case.watch, stop_after=STOP_AFTER)
    (answer,) = yield Run(vetted.spec, (task,))
    if not isinstance(answer, Execution):
        case.execution = answer
        return None
    case.tried, case.n_reached = 0, 0
    case.reached.clear()
    return _noted(case, used, answer, False)


def _noted(
    case: _Case, used: Sequence[Sequence[RecordedInput]], answer: Execution, after_tests: bool
) -> Difference | None:
    """The first observation that distinguishes the program, all up to it added (a program that died later in the
    same batch leaves more)."""
    before: list[RecordedInput] = []
    for recordings, seen in zip(used, answer.observations, strict=False):
        for recorded, one in zip(recordings, seen, strict=False):
            if case.note(recorded, one):
                return Difference(case.program, recorded, one, tuple(before), after_tests)
            before.append(recorded)
    return None


def _ran(watch: Sequence[int], lines: Sequence[int] | None, n_reached: int) -> bool | None:
    """Whether a test or an input ran any line of ``watch``; None where nobody knows."""
    if n_reached:
        return True
    if not watch or lines is None:
        return None
    return not set(watch).isdisjoint(lines)
