"""Finds out whether an input alone distinguishes a program from the reference, or only together with the
inputs before it.

A program gets one input after the other in one process, after its tests. If it differs on an input, it gets
this input once more on a fresh start. If it agrees there, its history matters: the reference and the program
get the calls before the input as one sequence, each from a fresh start. This sequence then is the
counterexample, and it is made as short as possible.
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
from prmdata.records import Compare, Execution, Observation, Run, RunResults, Suite, Task, Vetted

HISTORIES: Final = (1, 3, 10, 30, 100)
"""These numbers of inputs before the differing input are tried first. The shortest history that shows the
fault is kept."""
ROUNDS: Final = 8
"""How many times a history is shortened."""
_LONGEST: Final = 400
"""The most steps of a sequence that the guest takes."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A program that differs on an input, with the inputs asked before it in the same process."""

    program: str
    recorded: RecordedInput
    seen: Observation
    before: tuple[RecordedInput, ...]
    after_tests: bool
    only_slow: bool = False
    """Whether the program answers as the reference does if it gets more time (see :mod:`patience`)."""


def confirmed(
    vetted: Vetted, corpus: InputCorpus, differences: Sequence[Difference]
) -> Generator[Run, RunResults, list[Difference | None]]:
    """Each of ``differences`` as a fresh start confirms it: the difference itself if the input alone shows
    it; a difference with the shortest sequence that was found if only a history shows it; None if nothing
    shows it again."""
    if not differences:
        return []
    answers = yield Run(vetted.spec, tuple(asked_alone(each, corpus.compare) for each in differences))
    found: list[Difference | None] = []
    for each, answer in zip(differences, answers, strict=True):
        agrees = isinstance(answer, Execution) and status_of(answer) == "agreed"
        found.append((yield from _by_history(vetted, corpus, each)) if agrees else each)
    return found


def asked_alone(difference: Difference, compare: Compare) -> Task:
    """The task that gives a program the input on which it differed, alone, on a fresh start."""
    asked, answer = difference.recorded.text, difference.recorded.answer
    suite = Suite((asked,), (answer,), compare, fresh_start=True)
    return Task(difference.program, tests=False, suites=(suite,))


def status_of(answer: Execution) -> str:
    """What the first input showed."""
    return next((one.status for suite in answer.observations for one in suite), "")


def _by_history(
    vetted: Vetted, corpus: InputCorpus, difference: Difference
) -> Generator[Run, RunResults, Difference | None]:
    """The difference as a sequence; None if no history that is tried shows it."""
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
    """The sequence without one part of its history, for each part: halves, quarters, and so on down to single
    steps."""
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
    """The shortest of ``sequences`` on which the program differs from the reference, up to the step where it
    differs."""
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
