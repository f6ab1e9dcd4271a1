"""JSON by the interpreter's C encoder and scanner, without the wrappers around them: a frame is small, and
the wrappers cost as much as the work (4 µs of 7 a message).
"""

from __future__ import annotations

import json
from json.encoder import c_make_encoder, encode_basestring_ascii  # type: ignore[attr-defined]
from json.scanner import c_make_scanner  # type: ignore[attr-defined]
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn


_decoder = json.JSONDecoder()
_scan = c_make_scanner(_decoder) if c_make_scanner is not None else _decoder.scan_once  # type: ignore[attr-defined]


def _encoder() -> Callable[[Any], str]:
    """The C encoder's own signature is no public one: where it differs, the public way is taken."""
    try:
        encode = c_make_encoder(None, _refuse, encode_basestring_ascii, None, ":", ",", False, False, True)
        if "".join(encode([1, {"a": "é"}], 0)) == '[1,{"a":"\\u00e9"}]':
            return lambda value: "".join(encode(value, 0))
    except TypeError:
        pass
    return json.JSONEncoder(check_circular=False, separators=(",", ":")).encode


def _refuse(value: str) -> NoReturn:
    raise TypeError(f"{type(value).__name__} is no JSON")


dump = _encoder()
"""The ASCII text of a value made of JSON's own types."""


def load(text: str) -> Any:
    """The value of a text; raises ValueError (or RecursionError) for what is not exactly one."""
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        raise ValueError("no JSON") from None
    if end != len(text):
        raise ValueError("more than one value")
    return value
