"""Measure labels against larger tests for the same problems.

The programs of a dataset that pass their given tests are judged again by the larger tests, and the labels of
both policies are compared with the outcome (``figures``). Programs that fail the given tests are not judged
again, because the larger tests contain the given ones. A problem whose own reference fails the larger tests
measures nothing and is reported separately.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from prmdata.errors import QuarantineError
from prmdata.records import Execution, Isolation, Problem, Run, RunResults, Spec, Task, Trace, Verdict

Lookup = Callable[[str, str], Problem | None]
"""Finds the larger tests for a problem id and a program of that problem."""

REFERENCE_CPU_S: Final = 10.0
"""CPU time of a reference over all larger tests. Like every timeout, it is confirmed with four times as
much."""
LEAST_CPU_S: Final = 1.0
SLOWER: Final = 2
"""A program gets this many times the CPU time that its reference takes over the larger tests, and at least
``LEAST_CPU_S``. Like every timeout, running out of it is confirmed with four times as much. So a program that
needs more than eight times the reference's time is wrong (EvalPlus allows four times), and one that is merely
slow is not."""
TRUTH_MEMORY_MB: Final = 2048


@dataclass(frozen=True, slots=True)
class AuditedProgram:
    """A row whose program passes its given tests, and what the larger tests say of that program."""

    trace: Trace
    verdict: Verdict

    @property
    def is_right(self) -> bool:
        return self.verdict == Verdict.PASSED

    @property
    def intent(self) -> str:
        """See :func:`intent_of`."""
        return intent_of(self.trace)


def intent_of(trace: Trace) -> str:
    """``mutate``, ``refactor``, ``rewrite`` or ``complete``; ``rollout`` for a sampled program."""
    return trace.edit.intent if trace.edit is not None else "rollout"


@dataclass(slots=True)
class Audit:
    """What an audit found. ``judged`` holds every row that could be compared with the truth."""

    judged: list[AuditedProgram] = field(default_factory=list)
    reference_fails_truth: dict[str, str] = field(default_factory=dict)
    """Problems whose own reference fails the larger tests, and how it fails."""
    without_truth: list[str] = field(default_factory=list)
    not_judged: list[str] = field(default_factory=list)
    """Rows whose program the machinery could not judge."""

    def add(self, other: Audit) -> None:
        """Add what was found about further problems."""
        self.judged += other.judged
        self.reference_fails_truth |= other.reference_fails_truth
        self.without_truth += other.without_truth
        self.not_judged += other.not_judged

    @property
    def has_truth(self) -> bool:
        """Whether any problem had larger tests."""
        return bool(self.judged or self.reference_fails_truth or self.not_judged)


def by_problem(rows: Iterable[Trace], intents: Collection[str] = ()) -> Iterator[list[Trace]]:
    """The rows that an audit needs, as one list for each problem (rows are stored grouped by problem): first
    the reference's row, then the rows whose programs pass their given tests (only those of ``intents``, if it
    names any)."""

    def is_judged(trace: Trace) -> bool:
        return trace.verdict == Verdict.PASSED and (not intents or intent_of(trace) in intents)

    for _, group in groupby(rows, key=lambda trace: trace.problem_id):
        traces = [one for one in group if one.label_kind == "reference" or is_judged(one)]
        if traces:
            yield sorted(traces, key=lambda trace: trace.label_kind != "reference")


def audit(traces: Sequence[Trace], truth_of: Lookup) -> Generator[Run, RunResults, Audit]:
    """Judge the programs of one problem's rows (as :func:`by_problem` gives them) by its larger tests."""
    first = traces[0]
    truth = truth_of(first.problem_id, "".join(first.steps))
    if truth is None:
        return Audit(without_truth=[first.problem_id])
    passing = [one for one in traces if one.label_kind != "reference"]
    spec: Spec | str = Spec(truth, cpu_s=LEAST_CPU_S * SLOWER, memory_mb=TRUTH_MEMORY_MB)
    if len(passing) < len(traces):
        spec = yield from _held(truth, "".join(first.steps))
    if not isinstance(spec, Spec):
        return Audit(reference_fails_truth={first.problem_id: spec})
    found = Audit()
    programs = list(dict.fromkeys("".join(trace.steps) for trace in passing))
    answers = yield Run(spec, tuple(Task(program) for program in programs))
    outcome = dict(zip(programs, answers, strict=True))
    for trace in passing:
        answer = outcome["".join(trace.steps)]
        if isinstance(answer, QuarantineError):
            found.not_judged.append(trace.id)
        else:
            found.judged.append(AuditedProgram(trace, answer.verdict))
    return found


def _held(truth: Problem, reference: str) -> Generator[Run, RunResults, Spec | str]:
    """The spec under which the reference passes the larger tests, with limits from its own time. If the
    reference fails them, how it fails."""
    failure = ""
    for isolation in (Isolation.TWO_PROCESSES, Isolation.ONE_PROCESS):
        spec = Spec(truth, isolation, cpu_s=REFERENCE_CPU_S, memory_mb=TRUTH_MEMORY_MB)
        (answer,) = yield Run(spec, (Task(reference),))
        if isinstance(answer, Execution) and answer.verdict == Verdict.PASSED:
            return replace(spec, cpu_s=max(LEAST_CPU_S, SLOWER * answer.cpu_s))
        failure = failure or (str(answer) if isinstance(answer, QuarantineError) else answer.failure)
        if isinstance(answer, Execution) and answer.verdict == Verdict.TIMEOUT:
            break  # running in the process of the judge would not be faster
    return failure
