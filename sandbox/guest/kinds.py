"""The kinds of plain data, and what stands for what is not: shared by encoder and decoder."""

from __future__ import annotations

import builtins
import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any


MAX_CHARS = 16 << 20
MAX_DEPTH = 100
MAX_ITERATED = 100_000

LEAVES = frozenset({type(None), bool, int, float, str})
_HEAP_TYPE = 1 << 9
BIG = 1 << 2000  # about 600 digits: below the least limit on decimal digits that an interpreter allows (640)


class CodecError(Exception):
    """A value that cannot travel."""


class DecodeError(CodecError):
    """Not a text of this format."""


class EncodeError(CodecError):
    """Larger than a message may be."""


class Opaque:
    """Stands for something that is not plain data; equal to nothing but itself."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<opaque {self.name}>"


class Thing(Opaque):
    """Stands for an object of a candidate that may only be looked at: its truth and the items it gave, in order."""

    __slots__ = ("items", "truth")

    def __init__(self, name: str, truth: bool | None, items: list[Any] | None) -> None:
        super().__init__(name)
        self.truth = truth
        self.items = items


class Reference:
    """What only has a handle at the other end: it travels as that handle, never as its own attributes."""


class Instance:
    """An instance of a class that this end does not know: its name and attributes."""

    __slots__ = ("attrs", "name")

    def __init__(self, name: str, attrs: dict[str, Any]) -> None:
        self.name = name
        self.attrs = attrs

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(f'{k}={v!r}' for k, v in self.attrs.items())})"


class Mutated:
    """An answer: the call returned None and left its positional arguments like this."""

    __slots__ = ("args",)

    def __init__(self, args: list[Any]) -> None:
        self.args = args

    def __repr__(self) -> str:
        return f"None, arguments now {self.args!r}"


class Raised:
    """An answer: the call raised the builtin exception of this name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"raised {self.name}"


name_of = type.__dict__["__name__"].__get__
"""The name of a class as the interpreter keeps it: a metaclass can say anything else."""


def slots_of(kind: type[Any]) -> dict[str, Any]:
    """The slot descriptors of a class and its bases, by name."""
    member = type(Instance.name)  # type: ignore[misc]
    return {n: d for base in kind.__mro__[::-1] for n, d in vars(base).items() if type(d) is member}


def is_namedtuple(kind: Any) -> bool:
    return kind.__eq__ is tuple.__eq__ and type(getattr(kind, "_fields", None)) is tuple


def is_plain_class(kind: type[Any]) -> bool:
    """Whether its instances are a bare object with attributes: no builtin container or number beneath."""
    return all(base is object or base.__flags__ & _HEAP_TYPE for base in kind.__mro__)


def is_plain_kind(kind: type[Any]) -> bool:
    """Whether instances of a class can be taken apart and rebuilt: bare objects, namedtuples, enums."""
    return is_plain_class(kind) or (issubclass(kind, tuple) and is_namedtuple(kind))


def cut_short(items: Iterable[Any]) -> Iterator[Any]:
    yield from items
    raise DecodeError(f"an iterator of more than {MAX_ITERATED} items")


_PURE = (
    "abs all any ascii bin bool bytearray bytes chr complex dict divmod enumerate filter float frozenset hex int "
    "isinstance issubclass iter len list map max min next object oct ord pow range repr reversed round set slice "
    "sorted str sum tuple type zip ArithmeticError AssertionError AttributeError Exception IndexError KeyError "
    "LookupError OverflowError RuntimeError StopIteration TypeError ValueError ZeroDivisionError"
)
BUILTINS = {name: getattr(builtins, name) for name in _PURE.split()}
CALLABLES = (type, type(len))
ITERATORS: frozenset[type[Any]] = frozenset(
    map(
        type,
        (
            *(  # type: ignore[var-annotated]
                iter(made)
                for made in ([], (), {}, {}.values(), {}.items(), set(), "", "é", b"", bytearray(), range(0))
            ),
            *(
                reversed([]),
                reversed({}),
                iter(range(1 << 70)),
                enumerate(()),
                zip(),
                map(len, ()),
                filter(None, ()),
            ),
            *(cut_short(()), reversed(())),
            *(
                itertools.count(),
                itertools.cycle(()),
                itertools.repeat(0),
                itertools.chain(),
                itertools.islice((), 0),
            ),
            *(itertools.accumulate(()), itertools.compress((), ()), itertools.dropwhile(len, ())),
            *(itertools.takewhile(len, ()), itertools.filterfalse(len, ()), itertools.starmap(len, ())),
            *(
                itertools.zip_longest(),  # type: ignore[call-overload]
                itertools.product(),
                itertools.permutations(()),
                itertools.groupby(()),
            ),
            *(
                itertools.combinations((), 0),
                itertools.combinations_with_replacement((), 0),
                itertools.pairwise(()),
            ),
        ),
    )
)
