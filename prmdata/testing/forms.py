"""The faulty server's other ways to go on with a text: ``/completions``, and an assistant's turn that has begun."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from prmdata.testing.actor import continuation_of
from prmdata.testing.spoiling import Spoken

_PIECE: Final = re.compile(r"\w{1,6}|[^\w\s]{1,2}|\n\s*")
_CODE: Final = re.compile(r"^(?:def|class|import|from|@|async def)\b.*\Z", re.MULTILINE | re.DOTALL)
_ADD: Final = "def add(first, second):\n    return first + second\n"
"""A text that every model can continue."""
_RAMBLING: Final = "\n\nprint('that was the function')\nprint('and here is more')\n"
_TALK: Final = "```\n\nThat is the whole program."


def begun_text(request: Mapping[str, Any], prefill: str) -> str | None:
    """The program that a request has begun; None where it is to be answered as a chat."""
    if "prompt" in request:
        found = _CODE.search(str(request["prompt"]))
        return found[0] if found else ""
    last = request["messages"][-1]
    if last.get("role") != "assistant":
        return None
    asked = {
        "continue": bool(request.get("continue_final_message")),
        "prefix": bool(last.get("prefix")),
        "trailing": True,
    }
    return str(last["content"]).removeprefix("```python\n") if asked.get(prefill) else None


def going_on(
    request: Mapping[str, Any],
    begun: str,
    references: Sequence[str],
    draws: tuple[float, int, Sequence[float]],
) -> list[Spoken]:
    """What follows ``begun``, one for each of the places drawn; it ends at a stop or at the limit of tokens. ``draws``:
    skill, seed, places."""
    skill, seed, places = draws
    is_raw = "prompt" in request
    task = str(request["prompt"] if is_raw else request["messages"][-2]["content"])
    found: list[Spoken] = []
    for place in places:
        rest = continuation_of(begun, task, (*references, _ADD), (skill, seed, place))
        text, finish = ended(rest + (_RAMBLING if is_raw else _TALK), request)
        found.append(Spoken((text,), finish))
    return found


def ended(text: str, request: Mapping[str, Any]) -> tuple[str, str]:
    """``text`` up to the first stop and within the limit of tokens, and how it ended."""
    stops = [text.index(stop) for stop in request.get("stop") or () if stop in text]
    text = text[: min(stops, default=len(text))]
    pieces = list(_PIECE.finditer(text))
    most = request.get("max_tokens") or request.get("max_completion_tokens") or len(pieces)
    if len(pieces) > most:
        return text[: pieces[most].start()], "length"
    return text, "stop"
