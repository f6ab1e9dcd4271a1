"""Which values can be sent, which cannot, and which parts stay shared."""

from __future__ import annotations

import enum
import itertools
from collections import namedtuple
from dataclasses import dataclass, field
from typing import Any

import pytest

from prmdata.resources import guest_module

codec = guest_module("codec")
Point = namedtuple("Point", "x y")


class Colour(enum.Enum):
    RED = 1


class Word(str):
    pass


class Level(enum.IntEnum):
    LOW = 1


class Slotted:
    __slots__ = ("_hidden", "value")

    def __init__(self, value: int) -> None:
        self.value = value


@dataclass
class Node:
    value: int
    next: Node | None = None
    seen: list[int] = field(default_factory=list)


@pytest.mark.parametrize(
    "value",
    [Word("x"), Level.LOW, type("L", (list,), {})([1]), codec, lambda: 1, ValueError("x"), object()],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_exactly_plain_is_opaque(value: Any) -> None:
    assert type(codec.decode(codec.encode(value))) in (codec.Opaque, codec.Instance)
    assert type(codec.decode(codec.encode([value]))[0]) in (codec.Opaque, codec.Instance)


def test_builtin_functions_and_types_travel_by_name() -> None:
    assert codec.decode(codec.encode([int, len, sorted, ValueError])) == [int, len, sorted, ValueError]
    assert isinstance(codec.decode(codec.encode(eval)), codec.Opaque)
    assert isinstance(codec.decode(codec.encode(open)), codec.Opaque)


def test_shared_containers_stay_shared() -> None:
    row = [0, 0]
    grid = codec.decode(codec.encode([row, row, (row,)]))
    grid[0][0] = 7
    assert grid == [[7, 0], [7, 0], ([7, 0],)]


def test_a_list_and_a_dict_may_hold_themselves() -> None:
    loop: list[Any] = [1]
    loop.append({"me": loop})
    back = codec.decode(codec.encode(loop))
    assert back[1]["me"] is back


def test_a_tuple_that_holds_itself_is_cut_where_it_does() -> None:
    inner: list[Any] = []
    outer = (inner,)
    inner.append(outer)
    assert isinstance(codec.decode(codec.encode(outer))[0][0], codec.Opaque)


def test_long_chains_of_instances_stay_flat() -> None:
    head = None
    for value in range(5_000):
        head = Node(value, head)
    classes = {"Node": Node}
    decoder = guest_module("decoder").Decoder(classes)
    back = decoder.value(codec.encode(head))
    assert [back.value, back.next.value, back.next.seen] == [4999, 4998, []]


def test_instances_of_an_unknown_class_are_a_record() -> None:
    back = codec.decode(codec.encode(Node(3)))
    assert (back.name, back.attrs) == ("Node", {"value": 3, "next": None, "seen": []})


def test_rebuilding_runs_no_code_of_the_class() -> None:
    class Loud:
        def __init__(self) -> None:
            raise AssertionError

        def __setattr__(self, name: str, value: object) -> None:
            raise AssertionError

        @property
        def value(self) -> int:
            raise AssertionError

    made = guest_module("decoder").Decoder({"Loud": Loud}).value('{"g":[{"n":0},[["Loud",["value",5]]]]}')
    assert made.__dict__ == {"value": 5}


def test_slots_travel_and_unset_ones_do_not() -> None:
    back = guest_module("decoder").Decoder({"Slotted": Slotted}).value(codec.encode(Slotted(4)))
    assert back.value == 4
    assert not hasattr(back, "_hidden")


def test_namedtuples_are_tuples_where_the_class_is_unknown() -> None:
    text = codec.encode(Point(1, [2]))
    assert codec.decode(text) == (1, [2])
    assert guest_module("decoder").Decoder({"Point": Point}).value(text).y == [2]


def test_enum_members_are_the_members_of_this_end() -> None:
    assert guest_module("decoder").Decoder({"Colour": Colour}).value(codec.encode([Colour.RED])) == [
        Colour.RED
    ]


@pytest.mark.parametrize(
    "make",
    [
        lambda: (n for n in range(3)),
        lambda: iter([0, 1, 2]),
        lambda: map(int, "012"),
        lambda: filter(lambda n: n < 3, [0, 1, 2, 3]),
        lambda: reversed([2, 1, 0]),
        lambda: itertools.islice(itertools.count(), 3),
        lambda: itertools.chain([0], [1, 2]),
    ],
)
def test_iterators_arrive_exhausted_and_iterate_once(make: Any) -> None:
    back = codec.decode(codec.encode(make()))
    assert list(back) == [0, 1, 2]
    assert list(back) == []


def test_an_endless_iterator_ends_in_an_error_not_in_the_items() -> None:
    back = codec.decode(codec.encode(itertools.count()))
    assert next(back) == 0
    with pytest.raises(codec.DecodeError):
        list(back)


def test_views_are_views() -> None:
    back = codec.decode(codec.encode([{"a": 1}.keys(), {"a": 1}.values(), {"a": 1}.items()]))
    assert back[0] == {"a"}
    assert list(back[1]) == [1]
    assert back[2] == {("a", 1)}


def test_too_deep_is_opaque_and_too_large_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    assert '{"o":"list"}' in codec.encode(deep)
    with pytest.raises(codec.EncodeError):
        codec.encode("x" * (codec.MAX_CHARS + 1))
    with pytest.raises(codec.DecodeError):
        codec.decode("[" * 1_000_000)
    with pytest.raises(codec.DecodeError):
        codec.decode('[{"t":' * 900 + "1" + "}]" * 900)


def test_a_hundred_shared_pairs_do_not_explode() -> None:
    pair: tuple[Any, ...] = (1,)
    for _ in range(90):
        pair = (pair, pair)
    assert len(codec.encode(pair)) < 10_000


def test_lone_surrogates_survive() -> None:
    assert codec.decode(codec.encode("a\ud800b\udfff")) == "a\ud800b\udfff"
