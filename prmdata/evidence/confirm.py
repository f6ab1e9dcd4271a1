"""Whether an input alone distinguishes a program from the reference, or only with what was asked before it.

A program is asked one input after the other in one process, behind its tests. Where it differs, the input is put to it
once more on a fresh start. Where it agrees there, the history counts: the calls before it are put to both from a fresh
start as one sequence, which then is the counterexample, made as short as it goes.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Final

from prmdata.evidence.explore import InputCorpus
from prmdata.evidence.sequences import (
    Steps,
    answers_of,
    calls_of,
    joined,
    parse,
    text_of,
    text_of_answers,
    without,
)
from prmdata.evidence.suites import RecordedInput
from prmdata.records import Execution, Observation, Run, RunResults, Suite, Task, Vetted

HISTORIES: Final = (1, 3, 10, 30, 100)
"""So many inputs before the differing one are tried first; the shortest history that shows the fault is kept."""
ROUNDS: Final = 8
"""How often a history is made shorter."""
_LONGEST: Final = 400
"""Steps of a sequence, as the guest takes them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A program that differs on an input, with the inputs asked before it in the same process."""

    program: str
    recorded: RecordedInput
    seen: Observation
    before: tuple[RecordedInput, ...]
    after_tests: bool


def confirmed(
    vetted: Vetted, corpus: InputCorpus, differences: Sequence[Difference]
) -> Generator[Run, RunResults, list[Difference | None]]:
    """Each of ``differences`` as it is confirmed on a fresh start: itself where the input alone shows it; with the
    shortest sequence found where only history does; None where nothing shows it again."""
    if not differences:
        return []
    tasks = tuple(
        Task(
            each.program,
            tests=False,
            suites=(Suite((each.recorded.text,), (each.recorded.answer,), corpus.compare, fresh_start=True),),
        )
        for each in differences
    )
    answers = yield Run(vetted.spec, tasks)
    found: list[Difference | None] = []
    for each, answer in zip(differences, answers, strict=True):
        agrees = isinstance(answer, Execution) and _status(answer) == "agreed"
        found.append((yield from _by_history(vetted, corpus, each)) if agrees else each)
    return found


def _status(answer: Execution) -> str:
    return next((one.status for suite in answer.observations for one in suite), "")


def _by_history(
    vetted: Vetted, corpus: InputCorpus, difference: Difference
) -> Generator[Run, RunResults, Difference | None]:
    """The difference as a sequence; None where no history that is tried shows it."""
    before = [recorded.text for recorded in difference.before]
    tests = joined([parse(text) for text in vetted.recorded_sequences]) if difference.after_tests else ()
    last = calls_of([difference.recorded.text])
    some = [joined([calls_of(before[-count:]), last]) for count in HISTORIES if count < len(before)]
    histories = [
        joined([calls_of(before), last]),
        joined([tests, last]),
        joined([tests, calls_of(before), last]),
    ]
    found = yield from _shortest(vetted, corpus, difference, [*some, *histories])
    for _ in range(ROUNDS if found is not None else 0):
        assert found is not None
        shorter = yield from _shortest(vetted, corpus, difference, _parts(parse(found.recorded.text)))
        if shorter is None or len(shorter.recorded.text) >= len(found.recorded.text):
            break
        found = shorter
    return found


def _parts(steps: Steps) -> list[Steps]:
    """The sequence without each part of its history: halves, quarters, ... single steps."""
    parts: list[Steps] = []
    size = len(steps) // 2
    while size >= 1:
        starts = range(0, len(steps) - 1, size)
        parts += [without(steps, range(start, min(start + size, len(steps) - 1))) for start in starts]
        size //= 2
    return parts[:_LONGEST]


def _shortest(
    vetted: Vetted, corpus: InputCorpus, difference: Difference, sequences: Sequence[Steps]
) -> Generator[Run, RunResults, Difference | None]:
    """The shortest of ``sequences`` on which the program differs from the reference, up to the step where it does."""
    texts = list(dict.fromkeys(text_of(steps) for steps in sequences if 0 < len(steps) <= _LONGEST))
    record = Task(vetted.problem.reference, tests=False, suites=(Suite(tuple(texts), fresh_start=True),))
    (recorded,) = yield Run(vetted.spec, (record,))
    if not isinstance(recorded, Execution) or not recorded.observations:
        return None
    answered = [
        (text, one.answer)
        for text, one in zip(texts, recorded.observations[0], strict=False)
        if one.status == "answered"
    ]
    if not answered:
        return None
    asked, answers = (tuple(column) for column in zip(*answered, strict=True))
    suite = Suite(asked, answers, corpus.compare, fresh_start=True)
    (compared,) = yield Run(vetted.spec, (Task(difference.program, tests=False, suites=(suite,)),))
    if not isinstance(compared, Execution) or not compared.observations:
        return None
    differing = [
        cut
        for (text, answer), seen in zip(answered, compared.observations[0], strict=False)
        if seen.status == "disagreed" and (cut := _cut(difference, text, answer, seen)) is not None
    ]
    return min(differing, key=lambda each: len(each.recorded.text), default=None)


def _cut(difference: Difference, text: str, answer: str, seen: Observation) -> Difference | None:
    """The sequence up to its first differing step; None where the reference raises before."""
    at = int(answers_of(seen.answer)[0])
    answers = answers_of(answer)[: at + 1]
    if any(each.startswith('{"!":') for each in answers):
        return None
    broken = difference.recorded.broken.union(*(each.broken for each in difference.before))
    recorded = RecordedInput(
        text_of(parse(text)[: at + 1]), text_of_answers(answers), difference.recorded.lines, broken
    )
    return Difference(difference.program, recorded, seen, (), difference.after_tests)
