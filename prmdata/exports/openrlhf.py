"""``openrlhf``: OpenRLHF's ``train_prm`` (v0.4.5 to v0.9.5).

It reads one label at each occurrence of a placeholder, which must be one token and stand nowhere in the
code, and has no value for a mask: after a masked step the placeholder is left out. Numeric labels crash
from v0.5.6 on, so labels are ``"+"`` and ``"-"``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prmdata.exports.answer_text import PromptAndAnswer, body, labelled
from prmdata.exports.format import IDS, ExportCounts, ExportOptions, Format, Group, columns, identity, joined
from prmdata.exports.placeholders import check_found, check_token, refuse_in_text
from prmdata.records import IGNORE, Trace

SIGNS = {1: "+", 0: "-"}


def with_placeholders(options: ExportOptions, trace: Trace, part: PromptAndAnswer) -> str:
    """Question and steps, the placeholder at the end of each step that has a label. Raises RefusedError
    where the placeholder already stands in the text."""
    refuse_in_text(options, trace, part)
    lines = [
        f"{body(step)}{'' if label == IGNORE else ' ' + options.placeholder}\n"
        for step, label in zip(part.steps, part.labels, strict=True)
    ]
    return part.question + "".join(lines)


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row for each row with labels. With a tokenizer, placeholders are counted in the way of the trainer."""
    for trace, part in labelled(group, options, counts):
        shown = with_placeholders(options, trace, part)
        signs = [SIGNS[label] for label in part.labels if label != IGNORE]
        check_found(options, trace, shown, len(signs))
        yield {"input": shown, "label": signs, **identity(trace)}


def check(options: ExportOptions) -> None:
    """The placeholder and both signs must be one token each."""
    check_token(options, options.placeholder, *SIGNS.values())


FORMAT = Format(
    name="openrlhf",
    summary='OpenRLHF train_prm: input with a placeholder after each labelled step, label as "+"/"-"',
    schema=columns(input="string", label=["string"], **IDS),
    render=render,
    text=joined("input"),
    suffix="jsonl",
    check=check,
    recipe="""\
```bash
python -m openrlhf.cli.train_prm --dataset DIR --input_key input --label_key label \\
    --placeholder_token "ки" --reward_tokens + -
```

The placeholder must be one token of the model's tokenizer: export with `--tokenizer` to have that checked.""",
)
