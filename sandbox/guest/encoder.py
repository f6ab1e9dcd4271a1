"""Values to text: see :mod:`codec` for the format."""

from __future__ import annotations

import sys
from collections import Counter, OrderedDict, defaultdict, deque
from itertools import islice
from typing import TYPE_CHECKING

from .conversions import converted
from .kinds import (
    BIG,
    BUILTINS,
    CALLABLES,
    ITERATORS,
    LEAVES,
    MAX_CHARS,
    MAX_DEPTH,
    MAX_ITERATED,
    EncodeError,
    Opaque,
    Reference,
    is_namedtuple,
    is_plain_class,
    name_of,
    slots_of,
)
from .plainjson import dump

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
    from typing import Any


_BY_HANDLE = (Opaque, Reference)


class Encoder:
    """Encodes values that share one memo (the arguments of a call; an answer and its arguments).

    ``shares`` are the class names whose instances travel (None: all). ``refer(value, depth)`` may answer with a
    node for what is not plain (a handle), or None. With ``converts``, what is nearly plain becomes plain (see
    :mod:`conversions`). Mutable containers are numbered in ``kept``.
    """

    def __init__(
        self,
        shares: Container[str] | None = None,
        refer: Callable[[Any, int], Any] | None = None,
        converts: bool = False,
    ) -> None:
        self.memo: dict[int, int] = {}
        self.kept: list[Any] = []
        self.shares = shares
        self.refer = refer
        self.converts = converts
        self.things = 0
        self._table: list[list[Any]] = []
        self._instances: dict[int, int] = {}
        self.queue: list[Any] = []
        self._known = 0

    def resume(self, slots: list[Any], objects: list[Any]) -> None:
        """Take over the numbers of a text that was decoded: its containers and instances are known."""
        self.kept = list(slots)
        self.memo = {id(found): slot for slot, found in enumerate(slots)}
        self.queue = list(objects)
        self._instances = {id(found): index for index, found in enumerate(objects)}
        self._known = len(objects)

    def call(self, args: Sequence[Any], kwargs: dict[str, Any]) -> str:
        parts = {"a": [self.node(a) for a in args], "k": {k: self.node(v) for k, v in kwargs.items()}}
        return self.document(parts)

    def text(self, node: Any) -> str:
        """The text of one encoded value."""
        table = self._finish()
        return self.dump({"g": [node, table]} if table else node)

    def document(self, parts: dict[str, Any]) -> str:
        """The text of several, by name."""
        table = self._finish()
        if table:
            parts["g"] = table
        return self.dump(parts)

    @staticmethod
    def dump(node: Any) -> str:
        """The text of a node; raises EncodeError."""
        try:
            text = dump(node)
        except (ValueError, RecursionError) as error:
            raise EncodeError(str(error)) from None
        if len(text) > MAX_CHARS:
            raise EncodeError(f"more than {MAX_CHARS} characters")
        return text

    def leaf(self, value: Any) -> str:
        """The text of one leaf."""
        return self.dump(self.node(value))

    def node(self, value: Any, depth: int = 0) -> Any:
        kind = type(value)
        if kind in LEAVES:
            if kind is int and not -BIG < value < BIG:
                return {"i": hex(value)}
            return value
        known = self.memo.get(id(value))
        if known is not None:
            return {"r": known} if known >= 0 else {"o": name_of(kind)}
        if depth > MAX_DEPTH:
            return {"o": name_of(kind)}
        plain = _ENCODERS.get(kind)
        if plain is not None:
            return plain(self, value, depth + 1)
        return self._other(value, kind, depth + 1)

    def opened(self, tag: str | None, value: Any, items: Any, depth: int) -> Any:
        """The node of a mutable container: numbered before what is in it, which may refer to it."""
        self.memo[id(value)] = len(self.kept)
        self.kept.append(value)
        nodes = self.nodes(items, depth)
        return nodes if tag is None else {tag: nodes}

    def closed(self, tag: str, value: Any, items: Any, depth: int) -> dict[str, Any]:
        """The node of an immutable container: numbered alike, but a reference from inside is opaque."""
        slot = len(self.kept)
        self.kept.append(value)
        self.memo[id(value)] = -1
        nodes = self.nodes(items, depth)
        self.memo[id(value)] = slot
        return {tag: nodes}

    def nodes(self, items: Any, depth: int) -> list[Any]:
        """The nodes of some values; a list of leaves is its own (C speed throughout)."""
        kinds = set(map(type, items))
        if _are_leaves(items, kinds):
            return items if type(items) is list else list(items)
        return [self.node(item, depth) for item in items]

    def _other(self, value: Any, kind: Any, depth: int) -> Any:
        name = name_of(kind)
        rare = _RARE.get((kind.__module__, name)) if type(kind.__module__) is str else None
        if rare is not None and getattr(sys.modules.get(kind.__module__), name, None) is kind:
            return rare(self, value, depth)
        if kind in ITERATORS:
            items = list(islice(value, MAX_ITERATED + 1))
            return {"x" if len(items) <= MAX_ITERATED else "X": self.nodes(items[:MAX_ITERATED], depth)}
        if kind in CALLABLES and BUILTINS.get(value.__name__) is value:
            return {"y": value.__name__}  # type: ignore[union-attr]
        if (self.shares is None or name in self.shares) and not issubclass(kind, _BY_HANDLE):
            if _is_plain_enum(kind):
                return {"E": [name, value._name_]}
            if is_plain_class(kind):
                return self._instance(value)
        if issubclass(kind, tuple) and is_namedtuple(kind):
            nodes = self.closed("t", value, tuple(value), depth)["t"]
            return {"N": [name, nodes, list(kind._fields)]}
        node = converted(self, value, kind, depth, _ENCODERS) if self.converts else None
        if node is None and self.refer is not None:
            node = self.refer(value, depth)
        return {"o": name} if node is None else node

    def _instance(self, value: Any) -> dict[str, Any]:
        index = self._instances.get(id(value))
        if index is None:
            index = self._instances[id(value)] = len(self.queue)
            self.queue.append(value)
        return {"n": index}

    def _finish(self) -> list[list[Any]]:
        """The table of new instances: breadth first, so that a long chain of them stays flat."""
        while self._known + len(self._table) < len(self.queue):
            value = self.queue[self._known + len(self._table)]
            row = [name_of(type(value)), []]
            self._table.append(row)
            row[1] = self.flat(attributes(value))
        return self._table

    def flat(self, named: Iterable[tuple[str, Any]]) -> list[Any]:
        """[name, node, name, node ...] of an instance's attributes."""
        return [part for name, value in named for part in (name, self.node(value))]

    def contents(self, value: Any) -> list[Any]:
        """What a container holds, without the container itself: how a change travels back."""
        if isinstance(value, dict):
            return self.nodes(_flat(value), 1)
        if type(value) is bytearray:
            return [value.decode("latin-1")]
        return self.nodes(_in_order(value) if type(value) is set else list(value), 1)


