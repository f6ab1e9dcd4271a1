"""``openrlhf``: OpenRLHF's ``train_prm`` (v0.4.5 to v0.9.5).

It reads one label at each occurrence of a placeholder, which must be one token and stand nowhere in the
code, and has no value for a mask: after a masked step the placeholder is left out. Numeric labels crash
from v0.5.6 on, so labels are ``"+"`` and ``"-"``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prmdata.exports.answer_text import PromptAndAnswer, body, labelled
from prmdata.exports.format import ExportCounts, ExportOptions, Format, Group, RefusedError
from prmdata.records import IGNORE, Trace

if TYPE_CHECKING:
    import pyarrow as pa

SIGNS = {1: "+", 0: "-"}


def schema() -> pa.Schema:
    """Columns of the format."""
    import pyarrow as pa

    return pa.schema(
        [
            ("input", pa.string()),
            ("label", pa.list_(pa.string())),
            ("id", pa.string()),
            ("problem_id", pa.string()),
        ]
    )


def marked(name: str, trace: Trace, part: PromptAndAnswer, placeholder: str) -> str:
    """Question and steps, the placeholder at the end of each step that has a label. Raises RefusedError
    where the placeholder already stands in the text."""
    if placeholder in part.question or any(placeholder in step for step in part.steps):
        raise RefusedError(
            name, f"row {trace.id} contains the placeholder {placeholder!r}; give another with --placeholder"
        )
    lines = [
        f"{body(step)}{'' if label == IGNORE else ' ' + placeholder}\n"
        for step, label in zip(part.steps, part.labels, strict=True)
    ]
    return part.question + "".join(lines)


def render(group: Group, options: ExportOptions, tally: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row a row with labels; with a tokenizer, placeholders are counted as the trainer counts them."""
    for trace, part in labelled(group, options, tally, "openrlhf"):
        shown = marked("openrlhf", trace, part, options.placeholder)
        signs = [SIGNS[label] for label in part.labels if label != IGNORE]
        if options.tokens is not None:
            mark = options.tokens.ids(options.placeholder)[0]
            found = options.tokens.ids(shown).count(mark)
            if found != len(signs):
                raise RefusedError(
                    "openrlhf",
                    f"row {trace.id}: the tokenizer finds {found} placeholders for {len(signs)} labels; give a special token of its vocabulary with --placeholder",
                )
        yield {"input": shown, "label": signs, "id": trace.id, "problem_id": trace.problem_id}


def check(options: ExportOptions) -> None:
    """The placeholder and both signs must be one token each."""
    if not options.placeholder.strip():
        raise RefusedError("openrlhf", "the placeholder must not be empty")
    for token in (options.placeholder, *SIGNS.values()) if options.tokens is not None else ():
        ids = options.tokens.ids(token) if options.tokens is not None else []
        if len(ids) != 1:
            raise RefusedError(
                "openrlhf",
                f"{token!r} is {len(ids)} tokens of this tokenizer, the trainer needs one; give another with --placeholder",
            )


def text(row: Mapping[str, Any]) -> str:
    """What the trainer tokenizes."""
    return str(row["input"])


FORMAT = Format(
    name="openrlhf",
    summary='OpenRLHF train_prm: input with a placeholder after each labelled step, label as "+"/"-"',
    schema=schema,
    render=render,
    text=text,
    suffix="jsonl",
    check=check,
    recipe="""\
```bash
python -m openrlhf.cli.train_prm --dataset DIR --input_key input --label_key label \\
    --placeholder_token "ки" --reward_tokens + -
```

The placeholder must be one token of the model's tokenizer: export with `--tokenizer` to have that checked.""",
)
