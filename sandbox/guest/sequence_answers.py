"""What the answer to a sequence of calls (see :mod:`sequences`) showed. Runs in the judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .decoder import Decoder
from .kinds import CodecError
from .plainjson import dump, load
from .sequences import OBJECT

if TYPE_CHECKING:
    from typing import Any

    from .compare import Comparison


MARK = '{"q":'
_NAMEDTUPLE = '{"N":'
_SHOWN_CHARS = 4096


def observed(
    given: str, wanted: str | None, text: str, comparison: Comparison, classes: dict[str, type[Any]]
) -> tuple[str, str]:
    """Return status and text of one answer: "answered" with the answer, "agreed", or "disagreed" with the number of the
    first step that differs and what came there (a list of both, as text)."""
    answers = _answers_of(text)
    asked = load(given)["q"]
    if len(answers) != len(asked):
        return "opaque", ""
    if wanted is None:
        return ("answered", dump(answers)) if all(map(_is_kept, answers)) else ("opaque", "")
    for at, (step, expected, got) in enumerate(zip(asked, load(wanted), answers, strict=True)):
        if expected == OBJECT and got.startswith(_NAMEDTUPLE):
            continue  # an object with fields too: the steps that read them tell whether it is the right one
        call = dump(step[2] or {"a": [], "k": {}})
        if got != expected and (
            OBJECT in (got, expected) or not comparison.answers(call, expected, got, classes)
        ):
            return "disagreed", dump([at, got[:_SHOWN_CHARS]])
    return "agreed", ""


def _answers_of(text: str) -> list[str]:
    """Return the texts in an answer; none where it is none (it comes from the candidate)."""
    try:
        found = load(text)
    except (ValueError, RecursionError, MemoryError):
        return []
    return (
        found if type(found) is list and all(type(each) is str and each.isascii() for each in found) else []
    )


def _is_kept(text: str) -> bool:
    if text == OBJECT:
        return True
    try:
        Decoder().value(text)
    except (CodecError, MemoryError):
        return False
    return '{"w":' not in text
