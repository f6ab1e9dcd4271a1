"""The boundary: text from a candidate is hostile until a function of this module has checked it.

It checks type, size, depth, digits and surrogates. What lies behind (tests, supervisor, host, files) may rely on it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .plainjson import load
from .wire import WireError

if TYPE_CHECKING:
    from typing import Any


_MAX_NODES = 2_000_000
"""A longer message may open so many lists and objects: 5.6 million empty lists fit into 17 MB of text and 1 GB."""
_LONG = 1 << 20
_MAX_DIGITS = 4300


def message_of(text: str) -> dict[str, Any]:
    """Return the message in a text from a candidate; raises WireError for what is none. Its decimal numbers are bounded, because reading one takes time
    that grows with the square of its digits; numbers of any length travel as hexadecimal digits."""
    if len(text) > _LONG and text.count("[") + text.count("{") > _MAX_NODES:
        raise WireError("too many parts")
    digits = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(_MAX_DIGITS)
    try:
        found = load(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise WireError(f"not a message: {error}") from None
    finally:
        sys.set_int_max_str_digits(digits)
    if type(found) is not dict:
        raise WireError("not a message")
    return found


def text_of(value: object, most: int) -> str:
    """Return what a candidate says in a text that any file can hold: bounded, and without lone surrogates."""
    text = value if type(value) is str else "None" if value is None else ""
    return text[:most].encode("utf-8", "replace").decode()


def facts_of(reply: dict[str, Any]) -> dict[str, Any]:
    """Return the candidate's facts about its own exception in a safe form: of the right types and bounded."""
    line, leaves = reply.get("l"), reply.get("x")
    return {
        "n": text_of(reply.get("n"), 100),
        "t": text_of(reply.get("t"), 100),
        "l": line if type(line) is int and 0 < line < 1 << 31 else None,
        "d": text_of(reply.get("d"), 500),
        "x": leaves if type(leaves) is int and 0 <= leaves < 256 else None,
    }
