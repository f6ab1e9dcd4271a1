"""``prm800k``: JSON lines as PRM800K has them, the one layout that holds several edits of one step.

A reference is one line: at each of its steps stand the reference's own text and, beside it, every edit
made there after the same prefix. What has another prefix (an edit of an edited program, a rollout) is a
line of its own. An edit of several new steps is one completion, whose ``parts`` hold their ratings.
Ratings: 1 correct, -1 incorrect, null masked (0 is PRM800K's "neutral", which most trainers read as
correct, so it is never used).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from prmdata.exports.answer_text import PromptAndAnswer, parts, usable
from prmdata.exports.format import ExportCounts, ExportOptions, Format, Group, columns
from prmdata.labels.labelled_step import labelled_step
from prmdata.records import IGNORE, Trace

RATINGS: Final = {1: 1, 0: -1}
_RATED: Final = {"text": "string", "rating": "int32"}
_COMPLETION: Final = {
    **_RATED,
    "flagged": "bool",
    **dict.fromkeys(("id", "reason", "operator", "verdict"), "string"),
    "parts": [_RATED | {"reason": "string"}],
}
_STEP: Final = {"completions": [_COMPLETION], "human_completion": "string", "chosen_completion": "int32"}
QUESTION: Final = dict.fromkeys(("problem", "ground_truth_solution", "problem_id"), "string")
LABEL: Final = {"steps": [_STEP], "total_time": "int32", "finish_reason": "string"}


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """The reference's line with the edits beside its steps, then the lines of rows with another prefix."""
    traces = list(usable(group, options, counts))
    base = next((trace for trace in traces if trace.label_kind == "reference"), None)
    beside: dict[int, list[dict[str, Any]]] = {}
    alone: list[Trace] = []
    for trace in traces:
        if trace is base:
            continue
        if base is not None and trace.edit is not None and _same_prefix(base, trace):
            entry = _edited(trace)
            if entry is None:
                counts.left_out["nothing after a deletion"] += 1
                continue
            beside.setdefault(trace.edit.step, []).append(entry)
        else:
            alone.append(trace)
    if base is not None:
        part = parts(base)
        misplaced = [at for at in beside if at < part.first]
        for at in misplaced:
            counts.left_out["inside the prompt"] += len(beside.pop(at))
        yield _counted(_line(base, part, len(part.steps), beside, base), counts)
    for trace in alone:
        part = parts(trace)
        end = part.labels.index(0) + 1 if 0 in part.labels else len(part.labels)
        counts.cut_steps += len(part.steps) - end
        if end:
            yield _counted(_line(trace, part, end, {}, base), counts)


def _counted(line: dict[str, Any], counts: ExportCounts) -> dict[str, Any]:
    completions = [entry for step in line["label"]["steps"] for entry in step["completions"]]
    rated = [part["rating"] for entry in completions for part in entry["parts"] or [entry]]
    counts.count_labels([{1: 1, -1: 0}.get(rating, IGNORE) for rating in rated])
    return line


def _same_prefix(base: Trace, trace: Trace) -> bool:
    assert trace.edit is not None
    at = trace.edit.step
    return at < len(base.steps) and base.steps[:at] == trace.steps[:at]


def _edited(trace: Trace) -> dict[str, Any] | None:
    """An edit as one completion: the text through the step that carries its label."""
    assert trace.edit is not None
    at = labelled_step(trace)
    if at is None:
        return None
    return _completion(trace, trace.edit.step, trace.steps[trace.edit.step : at + 1])


def _completion(trace: Trace, first: int, texts: tuple[str, ...]) -> dict[str, Any]:
    """The completion with these ``texts``: the steps from ``first`` on, the first perhaps without what the
    question holds of it."""
    rated = [
        {"text": text, "rating": RATINGS.get(trace.labels[at]), "reason": trace.reasons[at]}
        for at, text in enumerate(texts, first)
    ]
    return {
        "text": "".join(texts),
        "rating": rated[-1]["rating"],
        "flagged": False,
        "id": trace.id,
        "reason": rated[-1]["reason"],
        "operator": trace.edit.operator if trace.edit else trace.strategy,
        "verdict": str(trace.verdict),
        "parts": rated if len(rated) > 1 else None,
    }


def _line(
    trace: Trace,
    part: PromptAndAnswer,
    end: int,
    beside: Mapping[int, list[dict[str, Any]]],
    base: Trace | None,
) -> dict[str, Any]:
    steps: list[dict[str, Any]] = []
    for offset, text in enumerate(part.steps[:end]):
        at = part.first + offset
        own = _completion(trace, at, (text,))
        skipped = len(trace.steps[at]) - len(text)
        others = [_without(entry, skipped) for entry in beside.get(at, [])]
        steps.append({"completions": [own, *others], "human_completion": None, "chosen_completion": 0})
    return {
        "labeler": f"prmdata:{trace.policy}",
        "question": {
            "problem": part.question,
            "ground_truth_solution": "".join(base.steps) if base is not None else None,
            "problem_id": trace.problem_id,
        },
        "label": {
            "steps": steps,
            "total_time": 0,
            "finish_reason": "found_error" if 0 in part.labels else "solution",
        },
    }


def _without(entry: dict[str, Any], skipped: int) -> dict[str, Any]:
    """``entry`` without the first ``skipped`` characters, which the question holds already."""
    parts = entry["parts"]
    if parts and skipped:
        parts = [{**parts[0], "text": parts[0]["text"][skipped:]}, *parts[1:]]
    return {**entry, "text": entry["text"][skipped:], "parts": parts}


def text(row: Mapping[str, Any]) -> str:
    """The path of a line, with the longest completion of each step."""
    found: list[Mapping[str, Any]] = row["label"]["steps"]
    steps = (max((entry["text"] for entry in step["completions"]), key=len) for step in found)
    return str(row["question"]["problem"]) + "".join(steps)


FORMAT = Format(
    name="prm800k",
    summary="PRM800K: one line a program, all edits of one step together (lossless)",
    schema=columns(labeler="string", question=QUESTION, label=LABEL),
    render=render,
    text=text,
    suffix="jsonl",
    recipe="""\
```python
for line in map(json.loads, open("DIR/train.jsonl", encoding="utf-8")):
    for step in line["label"]["steps"]:
        for completion in step["completions"]:
            completion["text"], completion["rating"]   # 1, -1, or null where masked
```""",
)
