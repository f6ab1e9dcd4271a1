"""Input that cannot be used gets one clear line and exit code 2, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Prmdata

GOOD = {"id": "a", "prompt": "Double x.", "reference": "def double(x):\n    return 2 * x\n", "tests": ["assert double(2) == 4", "assert double(5) == 10"]}  # fmt: skip


def lines(*rows: object) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)


FILES = {
    "malformed": (lines("{not json", "nor this"), ":1"),
    "columns": (lines({"question": "?"}), "--columns prompt=question"),
    "empty": ("", "empty"),
}
ROWS = {
    "malformed": "{not json",
    "type": GOOD | {"tests": 3},
    "twice": GOOD,
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read(name: str, tmp_path: Path, prmdata: Prmdata) -> None:
    text, names = FILES[name]
    source = tmp_path / f"{name}.jsonl"
    source.write_text(text)
    ended = prmdata("build", source, "-o", tmp_path / "o", "--sandbox", "local", code=2)
    *notices, last = ended.stderr.splitlines()
    assert last.startswith(f"prmdata: {source}")
    assert names in last
    assert not any("rror" in line for line in notices)


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_cannot_be_read_costs_no_other(name: str, tmp_path: Path, prmdata: Prmdata) -> None:
    source = tmp_path / f"{name}.jsonl"
    source.write_text(lines(GOOD, ROWS[name]))
    prmdata("build", source, "-o", tmp_path / "o", "--sandbox", "local")
    (reject,) = [json.loads(line) for line in (tmp_path / "o" / "rejects.jsonl").read_text().splitlines()]
    if name == "twice":
        assert (reject["problem_id"], reject["reason"]) == ("a#2", "duplicate")
        return
    assert (reject["reason"], reject["place"]) == ("the row cannot be read", f"{name}.jsonl:2")
    strict = prmdata("build", source, "-o", tmp_path / "s", "--sandbox", "local", "--strict-source", code=2)
    assert strict.stderr.splitlines()[-1].startswith(f"prmdata: {source}:2: ")


def test_not_utf8(tmp_path: Path, prmdata: Prmdata) -> None:
    source = tmp_path / "latin.jsonl"
    source.write_bytes(b'{"id": "\xe9"}\n')
    assert "UTF-8" in prmdata("build", source, "-o", tmp_path / "o", "--sandbox", "local", code=2).stderr


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["no-such-source"], "no-such-source"),
        (["sample", "--teacher", "nobody"], "there are rules"),
        (["sample", "--sandbox", "box"], "box"),
        (["sample", "--strategy", "guess"], "there are mutate-refactor"),
        (["sample", "--shard", "0/2"], "--shard 0/2"),
        (["sample", "--split", "train=2"], "--split"),
        (["sample", "--teacher", "openai"], "--model"),
        (["sample", "--limit", "x"], "'--limit': 'x' is not a valid integer; see prmdata build --help"),
        (["sample", "--rollouts-from", "nowhere"], "nowhere: no such file; check the path"),
    ],
)
def test_an_unknown_name_or_value_says_what_there_is(
    flags: list[str], says: str, tmp_path: Path, prmdata: Prmdata
) -> None:
    ended = prmdata("build", *flags, "-o", tmp_path / "o", code=2)
    assert says in ended.stderr
    assert ended.stderr.count("\n") <= 2


def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path, prmdata: Prmdata) -> None:
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "thesis.tex").write_text("x")
    ended = prmdata("build", "-o", tmp_path / "o", "--sandbox", "local", "--limit", 1, code=2)
    assert "prmdata did not write" in ended.stderr


def test_another_configuration_is_refused_and_named(tmp_path: Path, prmdata: Prmdata) -> None:
    prmdata("build", "-o", tmp_path / "o", "--sandbox", "local", "--limit", 1)
    ended = prmdata("build", "-o", tmp_path / "o", "--sandbox", "local", "--limit", 1, "--seed", 9, code=2)
    assert "seed was 0, is 9" in ended.stderr


def test_problems_that_do_not_hold_are_rejects_with_a_reason(tmp_path: Path, prmdata: Prmdata) -> None:
    bad = [
        GOOD,
        GOOD | {"id": "broken", "reference": "def double(x)\n    return 2 * x\n"},
        GOOD | {"id": "never called", "tests": ["assert True", "assert 1 == 1"]},
        GOOD | {"id": "fails", "prompt": "Triple x.", "reference": "def double(x):\n    return 3 * x\n"},
        GOOD | {"id": "copy", "prompt": " Double  x."},
    ]
    source = tmp_path / "p.jsonl"
    source.write_text(lines(*bad))
    prmdata("build", source, "-o", tmp_path / "o", "--sandbox", "local")
    rejects = [json.loads(line) for line in (tmp_path / "o" / "rejects.jsonl").read_text().splitlines()]
    assert {reject["problem_id"] for reject in rejects} == {"broken", "never called", "fails", "copy"}
    assert all(reject["reason"] for reject in rejects)


def test_a_set_with_nothing_usable_ends_with_1(tmp_path: Path, prmdata: Prmdata) -> None:
    source = tmp_path / "p.jsonl"
    source.write_text(lines(GOOD | {"reference": "def double(x):\n    return x\n"}))
    ended = prmdata("build", source, "-o", tmp_path / "o", "--sandbox", "local", code=1)
    assert "nothing usable: no problem holds; rejects.jsonl" in ended.stdout


@pytest.mark.slow
def test_a_cluster_that_is_not_there(tmp_path: Path, prmdata: Prmdata) -> None:
    pytest.importorskip("ray", reason="Ray is an extra: pip install 'prmdata[ray]'")
    common = ("build", "--sandbox", "local", "-o", tmp_path / "o", "--engine", "ray", "--ray-address")
    refused = prmdata(*common, "127.0.0.1:9", code=2).stderr.splitlines()[-1]
    assert refused.startswith("prmdata: --ray-address 127.0.0.1:9: no Ray cluster answers there")
    refused = prmdata(*common, "auto", code=2).stderr.splitlines()[-1]
    assert refused.startswith("prmdata: --ray-address auto: ")
