"""``values``: the Monte Carlo value of each prefix (VinePPO, Math-Shepherd's soft labels) and the reward of
each step, which is the change of value that it makes (IRCoCo). Null where not all K completions ran."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prmdata.exports.answer_text import parts, usable
from prmdata.exports.format import ExportCounts, ExportOptions, Format, Group

if TYPE_CHECKING:
    import pyarrow as pa


def schema() -> pa.Schema:
    """Columns of the format."""
    import pyarrow as pa

    return pa.schema(
        [
            ("prompt", pa.string()),
            ("steps", pa.list_(pa.string())),
            ("values", pa.list_(pa.float32())),
            ("prompt_value", pa.float32()),
            ("rewards", pa.list_(pa.float32())),
            ("k", pa.int32()),
            ("completer", pa.string()),
            ("id", pa.string()),
            ("problem_id", pa.string()),
        ]
    )


def render(group: Group, options: ExportOptions, tally: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row a rollout of which at least one prefix has a value."""
    for trace in usable(group, options, tally, "values"):
        if all(value is None for value in trace.values):
            tally.left_out["no values"] += 1
            continue
        part = parts(trace)
        values = list(trace.values[part.first :])
        before = [trace.prompt_value, *values[:-1]]
        yield {
            "prompt": part.question,
            "steps": list(part.steps),
            "values": values,
            "prompt_value": trace.prompt_value,
            "rewards": [
                None if value is None or last is None else value - last
                for last, value in zip(before, values, strict=True)
            ],
            "k": trace.k,
            "completer": trace.completer,
            "id": trace.id,
            "problem_id": trace.problem_id,
        }


def text(row: Mapping[str, Any]) -> str:
    """What a trainer tokenizes."""
    steps: list[str] = row["steps"]
    return str(row["prompt"]) + "".join(steps)


FORMAT = Format(
    name="values",
    summary="VinePPO, IRCoCo: value of each prefix and reward of each step (floats, null where unknown)",
    schema=schema,
    render=render,
    text=text,
    first_kind="prefix",
    recipe="""\
```python
rows = load_dataset("DIR", split="train")
known = [(step, value) for step, value in zip(rows[0]["steps"], rows[0]["values"]) if value is not None]
```""",
)
