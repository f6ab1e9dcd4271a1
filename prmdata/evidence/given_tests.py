"""What a program that fails a given test does there: the first input of the tests on which it differs
from the reference. It explains a label that the tests have decided, and decides none itself."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TypeVar

from prmdata.errors import QuarantineError
from prmdata.evidence.counterexamples import counterexample_of, entry_point
from prmdata.evidence.explore import InputCorpus
from prmdata.evidence.program_case import Gathered
from prmdata.evidence.suites import RecordedInput, as_suite
from prmdata.records import Execution, Run, RunResults, Task, Verdict, Vetted

_EXPLAINED = frozenset({Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR})
"""The rest says by itself what came of the test, and would cost its limit once more."""

FirstDifference = TypeVar("FirstDifference", Gathered, Gathered | QuarantineError)


def explain(
    vetted: Vetted, corpus: InputCorpus, programs: Sequence[str], findings: Sequence[FirstDifference]
) -> Generator[Run, RunResults, list[FirstDifference]]:
    """The findings of ``programs``, those that fail a given test with a counterexample where there is one
    (none where the test asks for something else than the answer, or the input does not travel)."""
    asked: dict[int, list[RecordedInput]] = {}
    for place, finding in enumerate(findings):
        if isinstance(finding, Gathered) and finding.execution.verdict in _EXPLAINED:
            recordings = _given(vetted, corpus, finding.execution)
            if recordings:
                asked[place] = recordings
    if not asked:
        return list(findings)
    tasks = tuple(
        Task(programs[place], tests=False, suites=(as_suite(recordings, corpus.compare),), stop_after=1)
        for place, recordings in asked.items()
    )
    answers = yield Run(vetted.spec, tasks)
    explained = list(findings)
    for (place, recordings), answer in zip(asked.items(), answers, strict=True):
        finding = explained[place]
        if isinstance(answer, Execution) and isinstance(finding, Gathered):
            explained[place] = _with_first(finding, recordings, answer, entry_point(vetted))
    return explained


def _given(vetted: Vetted, corpus: InputCorpus, execution: Execution) -> list[RecordedInput]:
    """The inputs to show: those of all given tests; on standard input, where each test is one input, that
    of the first test that fails."""
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
