"""What a program that fails a given test does there: the first input of the tests on which it differs
from the reference. It explains a label that the tests have decided, and decides none itself."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TypeVar

from prmdata.errors import QuarantineError
from prmdata.labels.gather import Finding, counterexample_of
from prmdata.labels.survey import Answers, Ground, Trial, as_suite
from prmdata.records import Execution, Run, Task, Verdict, Vetted

_EXPLAINED = frozenset({Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR})
"""The rest says by itself what came of the test, and would cost its limit once more."""

Found = TypeVar("Found", Finding, Finding | QuarantineError)


def explain(
    vetted: Vetted, ground: Ground, programs: Sequence[str], findings: Sequence[Found]
) -> Generator[Run, Answers, list[Found]]:
    """The findings of ``programs``, those that fail a given test with a counterexample where there is one
    (none where the test asks for something else than the answer, or the input does not travel)."""
    asked: dict[int, list[Trial]] = {}
    for place, finding in enumerate(findings):
        if isinstance(finding, Finding) and finding.execution.verdict in _EXPLAINED:
            trials = _given(vetted, ground, finding.execution)
            if trials:
                asked[place] = trials
    if not asked:
        return list(findings)
    tasks = tuple(
        Task(programs[place], tests=False, suites=(as_suite(trials, ground.compare),), stop_after=1)
        for place, trials in asked.items()
    )
    answers = yield Run(vetted.spec, tasks)
    explained = list(findings)
    for (place, trials), answer in zip(asked.items(), answers, strict=True):
        finding = explained[place]
        if isinstance(answer, Execution) and isinstance(finding, Finding):
            explained[place] = _with_first(finding, trials, answer)
    return explained


def _given(vetted: Vetted, ground: Ground, execution: Execution) -> list[Trial]:
    """The inputs to show: those of all given tests; on standard input, where each test is one input, that
    of the first test that fails."""
    texts = list(dict.fromkeys(vetted.recorded_inputs))
    if vetted.problem.is_stdio:
        failed = next((i for i, each in enumerate(execution.outcomes) if each != Verdict.PASSED), None)
        texts = [] if failed is None else [vetted.problem.tests[failed].input]
    known = {trial.text: trial for trial in ground.trials}
    return [known[text] for text in texts if text in known]


def _with_first(finding: Finding, trials: Sequence[Trial], answer: Execution) -> Finding:
    for trial, seen in zip(trials, answer.observations[0] if answer.observations else (), strict=False):
        if seen.status != "agreed":
            shown = counterexample_of(trial, seen)
            return replace(finding, evidence=replace(finding.evidence, counterexample=shown))
    return finding
