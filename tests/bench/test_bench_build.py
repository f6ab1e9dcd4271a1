"""A benchmark from problems of all three kinds, end to end in the local sandbox. Two builds give the same
bytes, the evidence holds when it is run again, and evidence that was changed is found."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prmdata.app.bench import bench_build, bench_check
from prmdata.app.bench_sources import BenchInputs
from prmdata.app.score import bench_score
from prmdata.bench.item import BenchItem, item_row, items_schema, read_items
from prmdata.config import configure
from prmdata.datasets.manifest import file_digests, read_rejects
from prmdata.datasets.writer import write_rows
from prmdata.errors import InputError

CLAMP = """def clamp(xs, low):
    found = []
    for x in xs:
        if x < low:
            x = low
        found.append(x)
    return found
"""
FAULTY = CLAMP.replace("x < low", "x > low")
TESTS = [
    "assert clamp([1, 5, 3], 2) == [2, 5, 3]",
    "assert clamp([], 0) == []",
    "assert clamp([4, -1], 0) == [4, 0]",
]
RUNS = """def runs(text):
    found = []
    for char in text:
        if found and found[-1][0] == char:
            found[-1][1] += 1
        else:
            found.append([char, 1])
    return found
"""
RUN_TESTS = [
    "assert runs('aab') == [['a', 2], ['b', 1]]",
    "assert runs('') == []",
    "assert runs('abb') == [['a', 1], ['b', 2]]",
]
SUMS = """def sums(xs):
    total = 0
    found = []
    for x in xs:
        total += x
        found.append(total)
    return found
"""
SUM_TESTS = ["assert sums([1, 2, 3]) == [1, 3, 6]", "assert sums([]) == []", "assert sums([5, -1]) == [5, 4]"]


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> BenchInputs:
    folder = tmp_path_factory.mktemp("sources")
    human: dict[str, Any] = {
        "id": "clamp",
        "prompt": "Raise what is below low.",
        "reference": CLAMP,
        "tests": TESTS,
    }
    human["rollouts"] = [{"program": FAULTY, "faulty_lines": [4]}]
    model = {"id": "runs", "prompt": "Runs of equal characters.", "reference": RUNS, "tests": RUN_TESTS}
    planted = {"id": "sums", "prompt": "Running totals.", "reference": SUMS, "tests": SUM_TESTS}
    rollouts = written(
        folder / "rollouts.jsonl",
        {"task_id": "runs", "program": RUNS.replace("[char, 1]", "[char, 0]")},
        {"task_id": "runs", "program": RUNS.replace("char", "c")},
        {"task_id": "runs", "program": "def runs(text):\n    found = sorted(text)\n    return found\n"},
    )
    first = written(folder / "human.jsonl", human)
    second = written(folder / "rest.jsonl", model, planted)
    return BenchInputs((str(first), str(second)), (rollouts,), generator="a-model")


@pytest.fixture(scope="module")
def bench(sources: BenchInputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bench") / "BENCH"
    config = configure(out=out, sandbox="local", workers=2)
    assert bench_build(sources, config).exit_code == 0
    return out


def items(bench: Path, stratum: str) -> list[BenchItem]:
    return [item for _, item in read_items(bench) if item.stratum == stratum]


def test_each_kind_of_problem_gives_items_of_its_stratum(bench: Path) -> None:
    (wrong,) = [item for item in items(bench, "human") if item.is_wrong]
    assert (wrong.label, wrong.steps[wrong.label].strip(), wrong.known) == (3, "if x > low:", True)
    assert [item.program for item in items(bench, "human") if not item.is_wrong] == [CLAMP]
    (wrong,) = [item for item in items(bench, "model") if item.is_wrong]
    assert (wrong.steps[wrong.label].strip(), wrong.generator) == ("found.append([char, 0])", "a-model")
    assert [item.program for item in items(bench, "model") if not item.is_wrong] == [
        RUNS.replace("char", "c")
    ]
    assert len([item for item in items(bench, "planted") if item.is_wrong]) >= 3
    assert any(reject.reason.startswith("no repair in one place") for reject in read_rejects(bench))


def test_a_witness_begins_with_everything_before_the_wrong_step(bench: Path) -> None:
    for _, item in read_items(bench):
        if item.is_wrong:
            before = item.program[: item.program.index(item.steps[item.label])]
            assert item.witness is not None
            assert item.counterexample is not None
            assert item.witness.startswith(before)
            assert item.witness != item.program


def test_every_piece_of_evidence_runs_again_and_what_was_tampered_with_does_not(
    bench: Path, tmp_path: Path
) -> None:
    config = configure(sandbox="local", workers=2)
    found = bench_check(bench, config)
    assert (found["held"], found["doubts"]) == (found["items"], {})
    changed = []
    for split, item in read_items(bench):
        if item.stratum == "human":
            item = replace(item, witness=item.program) if item.is_wrong else replace(item, program=FAULTY)
        changed.append((split, item_row(item)))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "problems").symlink_to(bench / "data" / "problems")
    write_rows(changed, tmp_path / "data" / "bench", items_schema())
    doubts = bench_check(tmp_path, config)["doubts"]
    assert sorted(doubts.values()) == ["it does not pass again", "the witness does not pass again"]


def test_another_run_gives_the_same_bytes(sources: BenchInputs, bench: Path, tmp_path: Path) -> None:
    config = configure(out=tmp_path / "BENCH", sandbox="local", workers=1)
    bench_build(sources, config)
    assert file_digests(tmp_path / "BENCH") == file_digests(bench)
    assert (tmp_path / "BENCH/manifest.json").read_text() != ""
    assert (tmp_path / "BENCH/rejects.jsonl").read_bytes() == (bench / "rejects.jsonl").read_bytes()


def test_a_training_set_s_problems_stay_out(sources: BenchInputs, bench: Path, tmp_path: Path) -> None:
    config = configure(out=tmp_path / "BENCH", sandbox="local", workers=2)
    trained = written(
        tmp_path / "trained.jsonl", {"id": "x", "prompt": "Totals.", "reference": SUMS, "tests": SUM_TESTS}
    )
    by_file = replace(sources, sources=sources.sources[1:], decontaminate=(trained,))
    bench_build(by_file, config)
    assert {item.problem_id for _, item in read_items(tmp_path / "BENCH")} == {"runs"}
    by_folder = replace(sources, sources=sources.sources[1:], decontaminate=(bench,))
    config = configure(out=tmp_path / "NONE", sandbox="local", workers=2)
    assert bench_build(by_folder, config).exit_code == 1


def test_rollouts_of_no_source_are_said(sources: BenchInputs, tmp_path: Path) -> None:
    lost = written(tmp_path / "lost.jsonl", {"task_id": "other", "program": "x = 1\n"})
    config = configure(out=tmp_path / "BENCH", sandbox="local")
    with pytest.raises(InputError, match="none of its ids is the id of a problem of any source"):
        bench_build(replace(sources, rollouts_from=(lost,)), config)


def test_what_was_built_is_loaded_and_scored(bench: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    loaded = load_dataset(str(bench), "bench", cache_dir=str(tmp_path))
    assert sum(len(rows) for rows in loaded.values()) == len(read_items(bench))
    assert 0 <= bench_score(bench, baseline="longest")["all"]["f1"] < 1
