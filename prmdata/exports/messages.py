"""``messages``: conversations for any chat trainer, a step said by the user and judged by the assistant.

``messages`` is RLHFlow's form: the assistant answers ``+`` or ``-``; a step without a label is said together with the next
one, since every answer is trained on. ``yes_no`` asks after every step in a fence (chat templates trim a message, and a
step's indentation with it); ``loss_weight`` is 1.0 where the answer is a label, else 0.0: on the user's messages, and on
the ``yes`` after a step without one, which only stands in for what a model would have said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from prmdata.exports.answer_text import PromptAndAnswer, body, labelled
from prmdata.exports.format import IDS, ExportCounts, ExportOptions, Format, Group, columns, identity
from prmdata.exports.openrlhf import SIGNS
from prmdata.records import IGNORE

ASK: Final = "Is this step correct?"
ANSWERS: Final = {1: "yes", 0: "no", IGNORE: "yes"}


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:
    """One row for each row with labels, cut after its first error."""
    for trace, part in labelled(group, options, counts):
        yield {"messages": _turns(part), "yes_no": _questions(part), **identity(trace)}


def _turns(part: PromptAndAnswer) -> list[dict[str, Any]]:
    """RLHFlow's turns. Joined by line ends, what the user says is the text of the row."""
    found = []
    said = part.question
    for step, label in zip(part.steps, part.labels, strict=True):
        said += step
        if label != IGNORE:
            found += [{"role": "user", "content": body(said)}, {"role": "assistant", "content": SIGNS[label]}]
            said = ""
    return found


def _questions(part: PromptAndAnswer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    said = f"{part.question.rstrip()}\n\n" if part.question.strip() else ""
    for step, label in zip(part.steps, part.labels, strict=True):
        fence = "`" * max(3, 1 + _longest_run(step))
        asked = f"{said}{fence}python\n{body(step)}\n{fence}\n{ASK}"
        weight = float(label != IGNORE)
        found.append({"role": "user", "content": asked, "loss_weight": 0.0})
        found.append({"role": "assistant", "content": ANSWERS[label], "loss_weight": weight})
        said = ""
    return found


def _longest_run(text: str) -> int:
    """The longest run of backticks, which a fence around it must exceed."""
    runs = "".join(letter if letter == "`" else " " for letter in text).split()
    return max(map(len, runs), default=0)


def text(row: Mapping[str, Any]) -> str:
    """The text in RLHFlow's form. A chat template adds a few tokens to each message."""
    return "\n".join(message["content"] for message in row["messages"])


MESSAGE: Final = {"role": "string", "content": "string"}

FORMAT = Format(
    name="messages",
    summary="chat trainers: RLHFlow's turns (user step, assistant + or -), and yes/no with loss_weight",
    schema=columns(messages=[MESSAGE], yes_no=[MESSAGE | {"loss_weight": "float64"}], **IDS),
    render=render,
    text=text,
    recipe="""\
```python
rows = load_dataset("DIR", split="train")
rows[0]["messages"]   # RLHFlow: train on the assistant's turns alone (TRL SFT: assistant_only_loss=True)
rows[0]["yes_no"]     # a loss_weight a message, for trainers that read one
```

A label is read at `+` or `-` (`yes` or `no`): the share of the first is the step's score.""",
)
