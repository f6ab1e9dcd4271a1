"""How splices become edits (ranges, insertions, declared other steps), and the registry of operators."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest

import prmdata.edits.rules as registry
from prmdata.edits.operators import AUTHOR, Operator, Splices, edit_of, operator
from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.errors import UsageError
from prmdata.records import Edit

PROGRAM = "a = 1\nb = 2\nc = 3\n"


def made(splices: Splices, given: int = 0) -> Edit | None:
    return edit_of(Source(PROGRAM, given), splices, intent="mutate", operator="x")


def test_a_span_inside_a_step() -> None:
    assert made([(4, 5, "9")]) == Edit(0, 1, "a = 9\n", "mutate", "x", AUTHOR)


def test_several_spans_of_one_step_in_any_order() -> None:
    found = made([(4, 5, "9"), (0, 1, "z")])
    assert found is not None
    assert found.text == "z = 9\n"


def test_a_span_over_several_steps() -> None:
    found = made([(4, 11, "5")])
    assert found is not None
    assert (found.start, found.stop, found.text) == (0, 2, "a = 5\n")


def test_whole_lines_between_two_steps_are_an_insertion() -> None:
    assert made([(6, 6, "x = 0\n")]) == Edit(1, 1, "x = 0\n", "mutate", "x", AUTHOR)
    assert made([(18, 18, "x = 0\n")]) == Edit(3, 3, "x = 0\n", "mutate", "x", AUTHOR)


def test_text_at_the_start_of_a_step_that_is_no_line_belongs_to_it() -> None:
    found = made([(6, 6, "x = ")])
    assert found is not None
    assert (found.start, found.stop, found.text) == (1, 2, "x = b = 2\n")


def test_a_whole_line_inside_a_step_belongs_to_it() -> None:
    found = made([(11, 11, " + \\\n")])
    assert found is not None
    assert (found.start, found.stop) == (1, 2)


def test_spans_in_other_steps_are_declared() -> None:
    found = made([(6, 7, "z"), (12, 13, "z"), (0, 1, "y")])
    assert found is not None
    assert (found.start, found.also) == (1, ((0, "y = 1\n"), (2, "z = 3\n")))


@pytest.mark.parametrize(
    ("splices", "given"),
    [
        ([], 0),
        ([(4, 5, "1")], 0),
        ([(4, 5, "9")], 1),
        ([(10, 11, "9"), (4, 5, "9")], 1),
        ([(0, 1, "x"), (6, 14, "x")], 0),
    ],
)
def test_what_changes_nothing_or_too_much_is_no_edit(splices: Splices, given: int) -> None:
    assert made(splices, given) is None


def test_the_empty_program_has_no_edits() -> None:
    assert edit_of(Source(""), [(0, 0, "a\n")], intent="mutate", operator="x") is None


@operator("plugged", intent="mutate", family="plugged", summary="`1` → `7`", examples=())
def plugged(source: Source) -> Iterator[Splices]:
    if "1" in source.program:
        place = source.program.index("1")
        yield [(place, place + 1, "7")]


@pytest.fixture
def entry_points(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    points: list[EntryPoint] = []
    monkeypatch.setattr(registry, "entry_points", lambda group: [p for p in points if p.group == group])
    registry.operators.cache_clear()
    yield points
    registry.operators.cache_clear()


class _Loaded(EntryPoint):
    """An entry point whose module is not installed."""

    def load(self) -> object:
        found = {"one": plugged, "many": [plugged]}
        if self.value not in found:
            raise ImportError(self.value)
        return found[self.value]


@pytest.mark.parametrize("value", ["one", "many"])
def test_operators_plug_in(entry_points: list[EntryPoint], value: str) -> None:
    entry_points.append(_Loaded("p", value, registry.GROUP))
    assert registry.operators()[-1] is plugged
    source = Source("a = 1\n")
    edits = list(registry.operators()[-1].propose(source))
    assert [splice(source, edit).program for edit in edits] == ["a = 7\n"]


def test_a_plug_in_that_cannot_be_loaded_is_named(entry_points: list[EntryPoint]) -> None:
    entry_points.append(_Loaded("broken", "gone:away", registry.GROUP))
    with pytest.raises(UsageError, match="operator broken"):
        registry.operators()


def test_names_differ(entry_points: list[EntryPoint]) -> None:
    entry_points += [_Loaded("p", "one", registry.GROUP), _Loaded("q", "one", registry.GROUP)]
    with pytest.raises(UsageError, match="plugged"):
        registry.operators()


def test_all_shipped_operators_are_there() -> None:
    names = [each.name for each in registry.operators() if isinstance(each, Operator)]
    assert len(names) == len(set(names))
    assert sum(each.intent == "mutate" for each in registry.operators()) >= 80
