"""``curriculum``: StepCoder's subtasks. The prompt holds the steps that a guide gives, the completion is
the rest; stage 0 gives the most. ``executed`` says which of the rest the tests run (the mask of FGO)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prmdata.exports.answer_text import parts
from prmdata.exports.format import IDS, ExportCounts, ExportOptions, Format, Group, columns, identity, joined


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:  # noqa: ARG001
    """One row for each stage."""
    for trace in group.traces:
        if trace.stage is None or trace.cut is None:
            counts.left_out["not of strategy curriculum"] += 1
            continue
        part = parts(trace)
        at = max(trace.cut - part.first, 0)
        rest = part.steps[at:]
        yield {
            "prompt": part.question + "".join(part.steps[:at]),
            "completion": "".join(rest),
            "stage": trace.stage,
            "guide": trace.completer or "reference",
            "steps": list(rest),
            "executed": list(trace.executed[part.first + at :]),
            **identity(trace),
        }


FORMAT = Format(
    name="curriculum",
    summary="StepCoder, Jump-Start RL: prompt with the given prefix, completion, stage, mask of executed steps",
    schema=columns(
        prompt="string",
        completion="string",
        stage="int32",
        guide="string",
        steps=["string"],
        executed=["bool"],
        **IDS,
    ),
    render=render,
    text=joined("prompt", "completion"),
    any_kind=True,
    needs="rows of that strategy: prmdata build SOURCE --strategy curriculum",
    recipe="""\
```python
easy = load_dataset("DIR", split="train").filter(lambda row: row["stage"] == 0)
```""",
)
