"""Gather evidence about programs of one problem: run their tests, then inputs the tests never tried.

Pure sub-generators: they yield :class:`~prmdata.records.Run` and are answered; strategies ``yield from``
them. What is tried depends on the problem, the seed and the programs in their order, on nothing else.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Final
from zlib import crc32

from prmdata.edits.operators import AUTHOR
from prmdata.errors import QuarantineError
from prmdata.evidence.confirm import Difference, confirmed
from prmdata.evidence.counterexamples import entry_point
from prmdata.evidence.executed import covered_lines
from prmdata.evidence.explore import InputCorpus, explore, explore_near
from prmdata.evidence.input_budget import Budget, budget_of
from prmdata.evidence.last_look import look_again
from prmdata.evidence.patience import only_slow
from prmdata.evidence.program_case import Gathered, ProgramCase, Subject, is_fault
from prmdata.evidence.suites import RecordedInput, as_suite, suites_of
from prmdata.records import (
    Execution,
    Run,
    RunResult,
    RunResults,
    Task,
    Vetted,
)

STOP_AFTER: Final = 1
"""How many disagreements are needed for a label."""
RULES_SHARE: Final = 2
"""A refactoring by our own rules is right by construction, so only one in this many inputs is tried on it,
and no input is searched for. A model's refactoring is treated as a mutation is."""
CONFIRMED: Final = 20
"""Where trusted programs share a process, one refactoring in so many is run once more alone, as is each mutation that
agrees with everything."""


def gather(
    vetted: Vetted,
    subjects: Sequence[Subject],
    *,
    seed: int = 0,
    budget: Budget | None = None,
    corpus: InputCorpus | None = None,
    pass_only: bool = False,
) -> Generator[Run, RunResults, list[Gathered | QuarantineError]]:
    """The evidence about each of ``subjects`` (candidates, or whole programs), in their order.

    All of them run the given tests. Those that pass run the inputs of the problem's corpus (``explore`` makes
    one if none is given). For an edit that agrees everywhere, an input that distinguishes it from the
    reference is searched for. There is no search for whole programs, nor for the refactorings of our own
    rules. A program that cannot be judged comes back as its QuarantineError. ``pass_only`` is for a caller
    that needs only to know whether any program passes: each program then runs no further than its first
    failure, and a timeout is confirmed only if no program passes.
    """
    if not subjects:
        return []
    budget = budget or budget_of(vetted)
    if corpus is None:
        corpus = yield from explore(vetted, seed=seed, budget=budget)
    budget = corpus.budget or budget.for_space(corpus.space)
    cases = [_case(subject, pass_only) for subject in subjects]
    full = suites_of(corpus.recordings, (budget.inside, budget.outside))[: 1 if pass_only else None]
    yield from _judge(vetted, corpus, cases, full, pass_only)
    if pass_only and not any(case.is_open for case in cases):
        late = [place for place, case in enumerate(cases) if case.timed_out]
        for place in late:
            cases[place] = _case(subjects[place], pass_only)
        yield from _judge(vetted, corpus, [cases[place] for place in late], full, False)
    for _ in range(budget.rounds):
        open_cases = [case for case in cases if case.searched and case.is_open]
        if not open_cases:
            break
        yield from _search(vetted, corpus, open_cases, budget)
    yield from look_again(vetted, corpus, [case for case in cases if case.searched and case.is_open])
    return [case.finding(corpus.space.stated_bounds) for case in cases]


def _case(subject: Subject, pass_only: bool) -> ProgramCase:
    if isinstance(subject, str):
        return ProgramCase(subject, (), searched=False, patient=not pass_only)
    step = subject.labelled_step
    watch = () if step is None else covered_lines(subject.steps, step)
    if subject.edit.intent == "refactor" and subject.edit.author == AUTHOR:
        share, confirm = RULES_SHARE, crc32(subject.program.encode("utf-8", "surrogatepass")) % CONFIRMED == 0
    else:
        share, confirm = 1, True
    return ProgramCase(
        subject.program, watch, share=share, searched=share == 1, trusted=subject.trusted, confirm=confirm
    )


