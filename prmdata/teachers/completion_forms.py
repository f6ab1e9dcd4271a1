"""In which form an endpoint goes on with a prefix: what was asked for, or what a probe finds.

A probe is one request, never repeated: where it is refused, dropped, or answered with anything but the
continuation that only an endpoint of this kind gives, the form counts as not supported.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Literal

from prmdata.errors import UsageError
from prmdata.teachers.answer_store import AnswerStore
from prmdata.teachers.capabilities import PrefillVariant
from prmdata.teachers.model_request import CompletionForm, ModelAnswer, ModelQuestion
from prmdata.teachers.verbatim import without_echo

CompleteBy = Literal["auto", "raw", "prefill", "chat"]
"""``--complete-by``: one form, or the one that the endpoint takes (prefill, else raw, else chat)."""

_BEGUN: Final = "```python\ndef add(first, second):\n    return first +"
_NEXT_WORD: Final = "second"
"""What follows in any mind that goes on, and in none that starts an answer of its own."""
_VARIANTS: Final[tuple[PrefillVariant, ...]] = ("continue", "trailing", "prefix")

GREETINGS: Final[dict[CompletionForm, ModelQuestion]] = {
    "chat": ModelQuestion("You answer in one word.", "Say yes.", 0.0, 16, structured=False),
    "raw": ModelQuestion("", "def add(first, second):\n    return", 0.0, 16, structured=False, form="raw"),
    "prefill": ModelQuestion(
        "You write Python programs.",
        "Write a function add(first, second) that adds two numbers, in one fenced block.",
        0.0,
        16,
        structured=False,
        form="prefill",
        beginning=_BEGUN,
    ),
}
"""What any model would answer, in each form."""

AskOnce = Callable[[ModelQuestion, PrefillVariant], Awaitable[ModelAnswer | None]]
"""Sends one question once, with this variant of prefill; None where it was not answered."""


async def find_form(wanted: CompleteBy, probe: AskOnce, host: str) -> tuple[CompletionForm, PrefillVariant]:
    """The form, and the variant of prefill that goes with it. UsageError where prefill was asked for and the
    endpoint answers no variant of it; raw and chat are taken at the user's word."""
    if wanted in ("raw", "chat"):
        return wanted, ""
    for variant in _VARIANTS:
        answer = await probe(GREETINGS["prefill"], variant)
        if answer is not None and any(_goes_on(one.text) for one in answer.choices):
            return "prefill", variant
    if wanted == "prefill":
        raise UsageError(
            f"--complete-by prefill: {host} does not go on with an answer that has begun; "
            "give --complete-by raw or chat, or another --model"
        )
    answer = await probe(GREETINGS["raw"], "")
    is_raw = answer is not None and any(choice.text.strip() for choice in answer.choices)
    return ("raw" if is_raw else "chat"), ""


def _goes_on(text: str) -> bool:
    return without_echo(_BEGUN, text).lstrip().startswith(_NEXT_WORD)


def learnt_as(wanted: CompleteBy) -> str:
    """The name under which a store remembers what was found."""
    return f"complete-by/{wanted}"


def remembered_form(store: AnswerStore, model: str, url: str, wanted: CompleteBy) -> CompletionForm:
    """The form that a recording was made in."""
    found: CompletionForm | None = store.learnt(model, url, learnt_as(wanted))
    return found or ("chat" if wanted == "auto" else wanted)
