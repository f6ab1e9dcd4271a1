"""``prm800k``: JSON lines as PRM800K has them, the one layout that holds several edits of one step.

A reference is one line: at each of its steps stand the reference's own text and, beside it, every edit
made there after the same prefix. What has another prefix (an edit of an edited program, a rollout) is a
line of its own. An edit of several new steps is one completion, whose ``parts`` hold their ratings. Ratings: 1 correct, -1 incorrect, null masked (0 is PRM800K's "neutral", which most
trainers read as correct, so it is never used).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prmdata.exports.answer_text import PromptAndAnswer, parts, usable
from prmdata.exports.format import ExportCounts, ExportOptions, Format, Group
from prmdata.labels.labelled_step import labelled_step
from prmdata.records import IGNORE, Trace

if TYPE_CHECKING:
    import pyarrow as pa

RATINGS = {1: 1, 0: -1}


def schema() -> pa.Schema:
    """Columns of the format."""
    import pyarrow as pa

    strings = [(name, pa.string()) for name in ("id", "reason", "operator", "verdict")]
    rated = [("text", pa.string()), ("rating", pa.int32())]
    parts = pa.list_(pa.struct([*rated, ("reason", pa.string())]))
    completion = pa.struct([*rated, ("flagged", pa.bool_()), *strings, ("parts", parts)])
    step = pa.struct(
        [
            ("completions", pa.list_(completion)),
            ("human_completion", pa.string()),
            ("chosen_completion", pa.int32()),
        ]
    )
    question = pa.struct([(name, pa.string()) for name in ("problem", "ground_truth_solution", "problem_id")])
    label = pa.struct([("steps", pa.list_(step)), ("total_time", pa.int32()), ("finish_reason", pa.string())])
    return pa.schema([("labeler", pa.string()), ("question", question), ("label", label)])


def render(group: Group, options: ExportOptions, tally: ExportCounts) -> Iterator[dict[str, Any]]:
    """The reference's line with the edits beside its steps, then the lines of what has another prefix."""
    traces = list(usable(group, options, tally, "prm800k"))
    base = next((trace for trace in traces if trace.label_kind == "reference"), None)
    beside: dict[int, list[dict[str, Any]]] = {}
    alone: list[Trace] = []
    for trace in traces:
        if trace is base:
            continue
        if base is not None and trace.edit is not None and _same_prefix(base, trace):
            entry = _edited(trace)
            if entry is None:
                tally.left_out["nothing after a deletion"] += 1
                continue
            beside.setdefault(trace.edit.step, []).append(entry)
        else:
            alone.append(trace)
    if base is not None:
        part = parts(base)
        misplaced = [at for at in beside if at < part.first]
        for at in misplaced:
            tally.left_out["inside the prompt"] += len(beside.pop(at))
        yield _counted(_line(base, part, len(part.steps), beside, base), tally)
    for trace in alone:
        part = parts(trace)
        end = part.labels.index(0) + 1 if 0 in part.labels else len(part.labels)
        tally.cut_steps += len(part.steps) - end
        if end:
            yield _counted(_line(trace, part, end, {}, base), tally)


def _counted(line: dict[str, Any], tally: ExportCounts) -> dict[str, Any]:
    said = [entry for step in line["label"]["steps"] for entry in step["completions"]]
    rated = [part["rating"] for entry in said for part in entry["parts"] or [entry]]
    tally.count_labels([{1: 1, -1: 0}.get(rating, IGNORE) for rating in rated])
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


def _completion(trace: Trace, first: int, said: tuple[str, ...]) -> dict[str, Any]:
    """``said`` (the steps from ``first`` on, the first perhaps without what the question holds of it)."""
    rated = [
        {"text": text, "rating": RATINGS.get(trace.labels[at]), "reason": trace.reasons[at]}
        for at, text in enumerate(said, first)
    ]
    return {
        "text": "".join(said),
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
    for offset, said in enumerate(part.steps[:end]):
        at = part.first + offset
        own = _completion(trace, at, (said,))
        skipped = len(trace.steps[at]) - len(said)
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
    schema=schema,
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
