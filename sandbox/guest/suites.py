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
    from typing import Any

    from .compare import Comparison
    from .remote import Link


FIRST, BATCH = 8, 64
"""Inputs of one message: few at first, because most programs that differ do so early, and are then asked for nothing."""
SHOWN_CHARS = 4096
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
            for offset, given in enumerate(batch):
                wanted = None if expected is None else expected[start + offset]
                seen.append(_observed(link.receive(), given, wanted, comparison, classes, bool(link.objects)))
                left -= len(seen[-1][1])
                if left < 0:
                    seen[-1][:2] = "opaque", ""
                differing += seen[-1][0] not in ("agreed", "answered")
                if 0 < order["stop_after"] <= differing:
                    return seen, True
    except judging.GoneError:
        return seen, False
    return seen, True


def _batch(inputs: list[str], order: dict[str, Any], first: bool, fresh: bool) -> str:
    parts = {"op": "i", "i": inputs, "watch": order["watch"], "lines": order["lines"], "first": first}
    parts |= {"work": order["work"], "fresh": fresh}
    return Encoder.dump(parts)


def _is_plain(text: str) -> bool:
    """Whether a text that will be kept as an expected answer is one, of plain data only."""
    try:
        Decoder().value(text)
    except (CodecError, MemoryError):
        return False
    return '{"w":' not in text


def _observed(
    reply: dict[str, Any],
    given: str,
    wanted: str | None,
    comparison: Comparison,
    classes: dict[str, type[Any]],
    by_truth: bool,
) -> list[Any]:
    """Return what one answer showed. ``by_truth``: the program has passed tests with objects, so that tests which
    expect truth and falsehood have looked at no more than that."""
    kind, text = reply.get("s"), text_of(reply.get("t"), _MOST_CHARS)
    reached = bool(reply.get("w"))
    lines = [line for line in reply["l"] if type(line) is int] if type(reply.get("l")) is list else None
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