def attributes(value: Any) -> Iterator[tuple[str, Any]]:
    """(name, value) of each attribute that an instance itself holds."""
    own = getattr(value, "__dict__", None)
    if type(own) is dict:
        yield from [(name, found) for name, found in own.items() if type(name) is str]
    for name, slot in slots_of(type(value)).items():
        try:
            yield name, slot.__get__(value)
        except AttributeError:
            continue


def is_bare(values: Sequence[Any]) -> bool:
    """Whether values are leaves, but for one list of them at most: then they are their own nodes."""
    kinds = set(map(type, values))
    if list in kinds:
        kinds.discard(list)
        lists = [value for value in values if type(value) is list]
        if len(lists) > 1 or not _are_leaves(lists[0], set(map(type, lists[0]))):
            return False
        values = [value for value in values if type(value) is not list]
    return _are_leaves(values, kinds)


def _are_leaves(items: Any, kinds: set[type[Any]]) -> bool:
    return kinds <= LEAVES and (int not in kinds or _small(items, kinds))


def _small(items: Any, kinds: set[type[Any]]) -> bool:
    numbers = items if len(kinds) == 1 else [item for item in items if type(item) is int]
    return min(numbers) > -BIG and max(numbers) < BIG


def _is_plain_enum(kind: type[Any]) -> bool:
    enum = sys.modules.get("enum")
    return enum is not None and isinstance(kind, enum.EnumMeta) and kind.__mro__[-2:] == (enum.Enum, object)


