"""Columns that the user names, defaults for what rows lack, and error messages that give the right
``--columns``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from prmdata.config import configure
from prmdata.errors import InputError, UsageError
from prmdata.problems import read_problems
from prmdata.problems.reading import Reading, at, parse_columns, parse_compare
from prmdata.records import Compare, Problem, Reject
from prmdata.vetting.preview import described

from .test_layouts import write

TWICE = "def twice(x):\n    return 2 * x\n"


def read(path: Path, **more: Any) -> list[Problem | Reject]:
    return list(read_problems(path, reading=configure(None, source=str(path), **more).reading))


@pytest.mark.parametrize(
    ("tests", "number", "form"),
    [
        ("assert twice(1) == 2\nassert twice(0) == 0\n", 2, "assert"),
        (["assert twice(1) == 2", "assert twice(0) == 0"], 2, "assert"),
        ('["assert twice(1) == 2"]', 1, "assert"),
        ("def check(candidate):\n    assert candidate(1) == 2\n", 1, "check"),
        ("def test_a():\n    assert twice(1) == 2\n\ndef test_b():\n    assert twice(0) == 0\n", 2, "assert"),
        ({"inputs": [[1], [0]], "outputs": [2, 0], "fn_name": "twice"}, 2, "check"),
        ([{"input": [1], "output": 2, "fn_name": "twice"}], 1, "check"),
        (">>> twice(1)\n2\n>>> twice('a')\n'aa'\n", 2, "assert"),
    ],
)
def test_every_shape_of_tests(tmp_path: Path, tests: Any, number: int, form: str) -> None:
    row = {"q": [{"role": "user", "content": "Double."}], "info": {"a": f"```python\n{TWICE}```", "t": tests}}
    path = write(tmp_path / "odd.jsonl", row)
    (found,) = read(path, columns="prompt=q,reference=info.a,tests=info.t", license="mit", source_name="mine")
    assert isinstance(found, Problem), found
    assert (found.id, found.prompt, found.reference, found.entry_point) == (
        "mine/0",
        "Double.",
        TWICE,
        "twice",
    )
    assert [test.form for test in found.tests] == [form] * number
    assert (found.source, found.license) == ("mine", "mit")


def test_a_csv_with_foreign_columns(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(f'no;task;answer;checks\n5;Double.;"{TWICE}";assert twice(2) == 4\n')
    (found,) = read(path, columns="id=no,prompt=task,reference=answer,tests=checks")
    assert isinstance(found, Problem)
    assert (found.id, len(found.tests), found.source) == ("5", 1, "mine")


def test_defaults_stand_only_for_what_is_lacking(tmp_path: Path) -> None:
    rows = [
        {
            "prompt": "p",
            "reference": TWICE,
            "tests": ["assert twice(1) == 2"],
            "compare": "exact",
            "license": "own",
        },
        {"prompt": "p", "reference": TWICE, "tests": ["assert twice(1) == 2"]},
    ]
    first, second = read(
        write(tmp_path / "x.jsonl", *rows), license="mit", compare="float:1e-3", entry_point="twice"
    )
    assert isinstance(first, Problem)
    assert isinstance(second, Problem)
    assert (first.license, first.compare.rule) == ("own", "exact")
    assert (second.license, second.compare) == ("mit", Compare("float", tolerance=1e-3))


def test_a_missing_column_rejects_the_row_with_those_there_are(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", {"q": "p", "r": TWICE})
    (found,) = read(path, columns="prompt=q,reference=r,tests=t")
    assert isinstance(found, Reject)
    assert found.detail == "no column 't' for tests; columns: q, r"
    with pytest.raises(InputError, match=r"x\.jsonl:1: no column 't'"):
        read(path, columns="prompt=q,reference=r,tests=t", strict_source=True)


@pytest.mark.parametrize("text", ["prompt", "nonsense=x", "prompt=", "tests"])
def test_what_are_no_columns(text: str) -> None:
    with pytest.raises(UsageError, match=r"--columns"):
        configure(None, columns=text)
    with pytest.raises(ValueError, match=r"give part=column|no part is called"):
        parse_columns(text)


def test_columns_in_toml(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[build]\nlicense = "mit"\n\n[columns]\nprompt = "q"\ntests = ["info", "t"]\n')
    config = configure(path)
    assert config.reading == Reading(columns={"prompt": "q", "tests": "info.t"}, license="mit")


@pytest.mark.parametrize("text", ["fuzzy", "float:x", '{"checker": "def no(): pass"}', "{"])
def test_what_is_no_comparison(text: str) -> None:
    with pytest.raises(UsageError, match="--compare"):
        parse_compare(text)


def test_paths() -> None:
    values = {"a.b": 1, "c": '{"d": [{"e": 2}]}'}
    assert at(values, "a.b") == 1
    assert at(values, "c.d.0.e") == 2
    with pytest.raises(LookupError):
        at(values, "c.x")


def test_columns_left_out_by_the_first_row_are_found_in_later_ones(tmp_path: Path) -> None:
    rows = [
        {"prompt": "p", "tests": ["assert twice(1) == 2"]},
        {"prompt": "p", "reference": TWICE, "tests": []},
    ]
    first, second = read(write(tmp_path / "x.jsonl", *rows))
    assert isinstance(first, Reject)
    assert isinstance(second, Reject)
    assert (first.reason, second.reason) == ("no reference", "no tests")


def test_what_was_understood_is_shown(tmp_path: Path) -> None:
    path = write(
        tmp_path / "x.jsonl", {"id": "a", "prompt": "Say\n>>> twice(2)\n4\n", "reference": TWICE, "tests": []}
    )
    (found,) = read(path)
    shown = described(found).split("\n")
    assert shown[0] == "a"
    assert "  reference    2 lines: def twice(x): / return 2 * x" in shown
    assert "  tests        1 that are asserts: assert twice(2) == 4" in shown
    assert "x.jsonl:1" in described(Reject("b", "read", "no tests", "and no more", place="x.jsonl:1"))
