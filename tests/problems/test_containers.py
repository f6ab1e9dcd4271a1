"""The same rows give the same problems in every kind of container."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prmdata.config import configure
from prmdata.errors import InputError, UsageError
from prmdata.problems import read_problems
from prmdata.problems.rows import BadRow
from prmdata.problems.table_rows import parquet
from prmdata.records import Problem, Reject

ROWS = [
    {"id": f"é{n}", "prompt": "Twice, \"quoted\"\nand more", "reference": "def f(x):\n    return 2 * x\n",
     "tests": ["assert f(2) == 4", f"assert f({n}) == {2 * n}"]}
    for n in range(5)
]  # fmt: skip


def as_csv(path: Path, separator: str = ",") -> str:
    import csv

    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(ROWS[0])
        writer.writerows(
            [json.dumps(one) if isinstance(one, list) else one for one in row.values()] for row in ROWS
        )
    return str(path)


def as_zst(folder: Path) -> str:
    path = folder / "x.jsonl.zst"
    with pa.CompressedOutputStream(str(path), "zstd") as file:
        file.write("".join(json.dumps(row) + "\n" for row in ROWS).encode())
    return str(path)


def as_arrow(folder: Path) -> str:
    table = pa.Table.from_pylist(ROWS)
    with pa.OSFile(str(folder / "x.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return str(folder / "x.arrow")


def as_parquet_folder(folder: Path) -> str:
    (folder / "data").mkdir()
    for index, rows in enumerate((ROWS[:2], ROWS[2:])):
        pq.write_table(pa.Table.from_pylist(rows), folder / "data" / f"train-{index:05}-of-00002.parquet")
    return str(folder / "data")


def as_saved(folder: Path) -> str:
    datasets.Dataset.from_list(ROWS).save_to_disk(str(folder / "saved"))
    return str(folder / "saved")


CONTAINERS: dict[str, Callable[[Path], str]] = {
    "csv": lambda folder: as_csv(folder / "x.csv"),
    "semicolons": lambda folder: as_csv(folder / "x.csv", ";"),
    "tsv": lambda folder: as_csv(folder / "x.tsv", "\t"),
    "zst": as_zst,
    "arrow": as_arrow,
    "parquet folder": as_parquet_folder,
    "save_to_disk": as_saved,
    "Dataset": lambda _: configure(None, source=datasets.Dataset.from_list(ROWS)).source,
    "iterable": lambda _: configure(None, source=iter(ROWS)).source,
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_gives_the_same_problems(tmp_path: Path, name: str) -> None:
    found = list(read_problems(CONTAINERS[name](tmp_path)))
    assert all(isinstance(one, Problem) for one in found), found
    assert [(one.id, one.prompt, one.reference, [t.code for t in one.tests]) for one in found] == [  # type: ignore[union-attr]
        (row["id"], row["prompt"], row["reference"], row["tests"]) for row in ROWS
    ]
    (tmp_path / "again").mkdir()
    assert len(list(read_problems(CONTAINERS[name](tmp_path / "again"), limit=2))) == 2


@pytest.mark.parametrize("form", ["lines", "array", "csv"])
def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    text = {
        "lines": "".join(json.dumps(row) + "\n" for row in ROWS),
        "array": json.dumps(ROWS),
        "csv": Path(as_csv(tmp_path / "x.csv")).read_text("utf-8"),
    }[form]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(text.encode()))))  # type: ignore[arg-type]
    assert [one.id for one in read_problems("-")] == [row["id"] for row in ROWS]  # type: ignore[union-attr]


def test_splits_that_share_ids_are_told_apart(tmp_path: Path) -> None:
    both = datasets.DatasetDict(
        {"train": datasets.Dataset.from_list(ROWS[:2]), "test": datasets.Dataset.from_list(ROWS[:1])}
    )
    both.save_to_disk(str(tmp_path / "saved"))
    for source in (str(tmp_path / "saved"), configure(None, source=both).source):
        assert [one.id for one in read_problems(source)] == ["é0", "é1", "test/é0"]  # type: ignore[union-attr]


def test_rows_given_in_python_have_a_name_by_content() -> None:
    names = {configure(None, source=list(ROWS)).source for _ in range(2)}
    assert len(names) == 1
    assert configure(None, source=ROWS[:1]).source not in names
    with pytest.raises(UsageError, match="must be a mapping"):
        configure(None, source=[1])
    with pytest.raises(InputError, match="no row was given"):
        list(read_problems(configure(None, source=[]).source))


def test_one_text_of_parquet_that_is_not_utf8_costs_its_row(tmp_path: Path) -> None:
    texts = pa.array([b"a", b"\xff", b"c"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"id": texts}), tmp_path / "x.parquet")
    first, second, third = (value for _, value in parquet(tmp_path / "x.parquet", "x.parquet"))
    assert (first, third) == ({"id": "a"}, {"id": "c"})
    assert isinstance(second, BadRow)
    assert second.where == "x.parquet:row 2"


def pair(folder: Path, name: str, **files: str) -> None:
    (folder / name).mkdir(parents=True)
    for file, text in files.items():
        (folder / name / f"{file}.py").write_text(text)


TWICE = '"""Double a number."""\n\ndef twice(x):\n    return 2 * x\n'


def test_programs_beside_their_files_of_tests(tmp_path: Path) -> None:
    pair(
        tmp_path,
        "one",
        solution=TWICE,
        test_it="from solution import twice\n\ndef test_a():\n    assert twice(1) == 2\n",
    )
    pair(
        tmp_path,
        "two",
        double=TWICE,
        test_double="import double\n\ndef test_b():\n    assert double.twice(0) == 0\n",
    )
    pair(tmp_path, "lost", test_x="def test_c():\n    assert True\n")
    (tmp_path / "two" / "prompt.md").write_text("Write twice(x).")
    found = {getattr(one, "id", ""): one for one in read_problems(tmp_path)}
    assert set(found) == {"", "one", "two/double"}
    lost, first, second = found[""], found["one"], found["two/double"]
    assert isinstance(lost, Reject)
    assert "name it solution.py" in lost.detail
    assert isinstance(first, Problem)
    assert isinstance(second, Problem)
    assert (first.prompt, second.prompt) == ("Double a number.", "Write twice(x).")
    assert (first.entry_point, second.entry_point) == ("twice", "twice")


def test_a_row_may_name_its_files(tmp_path: Path) -> None:
    (tmp_path / "solution.py").write_text(TWICE)
    (tmp_path / "tests.py").write_text(
        "def test_a():\n    assert twice(1) == 2\n\ndef test_b():\n    assert twice(2) == 4\n"
    )
    row: dict[str, Any] = {"id": "a", "prompt": "p", "reference": "solution.py", "tests": "tests.py"}
    (tmp_path / "x.jsonl").write_text(json.dumps(row))
    (found,) = read_problems(tmp_path / "x.jsonl")
    assert isinstance(found, Problem)
    assert (found.reference, len(found.tests), found.entry_point) == (TWICE, 2, "twice")
