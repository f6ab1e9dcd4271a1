"""Inputs of calls as Python values, and back. Only this module knows the wire's text form of calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import ModuleType
from typing import Any, Final

from prmdata.resources import guest_module

Path = tuple[str | int, ...]
"""Where a value stands in a call: argument (index or name), then ``[]`` for any element of a sequence or
set, an index for a position of a record, ``k`` and ``v`` for keys and values of a dict."""

_ATOMS: Final = frozenset({type(None), bool, int, float, complex, str, bytes})
_HOLDERS: Final = frozenset({list, tuple, set, frozenset})
_DEPTH: Final = 50
_LEAVES: Final = frozenset({type(None), bool, int, float, str})
_SURELY_SMALL: Final = 600
"""A shorter text holds no number that is too large for the wire to write in decimal digits."""


@dataclass(slots=True, unsafe_hash=True)
class Call:
    """One input: the arguments of a call. ``names`` holds the keywords of the last ``len(names)`` values. A
    call is never changed. (It is not frozen, because making the million calls of a build would then take
    three times as long.)"""

    values: tuple[Any, ...]
    names: tuple[str, ...] = ()
    _text: str | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        """See :func:`encode`. The result is kept, because calls are recognised by it everywhere."""
        if self._text is None:
            self._text = _text_of(self)
        return self._text

    @property
    def paths(self) -> tuple[Path, ...]:
        """The path of each argument."""
        return _paths_of(len(self.values), self.names)

    def slots(self) -> Iterator[tuple[Path, Any]]:
        """Each argument with its path."""
        return zip(self.paths, self.values, strict=True)

    def with_value(self, index: int, value: Any) -> Call:
        """The call with one argument replaced."""
        return Call((*self.values[:index], value, *self.values[index + 1 :]), self.names)


@lru_cache(maxsize=256)
def _paths_of(count: int, names: tuple[str, ...]) -> tuple[Path, ...]:
    return (*((index,) for index in range(count - len(names))), *((name,) for name in names))


def _text_of(call: Call) -> str:
    codec, dump = _codec()
    if not call.names and _is_flat(call.values):
        flat = dump({"a": call.values, "k": {}})
        if len(flat) < _SURELY_SMALL:
            return flat
    positional = len(call.values) - len(call.names)
    kwargs = dict(zip(call.names, call.values[positional:], strict=True))
    try:
        text: str = codec.encode_call(list(call.values[:positional]), kwargs)
    except codec.EncodeError as error:
        raise ValueError(str(error)) from error
    return text


@cache
def _codec() -> tuple[ModuleType, Callable[[Any], str]]:
    return guest_module("codec"), guest_module("plainjson").dump


def _is_flat(values: tuple[Any, ...]) -> bool:
    """Whether values are leaves, and one list of leaves at most: they are their own form on the wire, unless a number has
    too many digits. Most calls are so, and a build makes a million."""
    lists = 0
    for value in values:
        if type(value) not in _LEAVES:
            lists += 1
            if lists > 1 or type(value) is not list or not _LEAVES.issuperset(map(type, value)):
                return False
    return True


def kind_of(value: Any) -> str:
    """The name of a value's type; ``bool`` is not ``int`` here."""
    return type(value).__name__


def decode(text: str) -> Call:
    """The call that the wire's text stands for. Raises ValueError if it holds more than plain data."""
    codec, _ = _codec()
    try:
        args, kwargs = codec.decode_call(text)
    except codec.DecodeError as error:
        raise ValueError(str(error)) from error
    call = Call((*args, *kwargs.values()), tuple(kwargs))
    if not all(_is_plain(value, _DEPTH) for value in call.values):
        raise ValueError("not plain data")
    return call


def encode(call: Call) -> str:
    """The wire's text of a call. Raises ValueError if it is too large for the wire."""
    return call.text


def _is_plain(value: Any, depth: int) -> bool:
    kind = type(value)
    if kind in _ATOMS:
        return True
    if depth == 0:
        return False
    if kind is dict:
        return all(_is_plain(k, depth - 1) and _is_plain(v, depth - 1) for k, v in value.items())
    return kind in _HOLDERS and all(_is_plain(item, depth - 1) for item in value)
