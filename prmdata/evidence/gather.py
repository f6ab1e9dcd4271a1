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
from prmdata.evidence.executed import covered_lines
from prmdata.evidence.explore import (
    Budget,
    InputCorpus,
    RecordedInput,
    as_suite,
    budget_of,
    explore,
    explore_near,
    suites_of,
)
from prmdata.evidence.input_space import InputSpace
from prmdata.evidence.passing import is_distinguished, passes
from prmdata.evidence.value_repr import call_repr, shortened, value_repr
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
    slow: int = 0
    """How many of ``outside`` only took too long."""
    left: Sequence[RecordedInput] = ()
    """The inputs of the same suite that were not tried, since one before them distinguished the program."""
    counterexample: Counterexample | None = None

    @property
    def is_open(self) -> bool:
        """Whether it passes its tests and no answer of it has differed from the reference's. Taking too long where nobody
        said how fast it must be says nothing about its answers: a table of the given ones may hang elsewhere."""
        passed = isinstance(self.execution, Execution) and self.execution.verdict == Verdict.PASSED
        return passed and self.inside + self.outside == self.slow

    def note(self, recorded: RecordedInput, seen: Observation, space: InputSpace) -> bool:
        """Add what one input showed; True where it distinguished the program from the reference, which is
        asked no more then.

        Running out of time on an input larger than any given one is no fault, only a dispute: nobody
        said how fast a program must be there.
        """
        self.tried += 1
        if seen.reached:
            self.n_reached += 1
            self.reached.append(recorded)
        if seen.status == "agreed":
            return False
        inside = recorded.inside and (seen.status != "timeout" or space.is_as_small(recorded.text))
        if inside:
            self.inside += 1
        else:
            self.outside += 1
            self.slow += seen.status == "timeout"
        self.counterexample = counterexample_of(recorded, seen)
        return True

    @property
    def timed_out(self) -> bool:
        """Whether a test or an input of its last run took too long."""
        answer = self.execution
        return isinstance(answer, Execution) and (
            answer.verdict == Verdict.TIMEOUT
            or any(seen.status == "timeout" for suite in answer.observations for seen in suite)
        )

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
    comes back as its QuarantineError. ``pass_only``: whoever asks wants to know whether any program passes
    and nothing else of it, so each is run no further than to its first failure, and a timeout is confirmed only
    where none passes.
    """
    if not subjects:
        return []
    budget = budget or budget_of(vetted)
    if corpus is None:
        corpus = yield from explore(vetted, seed=seed, budget=budget)
    cases = [_case(subject) for subject in subjects]
    full = suites_of(corpus.recordings, (budget.inside, budget.outside))[: 1 if pass_only else None]
    yield from _judge(vetted, corpus, cases, full, pass_only)
    if pass_only and not any(case.is_open for case in cases):
        late = [place for place, case in enumerate(cases) if case.timed_out]
        for place in late:
            cases[place] = _case(subjects[place])
        yield from _judge(vetted, corpus, [cases[place] for place in late], full, False)
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
    vetted: Vetted,
    corpus: InputCorpus,
    cases: Sequence[_Case],
    full: Sequence[Sequence[RecordedInput]],
    pass_only: bool,
) -> Generator[Run, RunResults, None]:
    """Tests, then inputs inside, then outside: one task a program. What then hung on a large input runs those of the
    others that are small, where hanging is a fault."""
    if not cases:
        return
    tasks, sets = [], []
    for case in cases:
        chosen = tuple(recordings[: len(recordings) // case.share] for recordings in full)
        used = tuple(recordings for recordings in chosen if recordings)
        sets.append(used)
        suites = tuple(as_suite(recordings, corpus.compare) for recordings in used)
        task = Task(case.program, suites=suites, watch=case.watch, stop_after=STOP_AFTER, pass_only=pass_only)
        tasks.append(task)
    answers = yield Run(vetted.spec, tuple(tasks))
    for case, used, answer in zip(cases, sets, answers, strict=True):
        case.execution = answer
        if isinstance(answer, Execution):
            _note(corpus, case, used, answer)
    slow = [(case, (_small(corpus, case.left),)) for case in cases if case.slow and case.is_open]
    yield from _try(vetted, corpus, slow)


def _small(corpus: InputCorpus, recordings: Sequence[RecordedInput]) -> list[RecordedInput]:
    """The inputs inside the domain that are no larger than the given ones."""
    return [each for each in recordings if each.inside and corpus.space.is_as_small(each.text)]


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
    small = _small(corpus, inside)
    yield from _try(vetted, corpus, [(case, (small,) if case.slow else used) for case in cases])


def _try(
    vetted: Vetted,
    corpus: InputCorpus,
    chosen: Sequence[tuple[_Case, Sequence[Sequence[RecordedInput]]]],
) -> Generator[Run, RunResults, None]:
    """Run some inputs in each of some programs that pass their tests."""
    chosen = [(case, used) for case, used in chosen if any(used)]
    if not chosen:
        return
    tasks = tuple(
        Task(
            case.program,
            tests=False,
            suites=tuple(as_suite(recordings, corpus.compare) for recordings in used),
            watch=case.watch,
            stop_after=STOP_AFTER,
        )
        for case, used in chosen
    )
    answers = yield Run(vetted.spec, tasks)
    for (case, used), answer in zip(chosen, answers, strict=True):
        if isinstance(answer, Execution):
            _note(corpus, case, used, answer)
        else:
            case.execution = answer


def _note(
    corpus: InputCorpus, case: _Case, used: Sequence[Sequence[RecordedInput]], answer: Execution
) -> None:
    """Add the observations of one answer, up to the first that distinguishes the program (a
    program that died later in the same batch leaves more)."""
    for recordings, seen in zip(used, answer.observations, strict=False):
        for place, (recorded, one) in enumerate(zip(recordings, seen, strict=False)):
            if case.note(recorded, one, corpus.space):
                case.left = recordings[place + 1 :]
                if recorded not in corpus.distinguishing:
                    corpus.distinguishing.append(recorded)
                return


def counterexample_of(recorded: RecordedInput, seen: Observation) -> Counterexample:
    """What one input showed, as Python text: ``got`` is the answer, or what came instead of one."""
    came = f"{seen.status} {seen.answer}".strip()
    got = value_repr(seen.answer) if seen.status == "disagreed" else shortened(came)
    return Counterexample(call_repr(recorded.text), value_repr(recorded.answer), got)


def _ran(watch: Sequence[int], lines: Sequence[int] | None, n_reached: int) -> bool | None:
    """Whether a test or an input ran any line of ``watch``; None where nobody knows."""
    if n_reached:
        return True
    if not watch or lines is None:
        return None
    return not set(watch).isdisjoint(lines)
