"""``orm``: whole programs, right or wrong, for an outcome reward model.

A right program passes every given test and agrees with the reference on every generated input. A wrong
program fails a test, or disagrees inside the hull of the given inputs. A program that disagrees only outside
the hull is left out as disputed. Each program of a problem comes once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prmdata.exports.answer_text import parts, usable
from prmdata.exports.format import IDS, ExportCounts, ExportOptions, Format, Group, columns, identity, joined
from prmdata.labels.policies import passes
from prmdata.records import Trace


def is_right(trace: Trace) -> bool | None:
    """Whether the whole program is right; None if it is disputed."""
    if not passes("strict", trace):
        return False
    return None if trace.evidence.inputs_disagreed_outside else True


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row for each distinct program."""
    seen: set[str] = set()
    for trace in usable(group, options, counts):
        right = is_right(trace)
        program = "".join(trace.steps)
        if right is None or program in seen:
            counts.left_out["disputed" if right is None else "same program"] += 1
            continue
        seen.add(program)
        part = parts(trace)
        counts.labels["correct" if right else "incorrect"] += 1
        yield {
            "prompt": part.question,
            "completion": "".join(part.steps),
            "label": int(right),
            "verdict": str(trace.verdict),
            **identity(trace),
        }


FORMAT = Format(
    name="orm",
    summary="outcome reward model: prompt, completion (the whole program), label 1 or 0",
    schema=columns(prompt="string", completion="string", label="int64", verdict="string", **IDS),
    render=render,
    text=joined("prompt", "completion"),
    any_kind=True,
    recipe="""\
```python
rows = load_dataset("DIR", split="train")
text, label = rows[0]["prompt"] + rows[0]["completion"], rows[0]["label"]
```""",
)