def _judge(
    vetted: Vetted,
    corpus: InputCorpus,
    cases: Sequence[ProgramCase],
    full: Sequence[Sequence[RecordedInput]],
    pass_only: bool,
) -> Generator[Run, RunResults, None]:
    """Run the tests, then the inputs inside, then those outside: one task for each program.

    If each input needs a fresh start, the tests are a task of their own, and only programs that pass them run
    the inputs. A program that hung on a large input then gets those inputs of the others that are small,
    because hanging on a small input is a fault.
    """
    if not cases:
        return
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
            trusted=case.trusted,
            confirm=case.confirm,
        )
        for case, used in zip(cases, sets, strict=True)
    ]
    answers = yield Run(vetted.spec, tuple(tasks))
    for case, answer in zip(cases, answers, strict=True):
        case.execution = answer
    if is_first:
        yield from _weigh(vetted, corpus, list(zip(cases, sets, answers, strict=True)), after_tests=True)
    else:
        passing = [(case, used) for case, used in zip(cases, sets, strict=True) if case.is_open]
        yield from _ask(vetted, corpus, passing)
    slow = [(case, (_small(corpus, case.left),)) for case in cases if case.slow and case.is_open]
    yield from _ask(vetted, corpus, slow)


def _small(corpus: InputCorpus, recordings: Sequence[RecordedInput]) -> list[RecordedInput]:
    """The inputs inside the domain that are no larger than the given inputs."""
    return [each for each in recordings if each.inside and corpus.space.is_as_small(each.text)]


def _ask(
    vetted: Vetted,
    corpus: InputCorpus,
    asked: Sequence[tuple[ProgramCase, Sequence[Sequence[RecordedInput]]]],
) -> Generator[Run, RunResults, None]:
    """Run inputs, without the tests, on programs that pass the tests. Those that share a process were confirmed with
    their tests."""
    asked = [(case, used) for case, used in asked if any(used)]
    tasks = tuple(
        Task(
            case.program,
            tests=False,
            suites=tuple(as_suite(recordings, corpus.compare) for recordings in used),
            watch=case.watch,
            stop_after=STOP_AFTER,
            trusted=case.trusted,
        )
        for case, used in asked
    )
    if tasks:
        answers = yield Run(vetted.spec, tasks)
        seen = [(case, used, answer) for (case, used), answer in zip(asked, answers, strict=True)]
        yield from _weigh(vetted, corpus, seen, after_tests=False)


def _search(
    vetted: Vetted, corpus: InputCorpus, cases: Sequence[ProgramCase], budget: Budget
) -> Generator[Run, RunResults, None]:
    """Search for inputs that distinguish the open cases from the reference. The search starts near the inputs
    that reach the edited step and near those that distinguished other programs, and it uses the programs' own
    literals."""
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
    small = _small(corpus, inside) if any(case.slow for case in cases) else []
    yield from _ask(vetted, corpus, [(case, (small,) if case.slow else used) for case in cases])


_Asked = tuple[ProgramCase, Sequence[Sequence[RecordedInput]], RunResult]
_Noted = tuple[ProgramCase, Sequence[Sequence[RecordedInput]], Difference]


def _weigh(
    vetted: Vetted, corpus: InputCorpus, asked: Sequence[_Asked], *, after_tests: bool
) -> Generator[Run, RunResults, None]:
    """Add the observations of each answer, up to the first one that distinguishes the program. If the inputs
    before it may have caused the difference, have it confirmed. If nothing confirms it, there is no
    difference: the program then gets the inputs once more, each on a fresh start."""
    found: list[_Noted] = []
    for case, used, answer in asked:
        if not isinstance(answer, Execution):
            case.execution = answer
        elif (difference := _noted(case, used, answer, after_tests)) is not None:
            found.append((case, used, difference))
    found = yield from _with_more_time(vetted, corpus, found)
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


def _with_more_time(
    vetted: Vetted, corpus: InputCorpus, found: Sequence[_Noted]
) -> Generator[Run, RunResults, list[_Noted]]:
    """``found``, in which a timeout of a whole program says whether more time would have spared it."""
    late = [
        each
        for case, _, each in found
        if case.patient and each.seen.status == "timeout" and is_fault(each, corpus.space)
    ]
    spared = yield from only_slow(vetted, corpus, late)
    return [
        (case, used, replace(each, only_slow=any(each is one for one in spared)))
        for case, used, each in found
    ]


def _alone(
    vetted: Vetted, corpus: InputCorpus, case: ProgramCase, used: Sequence[Sequence[RecordedInput]]
) -> Generator[Run, RunResults, Difference | None]:
    """The first difference if a program gets each input on a fresh start."""
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
    case: ProgramCase, used: Sequence[Sequence[RecordedInput]], answer: Execution, after_tests: bool
) -> Difference | None:
    """The first observation that distinguishes the program. All observations up to it are added (after it, a
    program that died in the same batch leaves more)."""
    before: list[RecordedInput] = []
    for recordings, seen in zip(used, answer.observations, strict=False):
        for place, (recorded, one) in enumerate(zip(recordings, seen, strict=False)):
            if case.note(recorded, one):
                case.left = recordings[place + 1 :]
                return Difference(case.program, recorded, one, tuple(before), after_tests)
            before.append(recorded)
    return None
