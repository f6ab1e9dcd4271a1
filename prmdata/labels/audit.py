"""Measure labels against larger tests for the same problems.

The programs of a dataset that pass their given tests are judged again by the larger tests, and the labels
of both policies are held against the outcome. Programs that fail the given tests are not judged again:
the larger tests contain those. A problem whose own reference fails the larger tests measures nothing and
is reported apart.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from prmdata.errors import QuarantineError
from prmdata.labels.policies import POLICIES, apply, missing
from prmdata.labels.policies.marks import labelled_step
from prmdata.records import Execution, Problem, Run, Spec, Task, Trace, Verdict

Answers = tuple[Execution | QuarantineError, ...]
TRUTH_CPU_S: Final = 30.0
"""CPU time for one program over all larger tests; a timeout is confirmed once with several times that."""
TRUTH_MEMORY_MB: Final = 2048
Z: Final = 1.959963984540054
"""The 97.5% quantile of the normal distribution: intervals are 95%."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A row that passes its given tests, and what the larger tests say of its program."""

    trace: Trace
    is_right: bool

    @property
    def intent(self) -> str:
        """``mutate``, ``refactor``, ``complete``; ``rollout`` for a sampled program."""
        return self.trace.edit.intent if self.trace.edit is not None else "rollout"


@dataclass(slots=True)
class Audit:
    """What an audit found. ``judged`` holds every row that could be held against the truth."""

    judged: list[Judged]
    reference_fails_truth: list[str]
    without_truth: list[str]
    not_judged: list[str]
    """Rows whose program the machinery could not judge."""


def audit(rows: Iterable[Trace], truths: Mapping[str, Problem]) -> Generator[Run, Answers, Audit]:
    """Judge the programs of ``rows`` (grouped by problem, as stored) by the tests in ``truths``."""
    found = Audit([], [], [], [])
    for problem_id, group in groupby(rows, key=lambda trace: trace.problem_id):
        traces = list(group)
        truth = truths.get(problem_id)
        if truth is None:
            found.without_truth.append(problem_id)
            continue
        reference = next((trace for trace in traces if trace.label_kind == "reference"), None)
        passing = [t for t in traces if t.label_kind != "reference" and t.verdict == Verdict.PASSED]
        if not passing and reference is None:
            continue
        spec = Spec(truth, cpu_s=TRUTH_CPU_S, memory_mb=TRUTH_MEMORY_MB)
        if reference is not None:
            (sound,) = yield Run(spec, (Task("".join(reference.steps)),))
            if not _passed(sound):
                found.reference_fails_truth.append(problem_id)
                continue
        yield from _judge(spec, passing, found)
    return found


def _judge(spec: Spec, traces: Sequence[Trace], found: Audit) -> Generator[Run, Answers, None]:
    programs = list(dict.fromkeys("".join(trace.steps) for trace in traces))
    answers = yield Run(spec, tuple(Task(program) for program in programs))
    outcome = dict(zip(programs, answers, strict=True))
    for trace in traces:
        answer = outcome["".join(trace.steps)]
        if isinstance(answer, QuarantineError):
            found.not_judged.append(trace.id)
        else:
            found.judged.append(Judged(trace, _passed(answer)))


def _passed(answer: Execution | QuarantineError) -> bool:
    return isinstance(answer, Execution) and answer.verdict == Verdict.PASSED


# ---------------------------------------------------------------- figures


