"""Shows what a program that fails a given test does: the first input of the tests on which it differs from
the reference.

This explains a label that the tests have decided. It decides no label itself.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TypeVar

from prmdata.errors import QuarantineError
from prmdata.evidence.counterexamples import counterexample_of, entry_point
from prmdata.evidence.explore import InputCorpus
from prmdata.evidence.program_case import Gathered, Subject
from prmdata.evidence.suites import RecordedInput, as_suite
from prmdata.records import Execution, Run, RunResults, Suite, Task, Verdict, Vetted

_EXPLAINED = frozenset({Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR})
"""The verdicts for which an input is looked up. The other verdicts explain themselves, and a timeout would
cost its limit a second time."""

FirstDifference = TypeVar("FirstDifference", Gathered, Gathered | QuarantineError)


def explain(
    vetted: Vetted, corpus: InputCorpus, subjects: Sequence[Subject], findings: Sequence[FirstDifference]
) -> Generator[Run, RunResults, list[FirstDifference]]:
    """The findings of ``subjects``, which all fail a given test. Each gets a counterexample if there is one.
    (There is none if the test asks for something other than the answer, or if the input cannot be sent over
    the wire.)"""
    asked: dict[int, list[RecordedInput]] = {}
    for place, finding in enumerate(findings):
        if isinstance(finding, Gathered) and finding.execution.verdict in _EXPLAINED:
            recordings = _given(vetted, corpus, finding.execution)
            if recordings:
                asked[place] = recordings
    if not asked:
        return list(findings)
    tasks = tuple(
        _task(subjects[place], as_suite(recordings, corpus.compare)) for place, recordings in asked.items()
    )
    answers = yield Run(vetted.spec, tasks)
    explained = list(findings)
    for (place, recordings), answer in zip(asked.items(), answers, strict=True):
        finding = explained[place]
        if isinstance(answer, Execution) and isinstance(finding, Gathered):
            explained[place] = _with_first(finding, recordings, answer, entry_point(vetted))
    return explained


def _task(subject: Subject, suite: Suite) -> Task:
    program, is_trusted = (subject, False) if isinstance(subject, str) else (subject.program, subject.trusted)
    return Task(program, tests=False, suites=(suite,), stop_after=1, trusted=is_trusted)


def _given(vetted: Vetted, corpus: InputCorpus, execution: Execution) -> list[RecordedInput]:
    """The inputs to try. They are the inputs of all given tests. On standard input, where each test is one
    input, only the input of the first failing test is tried."""
    texts = corpus.given
    if vetted.problem.is_stdio:
        failed = next((i for i, each in enumerate(execution.outcomes) if each != Verdict.PASSED), None)
        texts = [] if failed is None else [vetted.problem.tests[failed].input]
    known = {recorded.text: recorded for recorded in corpus.recordings}
    return [known[text] for text in texts if text in known]


def _with_first(
    finding: Gathered, recordings: Sequence[RecordedInput], answer: Execution, entry: str
) -> Gathered:
    for recorded, seen in zip(
        recordings, answer.observations[0] if answer.observations else (), strict=False
    ):
        if seen.status != "agreed":
            shown = counterexample_of(recorded, seen, entry)
            return replace(finding, evidence=replace(finding.evidence, counterexample=shown))
    return finding
