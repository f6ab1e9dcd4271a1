"""Rows as people bring them: the native names with other shapes, marks and line ends of other systems, nulls, and values that
no layout has. A row is read or rejected, and the rows beside it are read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from prmdata.errors import InputError
from prmdata.problems import read_problems
from prmdata.problems.reading import Reading
from prmdata.problems.row_reader import RowReader
from prmdata.problems.rows import Row
from prmdata.problems.soundness import examined
from prmdata.problems.unit_tests import is_test_file
from prmdata.records import Problem, Reject, Rollout, Test

from .test_layouts import write
from .test_training_layouts import LAYOUTS

TWICE = "def twice(x):\n    return 2 * x\n"
ROW: dict[str, Any] = {
    "id": "a",
    "prompt": "Twice.",
    "reference": TWICE,
    "tests": ["assert twice(2) == 4", "assert twice(0) == 0"],
}
MARK = "\ufeff"


def read(path: Path) -> Problem:
    (found,) = read_problems(path)
    assert isinstance(found, Problem), found
    return found


@pytest.mark.parametrize(
    "reference",
    [
        f"```python\n{TWICE}```\n",
        f"Here:\n~~~py\n{TWICE}~~~",
        f"<think>\n```python\nx\n```\n</think>\n```\n{TWICE}```",
        f"{MARK}```python\n{TWICE}```",
        "1. So:\n\n    ```python\n    def twice(x):\n        return 2 * x\n    ```\n",
        "    def twice(x):\n        return 2 * x\n",
        MARK + TWICE,
    ],
    ids=["ticks", "tildes", "thoughts", "marked", "in a list", "indented", "mark"],
)
def test_a_native_reference_is_found_in_what_surrounds_it(tmp_path: Path, reference: str) -> None:
    assert read(write(tmp_path / "rows.jsonl", ROW | {"reference": reference})).reference == TWICE


@pytest.mark.parametrize(
    ("change", "tests"),
    [
        ({"tests": [None, "assert twice(2) == 4"]}, (Test("assert", code="assert twice(2) == 4"),)),
        ({"tests": [{"input": 5, "output": 10}]}, (Test("stdio", input="5", output="10"),)),
        ({"tests": [{"input": ["3", "4"], "output": ["7"]}]}, (Test("stdio", input="3\n4\n", output="7\n"),)),
        (
            {"tests": {"inputs": ["3\r\n"], "outputs": ["6\r\n"]}},
            (Test("stdio", input="3\r\n", output="6\r\n"),),
        ),
    ],
)
def test_native_tests_of_other_shapes(
    tmp_path: Path, change: dict[str, Any], tests: tuple[Test, ...]
) -> None:
    assert read(write(tmp_path / "rows.jsonl", ROW | change)).tests == tests


def test_a_native_prompt_that_is_a_chat_and_rollouts_in_fences(tmp_path: Path) -> None:
    chat = [{"role": "system", "content": "Think."}, {"role": "user", "content": "Twice."}]
    found = read(
        write(tmp_path / "rows.jsonl", ROW | {"prompt": chat, "rollouts": [f"```\n{TWICE}```", None]})
    )
    assert found.prompt == "Twice."
    assert found.rollouts == (Rollout(TWICE),)


def test_what_no_reading_saves_is_rejected_in_the_words_of_the_native_layout(tmp_path: Path) -> None:
    (found,) = read_problems(write(tmp_path / "rows.jsonl", ROW | {"limits": {"wall_s": 3}}))
    assert isinstance(found, Reject)
    assert "'limits' has no 'wall_s'" in found.detail


def test_byte_order_marks_are_no_part_of_a_program(tmp_path: Path) -> None:
    marked = {"prompt": MARK + "Twice.", "setup": MARK + "import math\n", "rollouts": [MARK + TWICE]}
    tests = [MARK + "assert twice(2) == 4"]
    found = read(
        write(tmp_path / "rows.jsonl", ROW | marked | {"tests": tests, "references": [MARK + TWICE]})
    )
    texts = (found.prompt, found.setup, found.rollouts[0].program, found.tests[0].code, *found.references)
    assert texts == ("Twice.", "import math\n", TWICE, "assert twice(2) == 4", TWICE)


def test_an_expected_integer_of_any_length_in_the_text_of_a_test(tmp_path: Path) -> None:
    tests = [f"assert twice(0) != 1{'0' * 5000}", "assert twice(2) == 4"]
    assert len(read(write(tmp_path / "rows.jsonl", ROW | {"tests": tests})).tests) == 2


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(ROW, indent=1) + "\n" + json.dumps(ROW | {"id": "b"}, indent=1),
        json.dumps({"data": [ROW, ROW | {"id": "b"}]}),
        json.dumps([ROW | {"note": "N"}, ROW | {"id": "b"}]).replace('"N"', "9" * 5000),
    ],
    ids=["one after the other", "under a name", "with a long integer"],
)
def test_json_files_that_are_no_plain_array(tmp_path: Path, content: str) -> None:
    path = tmp_path / "rows.json"
    path.write_text(content)
    assert [item.id for item in read_problems(path) if isinstance(item, Problem)] == ["a", "b"]


def test_a_problem_alone_in_a_file_is_not_taken_for_its_tests(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(ROW | {"reference": "print(1)\n", "tests": [{"input": "", "output": "1"}]}))
    assert read(path).tests == (Test("stdio", input="", output="1"),)


def test_suffixes_in_capitals(tmp_path: Path) -> None:
    assert read(write(tmp_path / "ROWS.JSONL", ROW)).source == "ROWS"


def test_a_csv_of_another_encoding_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("id,prompt,reference,tests\n".encode("utf-16"))
    with pytest.raises(InputError, match=r"rows\.csv:1: the line that names the columns is not UTF-8"):
        list(read_problems(path))


def test_an_id_of_any_length_costs_no_other_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(ROW).replace('"a"', "9" * 5000) + "\n" + json.dumps(ROW) + "\n")
    first, second = read_problems(path)
    assert isinstance(first, Problem)
    assert first.id == hex(int("9" * 4000) * 10**1000 + int("9" * 1000))
    assert isinstance(second, Problem)


ODD: tuple[Any, ...] = (
    None, "", [], {}, 5, -1, 10**5000, float("nan"), True, b"\xff", "[", "null", [None], [[]], [5], [{}], {"a": None},
    {"inputs": [1], "outputs": []}, {"input": [None], "output": ["1"]}, {"language": [3], "solution": [None]}, "~~~\n",
)  # fmt: skip


@pytest.mark.parametrize("name", ["native", *LAYOUTS])
def test_an_odd_value_in_any_column_is_the_fault_of_its_row(name: str) -> None:
    row = ROW if name == "native" else LAYOUTS[name][0]
    rows = [Row(row | {column: odd}, "rows:2") for column in row for odd in ODD]
    read_rows = list(RowReader(Reading()).read(iter([Row(row, "rows:1"), *rows])))
    assert len(read_rows) == len(rows) + 1
    for _, found in read_rows:
        sound = examined(found) if isinstance(found, Problem) else found
        if isinstance(sound, Reject):
            assert sound.reason
            assert not re.search(r"\(\w+\.py:\d+\)", sound.detail), "a fault that no layout foresaw"
        else:
            assert sound.tests
            assert not any(is_test_file(test.code) for test in sound.tests)
