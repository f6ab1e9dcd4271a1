"""One item of a benchmark, its columns, and a benchmark read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from prmdata.datasets.reader import configs, read_rows
from prmdata.datasets.schema import with_features
from prmdata.errors import InputError

CONFIG: Final = "bench"
RIGHT: Final = -1
"""The label of a program without a wrong step, as in ProcessBench."""
STRATA: Final = ("human", "model", "planted")
SPLITS: Final = (("test", 0.8), ("validation", 0.2))
"""The shares of problems in each split. The threshold of a scorer is chosen on ``validation``. The figures
are of the other items."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows a fault. It is either the arguments of a call with both answers, as Python text, or, if
    ``test`` is a number, the test of the problem (0-based) that the program does not pass."""

    input: str
    expected: str
    got: str
    test: int | None = None


@dataclass(frozen=True, slots=True)
class BenchItem:
    """A program as steps, with the index of its first wrong step (``RIGHT`` if there is none), as
    ProcessBench has it, and with what shows the fault. ``prompt_lines``: how many physical lines of
    ``program`` stand before the steps. ``lines``: the physical line, from 1, on which each step begins."""

    id: str
    generator: str
    problem: str
    steps: tuple[str, ...]
    final_answer_correct: bool
    label: int
    stratum: str
    problem_id: str
    source: str
    license: str
    program: str
    lines: tuple[int, ...]
    witness: str | None = None
    """A program that passes and begins with everything before the first wrong step."""
    counterexample: Shown | None = None
    k: int | None = None
    completer: str | None = None
    known: bool = False
    """Whether the wrong step was known beforehand (from a repair by people, or because the edit was planted),
    and the search found the same step."""
    inputs_tried: int = 0
    """How many generated inputs a right program answered as the reference does."""

    @property
    def is_wrong(self) -> bool:
        return self.label != RIGHT


_SHOWN: Final = pa.struct(
    [("input", pa.string()), ("expected", pa.string()), ("got", pa.string()), ("test", pa.int32())]
)
_TYPES: Final[dict[str, pa.DataType]] = {
    "steps": pa.list_(pa.string()),
    "final_answer_correct": pa.bool_(),
    "label": pa.int64(),
    "lines": pa.list_(pa.int32()),
    "counterexample": _SHOWN,
    "k": pa.int32(),
    "known": pa.bool_(),
    "inputs_tried": pa.int32(),
}


def items_schema() -> pa.Schema:
    """The schema of config ``bench``: the fields of :class:`BenchItem`."""
    return with_features(
        pa.schema([(one.name, _TYPES.get(one.name, pa.string())) for one in fields(BenchItem)])
    )


def item_row(item: BenchItem) -> dict[str, Any]:
    """The row of an item."""
    row = {one.name: getattr(item, one.name) for one in fields(BenchItem)}
    shown = item.counterexample
    row["counterexample"] = (
        None if shown is None else {each.name: getattr(shown, each.name) for each in fields(Shown)}
    )
    return row | {"steps": list(item.steps), "lines": list(item.lines)}


def item_of(row: Mapping[str, Any]) -> BenchItem:
    """The item that a row was made from. Columns that belong to no field are ignored, and fields with a
    default may be missing."""
    known = {one.name for one in fields(BenchItem)}
    values = {name: value for name, value in row.items() if name in known}
    values |= {name: tuple(values.get(name) or ()) for name in ("steps", "lines")}
    if values.get("counterexample") is not None:
        values["counterexample"] = Shown(**values["counterexample"])
    try:
        return BenchItem(**values)
    except TypeError as error:
        raise InputError(f"row {row.get('id', '?')}", f"not an item of a benchmark: {error}") from error


def read_items(bench: Path) -> list[tuple[str, BenchItem]]:
    """The items of a benchmark with their splits, as they are stored. Raises InputError if the folder holds
    no benchmark."""
    if bench.is_dir() and CONFIG not in configs(bench):
        raise InputError(
            str(bench), "no benchmark (no config 'bench'); give a folder that `prmdata bench build` wrote"
        )
    return [(split, item_of(row)) for split, row in read_rows(bench, CONFIG)]
