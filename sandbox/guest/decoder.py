"""Text to values, for hostile text: see :mod:`codec` for the format."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import TYPE_CHECKING

from .kinds import (
    BUILTINS,
    LEAVES,
    MAX_CHARS,
    MAX_DEPTH,
    DecodeError,
    Instance,
    Mutated,
    Opaque,
    Raised,
    Thing,
    cut_short,
    is_namedtuple,
    slots_of,
)
from .plainjson import load
from .rebuilding import distinct, moment, namedtuple_class, rare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any


_PENDING = object()


class Decoder:
    """Decodes what an :class:`Encoder` wrote; ``slots`` are the containers in the order they opened.

    ``classes`` by name are this end's own: instances are rebuilt from them without running their code;
    of an unknown class they become :class:`Instance`. ``refer(tag, body)`` answers for handles.
    """

    names_fields = False
    """Whether a namedtuple of an unknown class keeps its fields (in a judge), or is a tuple."""

    def __init__(
        self, classes: Mapping[str, Any] | None = None, refer: Callable[[str, Any], Any] | None = None
    ) -> None:
        self.slots: list[Any] = []
        self.classes = classes or {}
        self.refer = refer
        self.objects: list[Any] = []
        self.met_objects = False

    def resume(self, slots: list[Any], objects: list[Any]) -> None:
        """Know the containers and instances of the text that the next one answers."""
        self.slots = list(slots)
        self.objects = list(objects)

    def value(self, text: str) -> Any:
        """The value of a text that holds one."""
        parts = self.parse(text)
        if type(parts) is dict and "g" in parts:
            root, rows = self.guarded(lambda found: (found[0], found[1]), parts["g"])
            return self.guarded(self.root_of, root, rows)
        return self.guarded(self.build, parts)

    def call(self, text: str) -> tuple[list[Any], dict[str, Any]]:
        """(args, kwargs) of a call's text."""
        return self.call_of(self.parse(text))

    def call_of(self, parts: Any) -> tuple[list[Any], dict[str, Any]]:
        """(args, kwargs) of a message that carries them."""
        args = parts.get("a") if type(parts) is dict else None
        if type(args) is list and not parts.get("k") and set(map(type, args)) <= LEAVES:
            return args, {}
        return self.guarded(self._call, parts)

    def parse(self, text: str) -> Any:
        if len(text) > MAX_CHARS:
            raise DecodeError(f"more than {MAX_CHARS} characters")
        return self.guarded(load, text)

    def guarded(self, step: Callable[..., Any], *given: Any) -> Any:
        """``step(*given)``; whatever malformed input makes it raise is a DecodeError."""
        try:
            return step(*given)
        except DecodeError:
            raise
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise DecodeError(f"{type(error).__name__}: {error}"[:200]) from None

    def blank(self, rows: list[Any]) -> Iterable[tuple[Any, list[Any]]]:
        """Make the instances of a table, without attributes; :meth:`fill` gives them theirs."""
        first = len(self.objects)
        self.objects += [self._blank(name) for name, _ in rows]
        return zip(self.objects[first:], (flat for _, flat in rows), strict=True)

    def fill(self, pairs: Iterable[tuple[Any, list[Any]]]) -> None:
        for made, flat in pairs:
            slots = {} if type(made) is Instance else slots_of(type(made))
            own: Any = made.attrs if type(made) is Instance else getattr(made, "__dict__", None)
            for name, node in zip(flat[::2], flat[1::2], strict=True):
                value = self.build(node)
                if callable(value) and getattr(type(made), str(name), None) is not None:
                    value = Opaque(
                        str(name)
                    )  # or the candidate would answer for a method of the judge's class
                if name in slots:
                    slots[name].__set__(made, value)
                else:
                    own[str(name)] = value

    def root_of(self, root: Any, rows: list[Any]) -> Any:
        pairs = self.blank(rows)
        made = self.build(root)
        self.fill(pairs)
        return made

    def build(self, node: Any, depth: int = 0) -> Any:
        kind = type(node)
        if kind is list:
            self.slots.append(node)
            return self.items(node, depth + 1)
        if kind is not dict:
            return node
        if depth > 2 * MAX_DEPTH:
            raise DecodeError("too deep")
        ((tag, body),) = node.items()
        return _DECODERS[tag](self, body, depth + 1)

    def items(self, nodes: Any, depth: int) -> list[Any]:
        """The values of a list of nodes, in place."""
        if type(nodes) is not list or depth > 2 * MAX_DEPTH:
            raise DecodeError("no list, or too deep")
        if not set(map(type, nodes)) <= LEAVES:
            for index, node in enumerate(nodes):
                if type(node) is list or type(node) is dict:
                    nodes[index] = self.build(node, depth)
        return nodes

    def opened(self, made: Any, nodes: Any, depth: int, into: Callable[[Any, list[Any]], object]) -> Any:
        """Number ``made``, then fill it: ``into(made, items)``."""
        self.slots.append(made)
        into(made, self.items(nodes, depth))
        return made

    def closed(self, make: Callable[[list[Any]], Any], nodes: Any, depth: int) -> Any:
        slot = len(self.slots)
        self.slots.append(_PENDING)
        self.slots[slot] = made = make(self.items(nodes, depth))
        return made

    def slot(self, index: int) -> Any:
        found = self.slots[index]
        if found is _PENDING or index < 0:
            raise DecodeError("a value that contains itself before it exists")
        return found

    def instance(self, index: int) -> Any:
        if index < 0:
            raise DecodeError("no such instance")
        return self.objects[index]

    def _call(self, parts: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        pairs = self.blank(parts.get("g", []))
        args = [self.build(node) for node in parts["a"]]
        kwargs = {str(name): self.build(node) for name, node in parts["k"].items()}
        self.fill(pairs)
        return args, kwargs

    def _class(self, name: Any) -> type[Any] | None:
        known = self.classes.get(name)
        return known if isinstance(known, type) else None

    def _blank(self, name: Any) -> Any:
        known = self._class(name)
        return Instance(str(name), {}) if known is None else object.__new__(known)

    def named(self, body: Any, depth: int) -> Any:
        name, nodes, *fields = body
        known = self._class(name)
        if known is None and self.names_fields and fields:
            known = namedtuple_class(str(name), tuple(fields[0]))
        if known is None or not is_namedtuple(known) or len(known._fields) != len(nodes):
            return self.closed(tuple, nodes, depth)
        return self.closed(lambda items: tuple.__new__(known, items), nodes, depth)

    def member(self, body: Any) -> Any:
        known = self._class(body[0])
        return Opaque(str(body[0])) if known is None else known.__members__[body[1]]

    thing = Thing

    def handle(self, tag: str, body: Any) -> Any:
        return Opaque(str(body[-1])) if self.refer is None else self.refer(tag, body)


def _pairs(flat: list[Any]) -> Iterable[tuple[Any, Any]]:
    return zip(flat[::2], flat[1::2], strict=True)


def _into_dict(made: dict[Any, Any], items: list[Any]) -> None:
    distinct(items[::2])
    made.update(_pairs(items))


def _into_set(made: set[Any], items: list[Any]) -> None:
    made.update(distinct(items))


def _into_counter(made: Counter[Any], items: list[Any]) -> None:
    distinct(items[::2])
    dict.update(made, _pairs(items))


def _thing(self: Decoder, body: Any, depth: int) -> Any:
    name, truth, items = body
    if type(truth) is not bool and truth is not None:
        raise DecodeError("no truth")
    self.met_objects = True
    return self.thing(str(name), truth, None if items is None else self.items(items, depth))


def _made_of(made: dict[Any, Any], items: list[Any]) -> dict[Any, Any]:
    _into_dict(made, items)
    return made


_DECODERS: dict[str, Callable[[Decoder, Any, int], Any]] = {
    "t": lambda self, body, depth: self.closed(tuple, body, depth),
    "f": lambda self, body, depth: self.closed(lambda items: frozenset(distinct(items)), body, depth),
    "d": lambda self, body, depth: self.opened({}, body, depth, _into_dict),
    "s": lambda self, body, depth: self.opened(set(), body, depth, _into_set),
    "C": lambda self, body, depth: self.opened(Counter(), body, depth, _into_counter),
    "O": lambda self, body, depth: self.opened(OrderedDict(), body, depth, _into_dict),
    "D": lambda self, body, depth: self.opened(
        defaultdict(BUILTINS.get(body[0]) if body[0] else None), body[1], depth, _into_dict
    ),
    "q": lambda self, body, depth: self.opened(deque(maxlen=body[0]), body[1], depth, deque.extend),
    "B": lambda self, body, depth: self.opened(
        bytearray(), body, depth, lambda m, i: m.extend(i[0].encode("latin-1"))
    ),
    "b": lambda _, body, __: body.encode("latin-1"),
    "c": lambda _, body, __: complex(float(body[0]), float(body[1])),
    "i": lambda _, body, __: int(body, 16),
    "r": lambda self, body, _: self.slot(body),
    "n": lambda self, body, _: self.instance(body),
    "N": lambda self, body, depth: self.named(body, depth),
    "E": lambda self, body, _: self.member(body),
    "R": lambda self, body, depth: range(*self.items(body, depth)),
    "S": lambda self, body, depth: slice(*self.items(body, depth)),
    "e": lambda _, body, __: (Ellipsis, NotImplemented)[body],
    "x": lambda self, body, depth: iter(self.items(body, depth)),
    "X": lambda self, body, depth: cut_short(self.items(body, depth)),
    "dk": lambda self, body, depth: dict.fromkeys(distinct(self.items(body, depth))).keys(),
    "dv": lambda self, body, depth: dict(enumerate(self.items(body, depth))).values(),
    "di": lambda self, body, depth: _made_of({}, self.items(body, depth)).items(),
    "w": _thing,
    "u": rare,
    "T": moment,
    "y": lambda _, body, __: BUILTINS[body],
    "h": lambda self, body, _: self.handle("h", body),
    "H": lambda self, body, _: self.handle("H", body),
    "o": lambda self, body, _: self.handle("o", [body]),
    "m": lambda self, body, depth: Mutated(self.items(body, depth)),
    "!": lambda _, body, __: Raised(str(body)),
}
