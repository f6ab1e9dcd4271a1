"""``trl``: TRL's ``PRMTrainer`` (stepwise supervision; present up to TRL 1.13).

It puts ``"\\n"`` after each completion itself and nothing after the prompt, so completions go without
their line end and the prompt with one. Labels are int64: it floors floats (0.9 becomes 0), booleans
cannot hold -100, and anything but 1, 0 and -100 crashes or corrupts. It cuts at ``max_length`` silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prmdata.exports.answer_text import body, labelled
from prmdata.exports.format import IDS, ExportCounts, ExportOptions, Format, Group, columns, identity


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row for each row with labels, cut after its first error."""
    for trace, part in labelled(group, options, counts):
        yield {
            "prompt": part.question,
            "completions": [body(step) for step in part.steps],
            "labels": list(part.labels),
            **identity(trace),
        }


def text(row: Mapping[str, Any]) -> str:
    """The text that the trainer tokenizes."""
    completions: list[str] = row["completions"]
    return str(row["prompt"]) + "".join(completion + "\n" for completion in completions)


FORMAT = Format(
    name="trl",
    summary="TRL PRMTrainer: prompt, completions, labels (int64, -100 masked)",
    schema=columns(prompt="string", completions=["string"], labels=["int64"], **IDS),
    render=render,
    text=text,
    recipe="""\
```python
from datasets import load_dataset
from trl.experimental.prm import PRMConfig, PRMTrainer  # TRL up to 1.13

train = load_dataset("DIR", split="train")
PRMTrainer(model=model, processing_class=tokenizer, args=PRMConfig(max_length=None), train_dataset=train).train()
```

`PRMTrainer` cuts at `max_length` (1,024 tokens) without a word; set it to None or to what your rows need.""",
)
