"""Files: four ways to store rows give the same rows, and errors name the place in the file."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prmdata.errors import InputError, UsageError
from prmdata.problems import read_problems, source_names
from prmdata.problems.files import rows_of
from prmdata.problems.reading import Reading
from prmdata.problems.rows import BadRow, Row, whole
from prmdata.records import Reject

ROW: dict[str, Any] = {
    "id": "a",
    "prompt": "Twice.",
    "reference": "def f(x):\r\n    return 2 * x\r\n",
    "tests": ["assert f(2) == 4"],
}


def as_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def as_array(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return path


def gzipped(
    write: Callable[[Path, list[dict[str, Any]]], Path],
) -> Callable[[Path, list[dict[str, Any]]], Path]:
    def writer(path: Path, rows: list[dict[str, Any]]) -> Path:
        plain = write(path.with_suffix(".plain"), rows)
        path.write_bytes(gzip.compress(plain.read_bytes()))
        return path

    return writer


def as_parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


WRITERS = {
    "x.jsonl": as_lines,
    "x.jsonl.gz": gzipped(as_lines),
    "x.json": as_array,
    "x.json.gz": gzipped(as_array),
    "x.parquet": as_parquet,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_of_file_gives_the_same_problems(tmp_path: Path, name: str) -> None:
    rows = [ROW | {"id": f"é\u2028{n}"} for n in range(130)]
    path = WRITERS[name](tmp_path / name, rows)
    found = list(read_problems(path))
    assert [problem.id for problem in found] == [row["id"] for row in rows]  # type: ignore[union-attr]
    assert found[0].reference == ROW["reference"]  # type: ignore[union-attr]
    assert len(list(read_problems(path, limit=7))) == 7


VALUES = (
    st.none() | st.booleans() | st.text() | st.integers() | st.lists(st.text() | st.integers(), max_size=3)
)


@given(
    rows=st.lists(
        st.dictionaries(st.text(), VALUES, max_size=4),
        min_size=1,
        max_size=4,
    ),
    indent=st.sampled_from([None, 0, 3]),
    ascii_only=st.booleans(),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_streamed_array_is_what_json_reads(
    tmp_path: Path, rows: list[dict[str, Any]], indent: int | None, ascii_only: bool
) -> None:
    path = tmp_path / "rows.json"
    text = json.dumps(rows, indent=indent, ensure_ascii=ascii_only)
    path.write_bytes(text.encode("utf-8", "surrogatepass" if ascii_only else "replace"))
    assert [row.values for row in map(whole, rows_of(path))] == json.loads(path.read_bytes())


@pytest.mark.parametrize(
    ("name", "content", "where", "said"),
    [
        ("x.jsonl", b"", "x.jsonl", "empty"),
        ("x.jsonl", b"\n\n", "x.jsonl", "empty"),
        ("x.json", b'[{"id": 1},\n{"id": }]', "x.json:2", "not JSON"),
        ("x.json", b'[{"id": 1}\n', "x.json:2", "does not end"),
        ("x.json", b'[{"id": 1},\n{"id": "\xff"}]', "x.json:", "not UTF-8"),
        ("x.json", b"true", "x.json:1", "array of objects"),
        ("x.json", b"[]", "x.json", "empty"),
        ("x.jsonl.gz", b"not gzip", "x.jsonl.gz", "gzip"),
        ("x.jsonl.gz", gzip.compress(b'{"id": 1}\n' * 999, mtime=0)[:-20], "x.jsonl.gz", "gzip"),
        ("x.parquet", b"PAR1", "x.parquet", "not Parquet"),
        ("x.csv", b"a,b\n", "x.csv", "empty"),
        ("x.csv", b"a,a\n1,2\n", "x.csv:1", "two columns are named 'a'"),
        ("x.csv", b"\n1,2\n", "x.csv:1", "must name the columns"),
        ("x.jsonl.zst", b"not zstd", "x.jsonl.zst", "cannot be read"),
        ("x.arrow", b"not arrow", "x.arrow", "not Arrow"),
        ("x.txt", b"a", "x.txt", "known: .jsonl"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(
    tmp_path: Path, name: str, content: bytes, where: str, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        list(rows_of(path))
    assert str(caught.value).startswith(str(tmp_path / where))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_is_no_part_of_the_first_row(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(ROW).encode() + b"\r\n")
    assert [row.values for row in map(whole, rows_of(path))] == [ROW]


@pytest.mark.parametrize(
    ("name", "content", "bad", "said"),
    [
        ("x.jsonl", b'{"id": 1}\n{"id": \n{"id": 2}\n', "x.jsonl:2", "not JSON"),
        ("x.jsonl", b'{"id": 1}\n\n[1]\n{"id": 2}\n', "x.jsonl:3", "must be a JSON object"),
        ("x.jsonl", b'{"id": 1}\n{"id": "\xff"}\n{"id": 2}\n', "x.jsonl:2", "not UTF-8"),
        ("x.jsonl", b'{"id": 1}\n' + b"[" * 100_000 + b'\n{"id": 2}\n', "x.jsonl:2", "not JSON"),
        ("x.json", b'[{"id": 1},\n 7,\n{"id": 2}]', "x.json:2", "must be a JSON object"),
        ("x.csv", b"id,b\n1,x\n1,2,3\n2,y\n", "x.csv:3", "3 cells and 2 columns"),
        ("x.csv", b"id,b\n1,x\n7,\xff\n2,y\n", "x.csv:3", "'b' is not UTF-8"),
        ("x.tsv", b'id\tb\n1\tx\n7\t"a"b\n2\ty\n', "x.tsv:3", "not CSV"),
    ],
)
def test_a_bad_row_costs_no_other(tmp_path: Path, name: str, content: bytes, bad: str, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    first, second, third = rows_of(path)
    assert isinstance(second, BadRow)
    assert second.where == str(tmp_path / bad)
    assert said in second.what
    assert [str(row.values["id"]) for row in (first, third) if isinstance(row, Row)] == ["1", "2"]


def test_an_id_that_stands_in_an_earlier_row_is_told_from_it(tmp_path: Path) -> None:
    path = as_lines(tmp_path / "x.jsonl", [ROW, ROW | {"id": "b"}, ROW | {"prompt": "other"}, ROW])
    assert [problem.id for problem in read_problems(path)] == ["a", "b", "a#2", "a#3"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prompt": 7}, "'prompt' must be a string, found a number"),
        ({"tests": 7}, "'tests' must be a list, found a number"),
        ({"tests": "../x.py"}, r"'\.\./x\.py' lies outside the source's folder"),
        ({"tests": "x.py"}, r"'x\.py' cannot be read"),
        ({"tests": [7]}, r"'tests'\[0\] must be a string of Python"),
        ({"tests": [{"input": "x"}]}, r"'tests'\[0\] must have the strings"),
        ({"compare": "fuzzy"}, "'compare' must be"),
        ({"compare": {"float": -1}}, "'compare' must be"),
        ({"compare": {"checker": "def no(): pass"}}, "does not define ok"),
        ({"compare": {"checker": "def ok(:"}}, "the checker does not parse"),
        ({"compare": {"checker": "missing"}}, "no checker named 'missing'"),
        ({"limits": {"cpu_s": 0}}, "must be a positive number"),
        ({"limits": {"disk": 1}}, "'limits' has no 'disk'"),
        ({"rollouts": [{"n_samples": 2}]}, "each rollout must be"),
        ({"id": [1]}, "'id' must be a string or an integer"),
    ],
)
def test_a_field_of_the_wrong_type_rejects_its_row(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    path = as_lines(tmp_path / "x.jsonl", [ROW, ROW | {"id": "b"} | change, ROW | {"id": "c"}])
    first, second, third = read_problems(path)
    assert isinstance(second, Reject)
    assert (second.stage, second.reason, second.place) == ("read", "the row cannot be read", "x.jsonl:2")
    assert re.search(said, second.detail)
    assert [problem.id for problem in (first, third)] == ["a", "c"]  # type: ignore[union-attr]
    with pytest.raises(InputError, match=rf"x\.jsonl:2: .*{said}"):
        list(read_problems(path, reading=Reading(strict=True)))


def test_an_unknown_source_says_what_there_is() -> None:
    with pytest.raises(UsageError) as caught:
        list(read_problems("no-such-thing"))
    for name in source_names():
        assert name in str(caught.value)
    with pytest.raises(InputError, match=r"missing\.jsonl: no such file"):
        list(read_problems("missing.jsonl"))


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """40,000 rows of 4 KB are 160 MB; reading them may take a tenth of that beyond what the program itself takes."""
    path = tmp_path / "many.jsonl"
    filler = "x" * 4000
    with path.open("w") as file:
        for n in range(40_000):
            file.write(json.dumps(ROW | {"id": n, "note": filler}) + "\n")
    script = (
        "import resource, sys\nfrom prmdata.problems import read_problems\nlist(read_problems(sys.argv[1], limit=10))\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "count = sum(1 for _ in read_problems(sys.argv[1]))\n"
        "print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    count, grown = map(int, run.stdout.split())
    assert count == 40_000
    assert grown < 16_000  # ru_maxrss counts kilobytes
