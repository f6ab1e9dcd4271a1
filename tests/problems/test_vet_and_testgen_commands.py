"""The commands `vet` and `testgen`, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prmdata.cli.main import main
from prmdata.problems import read_problems
from prmdata.records import Problem

GOOD: dict[str, Any] = {
    "id": "good",
    "prompt": "Larger of two.",
    "reference": "def larger(a, b):\n    if a > b:\n        return a\n    return b\n",
    "tests": ["assert larger(1, 2) == 2", "assert larger(3, 4) == 4"],
}
BAD = GOOD | {"id": "bad", "prompt": "Other.", "tests": ["assert larger(1, 2) == 1"]}


def write(path: Path, *rows: object) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_vet_says_what_holds_and_writes_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    source = write(
        tmp_path / "p.jsonl", GOOD, BAD, {"id": "empty", "prompt": "", "reference": "", "tests": []}
    )
    code, said, _ = run(capsys, "vet", source, "-o", str(out), "--sandbox", "local", "--workers", "1")
    assert code == 0
    assert "1 of 3 problems vetted" in said
    assert "the reference fails its tests" in said
    assert "no reference" in said
    assert {path.name for path in out.iterdir()} == {
        "vetted.jsonl",
        "rejects.jsonl",
        "problems.jsonl",
        "report.json",
    }


def test_vet_of_nothing_that_holds_is_a_failure(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, said, _ = run(
        capsys, "vet", write(tmp_path / "p.jsonl", BAD), "--sandbox", "local", "--workers", "1"
    )
    assert code == 1
    assert "0 of 1 problem vetted" in said


def test_a_benchmark_is_kept_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    bench = write(tmp_path / "bench.jsonl", GOOD | {"id": "b/7", "prompt": "Elsewhere."})
    source = write(tmp_path / "p.jsonl", GOOD)
    code, said, _ = run(
        capsys, "vet", source, "--decontaminate", bench, "--sandbox", "local", "--workers", "1"
    )
    assert code == 1
    assert "contaminated" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"id": 1,\n', "p.jsonl:1: not JSON"),
        ('{"id": "a", "text": "x"}\n', "fit no layout"),
        ("", "p.jsonl: the file is empty"),
    ],
)
def test_a_bad_file_is_one_line_and_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(content)
    for arguments in (["vet", str(path)], ["testgen", str(path), "-o", str(tmp_path / "t.jsonl")]):
        code, _, err = run(capsys, *arguments, "--sandbox", "local")
        assert code == 2
        assert said in err.strip().split("\n")[-1]
        assert "Traceback" not in err


def test_vet_prints_one_json_object(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = write(tmp_path / "p.jsonl", GOOD, BAD)
    options = ("--sandbox", "local", "--workers", "1", "--no-kills", "--json")
    code, said, _ = run(capsys, "vet", source, "-o", str(tmp_path / "out"), *options)
    found = json.loads(said)
    assert code == 0
    assert (found["problems"], found["vetted"]) == (2, 1)
    assert found == json.loads((tmp_path / "out" / "report.json").read_text())


def test_testgen_writes_problems_that_notice_more(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "more.jsonl"
    source = write(tmp_path / "p.jsonl", GOOD, BAD)
    code, said, _ = run(capsys, "testgen", source, "-o", str(out), "--sandbox", "local", "--workers", "1")
    assert code == 0
    assert "1 of 2 problems vetted" in said
    assert "mutants killed" in said
    (found,) = read_problems(out)
    assert isinstance(found, Problem)
    assert len(found.tests) > 2
    assert [test.code for test in found.tests[:2]] == GOOD["tests"]