def _in_order(items: Any) -> list[Any]:
    """The elements of a set in one order, whatever the hash seed."""
    kinds = set(map(type, items))
    return sorted(items) if kinds == {int} or kinds == {str} else sorted(items, key=_canonical_text)


def _canonical_text(item: Any) -> str:
    encoder = Encoder()
    return encoder.text(encoder.node(item))


def _flat(mapping: Mapping[Any, Any]) -> list[Any]:
    return [part for pair in mapping.items() for part in pair]


def _encode_moment(self: Encoder, value: Any, depth: int) -> dict[str, Any]:
    """date, time, datetime: its class and the arguments that make it again."""
    kind = type(value).__name__
    fields: tuple[str, ...] = ("year", "month", "day") if kind != "time" else ()
    fields += ("hour", "minute", "second", "microsecond") if kind != "date" else ()
    zone = getattr(value, "tzinfo", None)
    if zone is not None and type(zone).__name__ != "timezone":
        return {"o": kind}
    body = [kind, [getattr(value, name) for name in fields]]
    return {"T": body if zone is None else [*body, self.node(zone, depth), value.fold]}


_ENCODERS: dict[type[Any], Callable[[Encoder, Any, int], Any]] = {
    list: lambda self, value, depth: self.opened(None, value, value, depth),
    tuple: lambda self, value, depth: self.closed("t", value, value, depth),
    dict: lambda self, value, depth: self.opened("d", value, _flat(value), depth),
    set: lambda self, value, depth: self.opened("s", value, _in_order(value), depth),
    frozenset: lambda self, value, depth: self.closed("f", value, _in_order(value), depth),
    bytearray: lambda self, value, depth: self.opened("B", value, [value.decode("latin-1")], depth),
    bytes: lambda _, value, __: {"b": value.decode("latin-1")},
    complex: lambda _, value, __: {"c": [value.real, value.imag]},
    range: lambda self, value, depth: {"R": self.nodes([value.start, value.stop, value.step], depth)},
    slice: lambda self, value, depth: {"S": self.nodes([value.start, value.stop, value.step], depth)},
    type(Ellipsis): lambda *_: {"e": 0},
    type(NotImplemented): lambda *_: {"e": 1},
    type({}.keys()): lambda self, value, depth: {"dk": self.nodes(list(value), depth)},
    type({}.values()): lambda self, value, depth: {"dv": self.nodes(list(value), depth)},
    type({}.items()): lambda self, value, depth: {"di": self.nodes([p for i in value for p in i], depth)},
    deque: lambda self, value, depth: {"q": [value.maxlen, self.opened(None, value, list(value), depth)]},
    Counter: lambda self, value, depth: self.opened("C", value, _flat(value), depth),
    OrderedDict: lambda self, value, depth: self.opened("O", value, _flat(value), depth),
    defaultdict: lambda self, value, depth: {
        "D": [getattr(value.default_factory, "__name__", None), self.opened(None, value, _flat(value), depth)]
    },
}
_RARE: dict[tuple[str, str], Callable[[Encoder, Any, int], Any]] = {
    ("decimal", "Decimal"): lambda _, value, __: {"u": ["Decimal", str(value)]},
    ("fractions", "Fraction"): lambda self, value, depth: {
        "u": ["Fraction", *self.nodes([value.numerator, value.denominator], depth)]
    },
    ("datetime", "timedelta"): lambda _, value, __: {
        "u": ["timedelta", value.days, value.seconds, value.microseconds]
    },
    ("datetime", "timezone"): lambda self, value, depth: {
        "u": ["timezone", self.node(value.utcoffset(None), depth)]
    },
    ("datetime", "date"): _encode_moment,
    ("datetime", "time"): _encode_moment,
    ("datetime", "datetime"): _encode_moment,
}
