"""``math-shepherd``: ``input`` with ``ки`` after each labelled step, ``label`` the same text with ``+`` or
``-`` in its place. The mark is part of the text, so text that holds it is refused; a masked step gets none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from prmdata.exports.answer_text import labelled
from prmdata.exports.format import ExportCounts, ExportOptions, Format, Group
from prmdata.exports.openrlhf import SIGNS, marked
from prmdata.records import IGNORE

if TYPE_CHECKING:
    import pyarrow as pa

MARK: Final = "ки"


def schema() -> pa.Schema:
    """Columns of the format."""
    import pyarrow as pa

    names = ("input", "label", "task", "id", "problem_id")
    return pa.schema([(name, pa.string()) for name in names])


def render(group: Group, options: ExportOptions, tally: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row a row with labels."""
    for trace, part in labelled(group, options, tally, "math-shepherd"):
        shown = marked("math-shepherd", trace, part, MARK)
        pieces = shown.split(MARK)
        signs = [SIGNS[label] for label in part.labels if label != IGNORE]
        judged = pieces[0] + "".join(sign + piece for sign, piece in zip(signs, pieces[1:], strict=True))
        yield {
            "input": shown,
            "label": judged,
            "task": trace.source or "code",
            "id": trace.id,
            "problem_id": trace.problem_id,
        }


def text(row: Mapping[str, Any]) -> str:
    """What a trainer tokenizes."""
    return str(row["input"])


FORMAT = Format(
    name="math-shepherd",
    summary="Math-Shepherd: input with ки after each labelled step, label with + or - in its place",
    schema=schema,
    render=render,
    text=text,
    suffix="jsonl",
    recipe="""\
```python
rows = load_dataset("DIR", split="train")
pieces = rows[0]["input"].split("ки")   # the sign of step i is the character of `label` after piece i
```""",
)
