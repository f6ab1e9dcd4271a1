"""How a dataclass travels: as a JSON object of its fields, with ``op`` for its class. :func:`read` is the only way back. It
checks the names and types of all fields, because a guest has run foreign programs before it answers; the texts inside are
checked where they arise (see :mod:`boundary`).
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache, partial
from operator import attrgetter
from types import UnionType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable

_Message = TypeVar("_Message", bound="Message")


class ProtocolError(Exception):
    """What arrived is not a message."""


class Message:
    """What travels. ``op`` names the class, where it is not known from the place that the message stands in."""

    __slots__ = ()
    op: ClassVar[str] = ""

    def to_message(self) -> dict[str, Any]:
        """Return the JSON object of this message."""
        form = _FORMS[type(self)]
        found = dict(zip(form.names, form.values_of(self), strict=True))
        for name in form.nested:
            value = found[name]
            is_one = isinstance(value, Message)
            found[name] = value.to_message() if is_one else [each.to_message() for each in value]
        if self.op:
            found["op"] = self.op
        return found


def read(message: object) -> Message:
    """Return the message of a JSON object. Raises ProtocolError for what is none."""
    if type(message) is not dict:
        raise ProtocolError(f"{type(message).__name__} is no message")
    op = message.get("op")
    kind = _by_op().get(op) if type(op) is str else None
    if kind is None:
        raise ProtocolError(f"there is no message {op!r:.100}")
    return _read_as(kind, message)


def _read_as(kind: type[_Message], message: dict[str, Any]) -> _Message:
    form, found = _FORMS[kind], dict(message)
    if kind.op and found.pop("op", None) != kind.op:
        raise ProtocolError(f"not a {kind.__name__}")
    try:
        for name, types in form.types:
            if type(found[name]) not in types:
                raise ProtocolError(f"{kind.__name__}.{name} is {found[name]!r:.100}")
        for name, convert in form.parts:
            if found[name] is not None:
                found[name] = convert(found[name])
        return kind(**found)
    except (KeyError, TypeError):  # a field is missing, or there is one too many
        raise ProtocolError(f"{kind.__name__} with the fields {sorted(map(str, found))}"[:500]) from None


@cache
def _by_op() -> dict[str, type[Message]]:
    return {kind.op: kind for kind in Message.__subclasses__() if kind.op}


class _Form:
    """How messages of one class look in JSON, read once from its annotations: the exact ``types`` of each field, what
    reads and checks the ``parts`` of those that have any, and which of them hold messages (``nested``)."""

    def __init__(self, kind: type[Message]) -> None:
        hints = get_type_hints(kind)
        self.names = tuple(field.name for field in fields(kind))  # type: ignore[arg-type]
        get = attrgetter("op", "op", *self.names)
        self.values_of: Callable[[Message], tuple[Any, ...]] = lambda message: get(message)[2:]
        shapes = {name: _shape_of(hints[name]) for name in self.names}
        self.types = [(name, types) for name, (types, _) in shapes.items()]
        self.parts = [(name, convert) for name, (_, convert) in shapes.items() if convert is not None]
        self.nested = [name for name in self.names if _holds_messages(hints[name])]


class _Forms(dict[type[Message], _Form]):
    """The forms of the classes that have been met."""

    def __missing__(self, kind: type[Message]) -> _Form:
        form = self[kind] = _Form(kind)
        return form


_FORMS = _Forms()


def _shape_of(hint: Any) -> tuple[frozenset[type], Callable[[Any], Any] | None]:
    """Return the exact types that a value with this type hint has in JSON, and what reads its parts, if it has any."""
    types: set[type] = set()
    convert: Callable[[Any], Any] | None = None
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    for part in parts:
        if get_origin(part) is Literal:
            types.add(str)
            convert = partial(_one_of, get_args(part))
        elif get_origin(part) is list:
            types.add(list)
            convert = _list_reader(get_args(part)[0])
        elif issubclass(part, Message):
            types.add(dict)
            convert = partial(_read_as, part) if len(parts) == 1 else read
        else:
            types |= {part, int} if part is float else {part}
    return frozenset(types), convert


def _one_of(words: tuple[str, ...], value: str) -> str:
    if value not in words:
        raise ProtocolError(f"{value!r:.100} is none of {', '.join(words)}")
    return value


def _list_reader(hint: Any) -> Callable[[list[Any]], list[Any]] | None:
    """Return what reads a list of values with this type hint; None where any value will do."""
    if hint is Any:
        return None
    types, convert = _shape_of(hint)

    def read_list(values: list[Any]) -> list[Any]:
        if not types.issuperset(map(type, values)):
            raise ProtocolError(f"a list with a part of another type: {values!r:.100}")
        return values if convert is None else [convert(value) for value in values]

    return read_list


def _holds_messages(hint: Any) -> bool:
    return (isinstance(hint, type) and issubclass(hint, Message)) or any(map(_holds_messages, get_args(hint)))
