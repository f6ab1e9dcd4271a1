"""Plain data as text, and back: the format in which judge, candidate and host exchange values.

Text is ASCII JSON. Leaves (None, bool, int, float, str; NaN and lone surrogates too) and lists stand for
themselves; everything else is an object with one tag::

    {"t": [..]} tuple    {"d": [k, v, ..]} dict      {"s": [..]} set       {"f": [..]} frozenset
    {"b": ".."} bytes    {"B": ".."} bytearray       {"c": [re, im]}       {"i": "hex"} huge int
    {"r": n}  the n-th container of this text, counted as they open (shared and self references)
    {"n": n}  the n-th instance of the table that the text carries under "g"
    {"N": [class, [..], [field, ..]]} namedtuple     {"E": [class, member]} enum member
    {"w": [class, truth, items]} an object: what a test may look at (items: null where it has none)
    {"x": [..]} iterator, exhausted                  {"o": "type"} opaque: not plain data
    {"m": [..]} None was returned, these are the changed arguments    {"!": "ValueError"} it raised that

Exact types only: a subclass of str, int or list is opaque, unless an encoder converts (see :mod:`conversions`). A text is canonical: sets are sorted, so equal
plain values of equal shape have one text under every hash seed (dicts keep their order). Two lone surrogates
in a row that make a character together come back as that character: JSON has one spelling for both.
Decoding accepts any bytes and raises only :class:`DecodeError`. No code of any class is run by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .decoder import Decoder
from .encoder import Encoder, is_bare
from .kinds import MAX_CHARS, CodecError, DecodeError, EncodeError, Instance, Mutated, Opaque, Raised

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


__all__ = [
    "MAX_CHARS",
    "CodecError",
    "DecodeError",
    "Decoder",
    "EncodeError",
    "Encoder",
    "Instance",
    "Mutated",
    "Opaque",
    "Raised",
    "decode",
    "decode_call",
    "encode",
    "encode_call",
]


def encode(value: Any) -> str:
    """The canonical text of ``value``; what is not plain in it is opaque. Raises EncodeError (size)."""
    encoder = Encoder()
    return encoder.text(encoder.node(value))


def decode(text: str) -> Any:
    """The value of ``text`` as plain data, :class:`Instance`, :class:`Opaque` ...; raises DecodeError."""
    return Decoder().value(text)


def encode_call(args: Sequence[Any], kwargs: dict[str, Any]) -> str:
    """The text of a call's arguments, ``{"a": [..], "k": {..}}``."""
    if not kwargs and is_bare(args):
        return Encoder.dump({"a": args, "k": kwargs})
    return Encoder().call(args, kwargs)


def decode_call(text: str) -> tuple[list[Any], dict[str, Any]]:
    """(args list, kwargs dict) of a call's text; raises DecodeError."""
    return Decoder().call(text)
