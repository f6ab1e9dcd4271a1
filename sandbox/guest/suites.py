"""Runs generated inputs: they are sent in batches, answered one by one, and compared here."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from . import judging, sequence_answers
from .boundary import text_of
from .decoder import Decoder
from .encoder import Encoder
from .kinds import CodecError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .compare import Comparison
    from .remote import Link


FIRST, BATCH = 8, 64
"""Inputs of one message: few at first, because most programs that differ do so early, and are then asked for nothing."""
SHOWN_CHARS = 4096
_NOTHING = [None] * 4
"""What a message that says nothing shows of an input."""
_MOST_CHARS = 1 << 16
_MOST_KEPT = 16 << 20
"""The characters of all answers together that one report carries; the answers after them are opaque."""


def run_suite(
    link: Link,
    suite: dict[str, Any],
    comparison: Comparison,
    order: dict[str, Any],
    classes: dict[str, type[Any]],
    first: bool,
) -> tuple[list[list[Any]], bool]:
    """Return [status, answer, reached, lines] of each input that ran, and whether the candidate survived them."""
    inputs, expected = suite["inputs"], suite["expected"]
    seen, differing, left = [], 0, _MOST_KEPT
    try:
        for start, stop in pairwise((0, *range(FIRST, len(inputs), BATCH), len(inputs))):
            batch = inputs[start:stop]
            link.send(_batch(batch, order, first and start == 0, suite["fresh_start"]))
            for offset, (given, reply) in enumerate(zip(batch, _replies(link, len(batch)), strict=False)):
                wanted = None if expected is None else expected[start + offset]
                seen.append(_observed(reply, given, wanted, comparison, classes, bool(link.objects)))
                left -= len(seen[-1][1])
                if left < 0:
                    seen[-1][:2] = "opaque", ""
                differing += seen[-1][0] not in ("agreed", "answered")
                if 0 < order["stop_after"] <= differing:
                    return merged(seen), True
    except judging.GoneError:
        return merged(seen), False
    return merged(seen), True


def merged(seen: list[list[Any]]) -> list[list[Any]]:
    """Return the observations with one for all that agree in a row: its ``reached`` is a text with a 0 or a 1 for each."""
    found: list[list[Any]] = []
    for each in seen:
        if each[0] == "agreed" and each[3] is None:
            if not (found and type(found[-1][2]) is str):
                found.append(["agreed", "", "", None])
            found[-1][2] += "1" if each[2] else "0"
        else:
            found.append(each)
    return found


def _batch(inputs: list[str], order: dict[str, Any], first: bool, fresh: bool) -> str:
    parts = {"op": "i", "i": inputs, "watch": order["watch"], "lines": order["lines"], "first": first}
    parts |= {"work": order["work"], "most_s": order["most_s"], "fresh": fresh, "bulk": order["bulk"]}
    return Encoder.dump(parts)


def _replies(link: Link, count: int) -> Iterator[list[Any]]:
    """Yield what came of each of ``count`` inputs, which one message or several say."""
    while count > 0:
        found = link.receive().get("a")
        if type(found) is not list or not 0 < len(found) <= count:
            found = [None]
        count -= len(found)
        for each in found:
            yield each if type(each) is list and len(each) == len(_NOTHING) else _NOTHING


def _is_plain(text: str) -> bool:
    """Whether a text that will be kept as an expected answer is one, of plain data only."""
    try:
        Decoder().value(text)
    except (CodecError, MemoryError):
        return False
    return '{"w":' not in text


def _observed(
    reply: list[Any],
    given: str,
    wanted: str | None,
    comparison: Comparison,
    classes: dict[str, type[Any]],
    by_truth: bool,
) -> list[Any]:
    """Return what one answer showed. ``by_truth``: the program has passed tests with objects, so that tests which
    expect truth and falsehood have looked at no more than that."""
    kind, text = reply[0], text_of(reply[1], _MOST_CHARS)
    reached = bool(reply[2])
    lines = [line for line in reply[3] if type(line) is int] if type(reply[3]) is list else None
    if kind == "raised":
        status, text = ("raised", text[:100])
        if wanted is not None and wanted == '{"!":"' + text + '"}':
            status = "agreed"
    elif kind == "value" and given.startswith(sequence_answers.MARK):
        status, text = sequence_answers.observed(given, wanted, text, comparison, classes)
    elif kind != "value" or (wanted is None and not _is_plain(text)):
        status, text = "opaque", text[:SHOWN_CHARS]
    elif wanted is None:
        status = "answered"
    else:
        same = comparison.answers(given, wanted, text, classes, by_truth)
        status, text = ("agreed", "") if same else ("disagreed", text[:SHOWN_CHARS])
    return [status, text, reached, lines]
