"""``step-token``: one sequence with a placeholder after each step, whose score is read there.

Qwen's process reward models and vLLM's STEP pooling (``step_tag_id``) read it so. Every step has one, a masked step too:
its label is -100. The placeholder stands before the step's line end, and must be one token of the model: ``<extra_0>`` is
one of Qwen's. With a tokenizer both are checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prmdata.exports.answer_text import body, labelled
from prmdata.exports.format import IDS, ExportCounts, ExportOptions, Format, Group, columns, identity, joined
from prmdata.exports.placeholders import check_found, check_token, refuse_in_text


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row for each row with labels. Raises RefusedError if the placeholder stands in the text, or if the
    tokenizer finds another number of placeholders than there are steps."""
    for trace, part in labelled(group, options, counts):
        refuse_in_text(options, trace, part)
        ends = ((step, body(step)) for step in part.steps)
        marked = [f"{shown}{options.placeholder}{step[len(shown) :]}" for step, shown in ends]
        shown = part.question + "".join(marked)
        check_found(options, trace, shown, len(marked))
        yield {"text": shown, "labels": list(part.labels), **identity(trace)}


def check(options: ExportOptions) -> None:
    """The placeholder must be one token."""
    check_token(options, options.placeholder)


FORMAT = Format(
    name="step-token",
    summary="one sequence with a placeholder after each step (Qwen PRMs, vLLM STEP pooling), a label for each",
    schema=columns(text="string", labels=["int64"], **IDS),
    render=render,
    text=joined("text"),
    check=check,
    placeholder="<extra_0>",
    recipe="""\
The score of step i is read at the i-th placeholder, and trained there; every other token is masked:

```python
step = tokenizer.convert_tokens_to_ids("<extra_0>")   # one token: tokenizer.add_special_tokens if the model has none

def encode(row):
    ids = tokenizer(row["text"])["input_ids"]
    labels = iter(row["labels"])
    return {"input_ids": ids, "labels": [next(labels) if token == step else -100 for token in ids]}
```

```bash
vllm serve MODEL --runner pooling --pooler-config '{"pooling_type": "STEP", "step_tag_id": STEP, "returned_token_ids": [0, 1]}'
```

vLLM then answers with one score a step for a text of this form (`STEP` is the number of the placeholder's token; a causal model
that says good and bad by two tokens is given those as `returned_token_ids`).""",
)
