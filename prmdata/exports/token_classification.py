"""``token-classification``: text, and for each step a span of characters with its label (-100 masked).

For plain ``transformers``, the layout that no trainer's retirement can break. Spans are in characters of
``text`` (Python's, which fast tokenizers use too) and end before the step's line end, since tokenizers
join line ends with the next line's indentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prmdata.exports.answer_text import body, labelled
from prmdata.exports.format import IDS, ExportCounts, ExportOptions, Format, Group, columns, identity, joined


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row for each row with labels. The text ends with the last label, so that no encoder sees what
    follows an error."""
    for trace, part in labelled(group, options, counts):
        starts: list[int] = []
        ends: list[int] = []
        at = len(part.question)
        for step in part.steps:
            starts.append(at)
            ends.append(at + len(body(step)))
            at += len(step)
        yield {
            "text": part.question + "".join(part.steps),
            "starts": starts,
            "ends": ends,
            "labels": list(part.labels),
            **identity(trace),
        }


FORMAT = Format(
    name="token-classification",
    summary="plain transformers: text, character spans, labels (-100 masked)",
    schema=columns(text="string", starts=["int32"], ends=["int32"], labels=["int64"], **IDS),
    render=render,
    text=joined("text"),
    recipe="""\
The label of a step goes to its last token; any fast tokenizer will do:

```python
def encode(row):
    found = tokenizer(row["text"], truncation=True, max_length=2048)
    labels = [-100] * len(found["input_ids"])
    for end, label in zip(row["ends"], row["labels"]):
        token = found.char_to_token(end - 1)
        if token is not None:          # None: cut off by max_length
            labels[token] = label
    return {**found, "labels": labels}

train = load_dataset("DIR", split="train").map(encode, remove_columns=["text", "starts", "ends", "id", "problem_id"])
```

`DataCollatorForTokenClassification(tokenizer)` pads it. `examples/train_token_classification.py` is the whole of it.""",
)
