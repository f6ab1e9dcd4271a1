"""``values``: the Monte Carlo value of each prefix (VinePPO, Math-Shepherd's soft labels) and the reward of
each step, which is the change of value that it makes (IRCoCo). Null where not all K completions ran."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prmdata.exports.answer_text import parts, usable
from prmdata.exports.format import IDS, ExportCounts, ExportOptions, Format, Group, columns, identity, joined


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row for each rollout that has a value for at least one prefix."""
    for trace in usable(group, options, counts):
        part = parts(trace)
        if not part.steps or all(value is None for value in trace.values):
            counts.left_out["no values"] += 1
            continue
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
            **identity(trace),
        }


FORMAT = Format(
    name="values",
    summary="VinePPO, IRCoCo: value of each prefix and reward of each step (floats, null where unknown)",
    schema=columns(
        prompt="string",
        steps=["string"],
        values=["float32"],
        prompt_value="float32",
        rewards=["float32"],
        k="int32",
        completer="string",
        **IDS,
    ),
    render=render,
    text=joined("prompt", "steps"),
    first_kind="prefix",
    needs="values of prefixes: prmdata build SOURCE --strategy first-error --search full --rollouts-from FILE",
    recipe="""\
```python
rows = load_dataset("DIR", split="train")
known = [(step, value) for step, value in zip(rows[0]["steps"], rows[0]["values"]) if value is not None]
```""",
)
