"""``curriculum``: StepCoder's subtasks. The prompt holds the steps that a guide gives, the completion is
the rest; stage 0 gives the most. ``executed`` says which of the rest the tests run (the mask of FGO)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prmdata.exports.answer_text import parts
from prmdata.exports.format import ExportCounts, ExportOptions, Format, Group

if TYPE_CHECKING:
    import pyarrow as pa


def schema() -> pa.Schema:
    """Columns of the format."""
    import pyarrow as pa

    return pa.schema(
        [
            ("prompt", pa.string()),
            ("completion", pa.string()),
            ("stage", pa.int32()),
            ("guide", pa.string()),
            ("steps", pa.list_(pa.string())),
            ("executed", pa.list_(pa.bool_())),
            ("id", pa.string()),
            ("problem_id", pa.string()),
        ]
    )


def render(group: Group, options: ExportOptions, tally: ExportCounts) -> Iterator[dict[str, Any]]:  # noqa: ARG001
    """One row a stage."""
    for trace in group.traces:
        if trace.stage is None or trace.cut is None:
            tally.left_out["not of strategy curriculum"] += 1
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
            "id": trace.id,
            "problem_id": trace.problem_id,
        }


def text(row: Mapping[str, Any]) -> str:
    """What a trainer tokenizes."""
    return f"{row['prompt']}{row['completion']}"


FORMAT = Format(
    name="curriculum",
    summary="StepCoder, Jump-Start RL: prompt with the given prefix, completion, stage, mask of executed steps",
    schema=schema,
    render=render,
    text=text,
    any_kind=True,
    recipe="""\
```python
easy = load_dataset("DIR", split="train").filter(lambda row: row["stage"] == 0)
```""",
)
