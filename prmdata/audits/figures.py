"""The figures of an audit: how often labels are wrong and how many are kept, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from prmdata.audits.audit import Audit, AuditedProgram
from prmdata.datasets.intervals import wilson
from prmdata.labels.labelled_step import labelled_step
from prmdata.labels.policies import SHIPPED, apply, missing, policies
from prmdata.records import Trace, Verdict
from prmdata.records.numbers import number_of

DEFAULT: Final = SHIPPED[0].name
"""The policy whose disagreements with the truth are shown to people."""


def report(found: Audit) -> dict[str, Any]:
    """The figures as plain data.

    For each policy and intent: ``labelled_1``; ``false_correct`` (the share of them that fail the truth) with
    its 95% Wilson ``interval``; ``yield`` (the share of the truly right rows that keep their ``1``) with
    ``yield_interval``; ``passing`` (rows that pass the given tests); ``right``; ``caught`` (rows with ``0``
    although the truth passes: a generated input showed a difference); ``timeouts`` (rows with ``1`` that fail
    the truth because they take many times as long as the reference); ``masked`` (by reason). Mutations have
    the same figures by operator and by position. ``disagreements`` lists the rows where label and truth
    differ, with their programs.
    """
    figures: dict[str, Any] = {}
    for policy in policies():
        usable = [one for one in found.judged if missing(policy, one.trace) is None]
        labelled = [(one, *_label(policy, one.trace)) for one in usable]
        by_intent = {name: [x for x in labelled if x[0].intent == name] for name in ("mutate", "refactor")}
        for extra in ("rewrite", "complete", "rollout"):
            if any(x[0].intent == extra for x in labelled):
                by_intent[extra] = [x for x in labelled if x[0].intent == extra]
        figures[policy] = {name: _figures(group) for name, group in by_intent.items()}
        figures[policy]["by_operator"] = _by(by_intent["mutate"], _operator)
        figures[policy]["by_position"] = _by(by_intent["mutate"], _position)
        figures[policy]["disagreements"] = [_disagreement(*one) for one in labelled if _differs(*one)]
        figures[policy]["lacking_evidence"] = len(found.judged) - len(usable)
    figures["reference_fails_truth"] = list(found.reference_fails_truth)
    figures["how_reference_fails"] = found.reference_fails_truth
    figures["without_truth"] = found.without_truth
    figures["not_judged"] = found.not_judged
    return figures


LabelledPrograms = tuple[AuditedProgram, int | None, str]


def _label(policy: str, trace: Trace) -> tuple[int | None, str]:
    """The label that the policy gives the edit (for a rollout or a rewrite: whether it is called correct), and its
    reason."""
    labelled = apply(policy, trace)
    if trace.edit is None or trace.label_kind == "prefix":
        return (1, "correct") if labelled.response_class == "correct" else (0, str(labelled.response_class))
    step = labelled_step(trace)
    return (None, "no step") if step is None else (labelled.labels[step], labelled.reasons[step])


def _figures(group: Sequence[LabelledPrograms]) -> dict[str, Any]:
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
        "timeouts": sum(judged.verdict == Verdict.TIMEOUT for judged in ones),
        "labelled_0": sum(label == 0 for _, label, _ in group),
        "masked": dict(sorted(masked.items())),
    }


def _by(group: Sequence[LabelledPrograms], key: Callable[[Trace], str]) -> dict[str, dict[str, Any]]:
    names = sorted({key(one[0].trace) for one in group})
    return {name: _figures([one for one in group if key(one[0].trace) == name]) for name in names}


def _operator(trace: Trace) -> str:
    return trace.edit.operator if trace.edit is not None else ""


def _position(trace: Trace) -> str:
    """Which third of the steps that are not given contains the edit."""
    assert trace.edit is not None
    own = max(len(trace.steps) - trace.given_steps, 1)
    place = (trace.edit.step - trace.given_steps) / own
    return ("first third", "middle third", "last third")[min(max(int(place * 3), 0), 2)]


def _differs(judged: AuditedProgram, label: int | None, _: str) -> bool:
    return label is not None and label in (0, 1) and bool(label) != judged.is_right


def _disagreement(judged: AuditedProgram, label: int | None, reason: str) -> dict[str, Any]:
    trace = judged.trace
    example = trace.evidence.counterexample
    return {
        "id": trace.id,
        "problem_id": trace.problem_id,
        "intent": judged.intent,
        "operator": _operator(trace),
        "label": label,
        "reason": reason,
        "truth": judged.verdict.value,
        "before": trace.edit.before if trace.edit is not None else "",
        "after": trace.edit.after if trace.edit is not None else "",
        "counterexample": None
        if example is None
        else {"input": example.input, "expected": example.expected, "got": example.got},
        "program": "".join(trace.steps),
    }


def text(figures: Mapping[str, Any]) -> str:
    """The figures for people: a table for each policy, then the rows that differ."""
    lines = []
    for policy in policies():
        lines.append(f"{policy}:")
        for name, one in figures[policy].items():
            if isinstance(one, dict) and "labelled_1" in one:
                lines.append(f"  {name:10} {_line(one)}")
        for title in ("by_operator", "by_position"):
            lines.append(f"  mutate {title.replace('_', ' ')}:")
            lines += [f"    {name:28} {_line(one)}" for name, one in figures[policy][title].items()]
    for one in figures[DEFAULT]["disagreements"]:
        lines.append(
            f"{one['problem_id']} {one['operator']}: labelled {one['label']} ({one['reason']}), truth: {one['truth']}"
        )
        lines += [f"    | {line}" for line in one["program"].split("\n")]
        if one["counterexample"] is not None:
            shown = one["counterexample"]
            lines.append(f"    on {shown['input']}: expected {shown['expected']}, got {shown['got']}")
    failing = figures["how_reference_fails"]
    failed = number_of(len(failing), "reference fails", "references fail")
    lines.append(f"{failed} the truth{':' if failing else ''}")
    lines += [f"    {name}: {how}" for name, how in failing.items()]
    for key, what, after in (
        ("without_truth", "problem", "without truth"),
        ("not_judged", "row", "not judged"),
    ):
        if figures[key]:
            lines.append(f"{number_of(len(figures[key]), what)} {after}")
    return "\n".join(lines)


def _line(one: Mapping[str, Any]) -> str:
    def share(value: float | None, interval: Sequence[float]) -> str:
        return "-" if value is None else f"{value:.1%} [{interval[0]:.1%}, {interval[1]:.1%}]"

    return (
        f"{one['labelled_1']} labelled 1 of {one['passing']} that pass the given tests; "
        f"wrong {share(one['false_correct'], one['interval'])}; "
        f"yield {share(one['yield'], one['yield_interval'])}; caught by an input {one['caught']}"
    )