def report(found: Audit) -> dict[str, Any]:
    """The figures as plain data.

    For each policy and intent: ``labelled_1``, ``false_correct`` (share of those that fail the truth) with
    its 95% Wilson ``interval``, ``yield`` (share of the truly right ones that keep their ``1``) with
    ``yield_interval``, ``passing`` (rows that pass the given tests), ``right``, ``caught`` (``0`` though the
    truth passes: what a generated input showed), ``masked`` (by reason). The same by operator and by
    position for mutations. ``disagreements`` lists the rows where label and truth differ, with programs.
    """
    figures: dict[str, Any] = {}
    for policy in POLICIES:
        usable = [one for one in found.judged if missing(policy, one.trace) is None]
        labelled = [(one, *_label(policy, one.trace)) for one in usable]
        by_intent = {name: [x for x in labelled if x[0].intent == name] for name in ("mutate", "refactor")}
        for extra in ("complete", "rollout"):
            if any(x[0].intent == extra for x in labelled):
                by_intent[extra] = [x for x in labelled if x[0].intent == extra]
        figures[policy] = {name: _figures(group) for name, group in by_intent.items()}
        figures[policy]["by_operator"] = _by(by_intent["mutate"], _operator)
        figures[policy]["by_position"] = _by(by_intent["mutate"], _position)
        figures[policy]["disagreements"] = [_disagreement(*one) for one in labelled if _differs(*one)]
        figures[policy]["lacking_evidence"] = len(found.judged) - len(usable)
    figures["reference_fails_truth"] = found.reference_fails_truth
    figures["without_truth"] = found.without_truth
    figures["not_judged"] = found.not_judged
    return figures


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95% Wilson score interval of a share; (0, 1) where nothing was counted."""
    if total == 0:
        return 0.0, 1.0
    share, square = hits / total, Z * Z
    middle = share + square / (2 * total)
    half = Z * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    low, high = (middle - half) / (1 + square / total), (middle + half) / (1 + square / total)
    return max(0.0, low), min(1.0, high)


Labelled = tuple[Judged, int | None, str]


def _label(policy: str, trace: Trace) -> tuple[int | None, str]:
    """The label that the policy gives the edit (a rollout: whether it is called correct) and its reason."""
    marked = apply(policy, trace)
    if trace.edit is None:
        return (1, "correct") if marked.response_class == "correct" else (0, str(marked.response_class))
    step = labelled_step(trace)
    return (None, "no step") if step is None else (marked.labels[step], marked.reasons[step])


def _figures(group: Sequence[Labelled]) -> dict[str, Any]:
    ones = [judged for judged, label, _ in group if label == 1]
    right = [judged for judged, _, _ in group if judged.is_right]
    false = sum(not judged.is_right for judged in ones)
    kept = sum(judged.is_right for judged in ones)
    masked: dict[str, int] = {}
    for _, label, reason in group:
        if label not in (0, 1):
            masked[reason] = masked.get(reason, 0) + 1
    return {
        "labelled_1": len(ones),
        "false_correct": false / len(ones) if ones else None,
        "interval": list(wilson(false, len(ones))),
        "yield": kept / len(right) if right else None,
        "yield_interval": list(wilson(kept, len(right))),
        "passing": len(group),
        "right": len(right),
        "caught": sum(judged.is_right and label == 0 for judged, label, _ in group),
        "labelled_0": sum(label == 0 for _, label, _ in group),
        "masked": dict(sorted(masked.items())),
    }


def _by(group: Sequence[Labelled], key: Any) -> dict[str, dict[str, Any]]:
    names = sorted({key(one[0].trace) for one in group})
    return {name: _figures([one for one in group if key(one[0].trace) == name]) for name in names}


def _operator(trace: Trace) -> str:
    return trace.edit.operator if trace.edit is not None else ""


def _position(trace: Trace) -> str:
    """Which third of the steps that are not given the edit stands in."""
    assert trace.edit is not None
    own = max(len(trace.steps) - trace.given_steps, 1)
    place = (trace.edit.step - trace.given_steps) / own
    return ("first third", "middle third", "last third")[min(max(int(place * 3), 0), 2)]


def _differs(judged: Judged, label: int | None, _: str) -> bool:
    return label is not None and label in (0, 1) and bool(label) != judged.is_right


def _disagreement(judged: Judged, label: int | None, reason: str) -> dict[str, Any]:
    trace = judged.trace
    example = trace.evidence.counterexample
    return {
        "id": trace.id,
        "problem_id": trace.problem_id,
        "intent": judged.intent,
        "operator": _operator(trace),
        "label": label,
        "reason": reason,
        "truth": "passes" if judged.is_right else "fails",
        "before": trace.edit.before if trace.edit is not None else "",
        "after": trace.edit.after if trace.edit is not None else "",
        "counterexample": None
        if example is None
        else {"input": example.input, "expected": example.expected, "got": example.got},
        "program": "".join(trace.steps),
    }


def text(figures: Mapping[str, Any]) -> str:
    """The figures for people: a table a policy, then what differs."""
    lines = []
    for policy in POLICIES:
        lines.append(f"{policy}:")
        for name, one in figures[policy].items():
            if isinstance(one, dict) and "labelled_1" in one:
                lines.append(f"  {name:10} {_line(one)}")
        for title in ("by_operator", "by_position"):
            lines.append(f"  mutate {title.replace('_', ' ')}:")
            lines += [f"    {name:28} {_line(one)}" for name, one in figures[policy][title].items()]
    for one in figures[POLICIES[0]]["disagreements"]:
        lines.append(
            f"{one['problem_id']} {one['operator']}: labelled {one['label']} ({one['reason']}), truth {one['truth']}"
        )
        lines += [f"    | {line}" for line in one["program"].split("\n")]
        if one["counterexample"] is not None:
            shown = one["counterexample"]
            lines.append(f"    on {shown['input']}: expected {shown['expected']}, got {shown['got']}")
    failing = figures["reference_fails_truth"]
    lines.append(f"{len(failing)} references fail the truth: {', '.join(failing) or 'none'}")
    for key, what in (("without_truth", "problems without truth"), ("not_judged", "rows not judged")):
        if figures[key]:
            lines.append(f"{len(figures[key])} {what}")
    return "\n".join(lines)


def _line(one: Mapping[str, Any]) -> str:
    def share(value: float | None, interval: Sequence[float]) -> str:
        return "-" if value is None else f"{value:.1%} [{interval[0]:.1%}, {interval[1]:.1%}]"

    return (
        f"{one['labelled_1']} labelled 1 of {one['passing']} that pass the given tests; "
        f"wrong {share(one['false_correct'], one['interval'])}; "
        f"yield {share(one['yield'], one['yield_interval'])}; caught by an input {one['caught']}"
    )
