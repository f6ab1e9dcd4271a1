"""``processbench``: the answer's steps and the index of the first error, -1 where there is none.

An edit row's steps before the edit are the reference's. Rows that say neither where the first error is
nor that there is none are left out: masked edits, and passing programs with a disputed step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prmdata.exports.answer_text import body, parts, usable
from prmdata.exports.format import ExportCounts, ExportOptions, Format, Group, columns
from prmdata.exports.orm import is_right


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row for each program whose first error is known, or that is known to be right."""
    for trace in usable(group, options, counts):
        part = parts(trace)
        right = is_right(trace)
        if 0 in part.labels:
            label = part.labels.index(0)
        elif right and 1 in part.labels:
            label = -1
        else:
            counts.left_out["first error unknown"] += 1
            continue
        counts.labels["incorrect" if label >= 0 else "correct"] += 1
        yield {
            "id": trace.id,
            "generator": trace.edit.author if trace.edit else trace.strategy,
            "problem": part.question,
            "steps": [body(step) for step in part.steps],
            "final_answer_correct": right is True,
            "label": label,
            "problem_id": trace.problem_id,
        }


def text(row: Mapping[str, Any]) -> str:
    """The text that a judge reads."""
    steps: list[str] = row["steps"]
    return str(row["problem"]) + "\n".join(steps)


FORMAT = Format(
    name="processbench",
    summary="ProcessBench: steps and the index of the first error (-1: none)",
    schema=columns(
        id="string",
        generator="string",
        problem="string",
        steps=["string"],
        final_answer_correct="bool",
        label="int64",
        problem_id="string",
    ),
    render=render,
    text=text,
    suffix="jsonl",
    recipe="""\
```python
rows = load_dataset("DIR", split="train")
first_error = rows[0]["label"]   # 0-based among `steps`; -1: no error
```""",
)
