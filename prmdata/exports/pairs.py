"""``pairs``: a preferred and a rejected step after the same prefix (step-DPO, MCTS-DPO).

For a failing edit, preferred is a passing edit after the same prefix where there is one (the same hand
wrote both, so style tells nothing), else what stood there before in a passing program. For a first error,
preferred is the step of the program that did pass from the same prefix.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from prmdata.exports.answer_text import parts, usable
from prmdata.exports.format import IDS, ExportCounts, ExportOptions, Format, Group, columns, identity
from prmdata.records import Trace
from prmdata.steps.split import split_steps


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row for each failing edit or first error for which a passing step after the same prefix is known."""
    traces = list(usable(group, options, counts))
    good = _good_steps(traces)
    turn: dict[str, int] = defaultdict(int)
    for trace in traces:
        found = _rejected(trace)
        if found is None:
            counts.left_out["no error in it"] += 1
            continue
        first, end = found
        prefix, rejected = "".join(trace.steps[:first]), "".join(trace.steps[first:end])
        choices = [pair for pair in _witness(trace, prefix) or good[prefix] if pair[0] != rejected]
        if not choices:
            counts.left_out["no passing step after the same prefix"] += 1
            continue
        edited = [pair for pair in choices if pair[1] != "reference"] or choices
        chosen, chosen_by = edited[turn[prefix] % len(edited)]
        turn[prefix] += 1
        row = _row(trace, first, chosen, rejected)
        if row is None:
            counts.left_out["inside the prompt"] += 1
            continue
        counts.labels.update(("correct", "incorrect"))
        yield row | {"chosen_by": chosen_by}


def _good_steps(traces: list[Trace]) -> dict[str, list[tuple[str, str]]]:
    """(text, who wrote it) of steps that pass, by the prefix they stand after."""
    good: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for trace in traces:
        if trace.edit is not None and trace.edit.n_steps:
            n_steps = (
                trace.edit.n_steps if trace.label_kind == "fault" else 1
            )  # of a rewrite each step has a label
            span = slice(trace.edit.step, trace.edit.step + n_steps)
            if trace.labels[span][-1] == 1:
                good["".join(trace.steps[: span.start])].append(
                    ("".join(trace.steps[span]), trace.edit.operator)
                )
        elif trace.label_kind == "reference":
            for index, label in enumerate(trace.labels):
                if label == 1:
                    good["".join(trace.steps[:index])].append((trace.steps[index], "reference"))
    return good


def _rejected(trace: Trace) -> tuple[int, int] | None:
    """The range of steps that are wrong together: the steps of the edit, or the first error."""
    if 0 not in trace.labels:
        return None
    at = trace.labels.index(0)
    return (
        min(trace.edit.step, at) if trace.edit is not None and trace.label_kind == "fault" else at
    ), at + 1


def _witness(trace: Trace, prefix: str) -> list[tuple[str, str]]:
    """The step of the completion that passed after ``prefix``, if the row keeps one."""
    if trace.witness is None or not trace.witness.startswith(prefix):
        return []
    at = 0
    for step in split_steps(trace.witness):
        if at == len(prefix):
            return [(step.text, trace.completer or "completer")]
        at += len(step.text)
    return []


def _row(trace: Trace, first: int, chosen: str, rejected: str) -> dict[str, Any] | None:
    part = parts(trace)
    if first < part.first or (first == part.first and not trace.steps[first].endswith(part.steps[0])):
        return None
    if first == part.first:  # the prompt may already hold the comment lines that the step begins with
        held = len(trace.steps[first]) - len(part.steps[0])
        if chosen[:held] != rejected[:held]:
            return None
        chosen, rejected = chosen[held:], rejected[held:]
    return {
        "prompt": part.question + "".join(part.steps[: first - part.first]),
        "chosen": chosen,
        "rejected": rejected,
        "rejected_by": trace.edit.operator if trace.edit else trace.strategy,
        "label_kind": trace.label_kind,
        **identity(trace),
    }


def text(row: Mapping[str, Any]) -> str:
    """The longer of the two texts that a trainer tokenizes."""
    return f"{row['prompt']}{max(row['chosen'], row['rejected'], key=len)}"


FORMAT = Format(
    name="pairs",
    summary="step-DPO, MCTS-DPO: prompt with the prefix, chosen and rejected step",
    schema=columns(
        prompt="string",
        chosen="string",
        rejected="string",
        chosen_by="string",
        rejected_by="string",
        label_kind="string",
        **IDS,
    ),
    render=render,
    text=text,
    recipe="""\
```python
rows = load_dataset("DIR", split="train").select_columns(["prompt", "chosen", "rejected"])   # what DPOTrainer reads
```""",
)
