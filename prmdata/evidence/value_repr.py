"""Inputs and answers as Python text, for people. Equal values give equal texts in every process."""

from __future__ import annotations

import reprlib
import sys
from collections.abc import Iterator
from typing import Any, Final

from prmdata.evidence.values import decode
from prmdata.resources import guest_module

LONGEST: Final = 2000
"""The most characters of an input or answer that a row keeps."""
_DEEPEST: Final = 50
_MOST: Final = 2_000_000
"""The most characters that are written for one value, all levels together. A value whose parts are shared (a
list that holds one list twice, and so on 40 times) is small on the wire and practically endless as text."""
_UNWRITABLE: Final = (ValueError, OverflowError, RecursionError, MemoryError)
"""The errors that writing a value may raise (a range or a fraction of 5,000 digits). The text of the wire is
shown instead."""


def value_repr(text: str) -> str:
    """An answer of the wire as Python text, shortened if it is long."""
    codec = guest_module("codec")
    try:
        return shortened(_ValueWriter().repr(codec.decode(text)))
    except (codec.DecodeError, *_UNWRITABLE):
        return shortened(text)


def call_repr(text: str) -> str:
    """An input of the wire as the arguments of a Python call."""
    try:
        call = decode(text)
    except ValueError:
        return shortened(text)
    write = _ValueWriter().repr
    positional = len(call.values) - len(call.names)
    try:
        parts = [write(value) for value in call.values[:positional]]
        parts += [f"{n}={write(v)}" for n, v in zip(call.names, call.values[positional:], strict=True)]
    except _UNWRITABLE:
        return shortened(text)
    return shortened(", ".join(parts))


def shortened(text: str) -> str:
    """At most ``LONGEST`` characters of ``text``, in a form that UTF-8 can store."""
    return as_utf8(text if len(text) <= LONGEST else text[:LONGEST] + "…")


def as_utf8(text: str) -> str:
    """``text`` with halves of surrogate pairs written as escapes, because no file of UTF-8 can store them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class _ValueWriter(reprlib.Repr):
    """``repr`` without the parts that differ from process to process: the order of a set, and the address of
    an iterator."""

    def __init__(self) -> None:
        super().__init__()
        for limit in vars(self):
            if limit.startswith("max"):
                setattr(self, limit, sys.maxsize)
        self.maxlevel = _DEEPEST
        self._open: set[int] = set()
        self._left = _MOST

    def repr1(self, x: Any, level: int) -> str:
        if id(x) in self._open:
            return "..."
        self._open.add(id(x))
        try:
            text = super().repr1(x, level)
            self._left -= len(text)
            if self._left < 0:
                raise OverflowError("longer than anything that is shown")
            return text
        finally:
            self._open.discard(id(x))

    def repr_dict(self, x: dict[Any, Any], level: int) -> str:
        return f"{{{', '.join(f'{self._in(k, level)}: {self._in(v, level)}' for k, v in x.items())}}}"

    def repr_set(self, x: set[Any], level: int) -> str:
        return f"{{{', '.join(self._sorted(x, level))}}}" if x else "set()"

    def repr_frozenset(self, x: frozenset[Any], level: int) -> str:
        return f"frozenset({{{', '.join(self._sorted(x, level))}}})" if x else "frozenset()"

    def repr_list_iterator(self, x: Iterator[Any], level: int) -> str:
        return f"iter({self._in(list(x), level)})"

    def repr_generator(self, x: Iterator[Any], level: int) -> str:
        """The elements that an iterator gave before it was stopped, and a note that there were more."""
        given: list[str] = []
        try:
            given.extend(self._in(item, level) for item in x)
        except guest_module("codec").DecodeError:
            given.append("...")
        return f"iter([{', '.join(given)}])"

    def repr_Mutated(self, x: Any, level: int) -> str:
        return f"None, arguments now {self._in(x.args, level)}"

    def repr_Instance(self, x: Any, level: int) -> str:
        return f"{x.name}({', '.join(f'{k}={self._in(v, level)}' for k, v in x.attrs.items())})"

    def repr_str(self, x: str, _: int) -> str:
        return repr(x)

    def repr_int(self, x: int, _: int) -> str:
        try:
            return repr(x)
        except ValueError:  # more digits than Python writes
            return hex(x)

    def repr_instance(self, x: Any, _: int) -> str:
        return repr(x)

    def _in(self, x: Any, level: int) -> str:
        return self.repr1(x, level - 1)

    def _sorted(self, x: set[Any] | frozenset[Any], level: int) -> list[str]:
        return sorted((self._in(item, level) for item in x), key=lambda text: (len(text), text))
