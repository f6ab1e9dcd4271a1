"""``math-shepherd``: ``input`` with ``ки`` after each labelled step, ``label`` the same text with ``+`` or
``-`` in its place. The placeholder is part of the text, so text that holds it is refused; a masked step gets none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from prmdata.exports.answer_text import labelled
from prmdata.exports.format import IDS, ExportCounts, ExportOptions, Format, Group, columns, identity, joined
from prmdata.exports.openrlhf import SIGNS, with_placeholders
from prmdata.records import IGNORE

PLACEHOLDER: Final = "ки"


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row for each row with labels."""
    options = replace(options, placeholder=PLACEHOLDER)
    for trace, part in labelled(group, options, counts):
        shown = with_placeholders(options, trace, part)
        pieces = shown.split(PLACEHOLDER)
        signs = [SIGNS[label] for label in part.labels if label != IGNORE]
        judged = pieces[0] + "".join(sign + piece for sign, piece in zip(signs, pieces[1:], strict=True))
        yield {
            "input": shown,
            "label": judged,
            "task": trace.source or "code",
            **identity(trace),
        }


FORMAT = Format(
    name="math-shepherd",
    summary="Math-Shepherd: input with ки after each labelled step, label with + or - in its place",
    schema=columns(input="string", label="string", task="string", **IDS),
    render=render,
    text=joined("input"),
    suffix="jsonl",
    recipe="""\
```python
rows = load_dataset("DIR", split="train")
pieces = rows[0]["input"].split("ки")   # the sign of step i is the character of `label` after piece i
```""",
)
