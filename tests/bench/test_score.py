"""Figures of hand-made predictions, and every way in which a file of them can be wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prmdata.app.score import bench_score
from prmdata.bench.baselines import PLAIN
from prmdata.bench.draw import picture, text
from prmdata.bench.item import read_items
from prmdata.cli.main import main
from prmdata.errors import InputError, UsageError
from tests.bench.items_by_hand import item, write_items, write_predictions

ITEMS = [
    ("validation", item("v1", 2, 1)),
    ("validation", item("v2", 2)),
    ("test", item("t1", 3, 1, stratum="planted")),
    ("test", item("t2", 3, 2, stratum="planted")),
    ("test", item("t3", 7)),
    ("test", item("t4", 2)),
]
GIVEN: dict[str, list[float]] = {
    "v1": [0.9, 0.3],
    "v2": [0.7, 0.7],  # the threshold: the middle of (0.3, 0.7]
    "t1": [0.8, 0.2, 0.1],  # step 1 was named, which is right: rank 2 of 3
    "t2": [0.4, 0.9, 0.1],  # step 0 was named, which is wrong: rank 1
    "t3": [0.9] * 7,  # the item is right, and it was called right
    "t4": [0.9, 0.45],  # the item is right, and it was called wrong
}


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    return write_items(tmp_path / "BENCH", ITEMS)


def rows(**changed: Any) -> list[dict[str, Any]]:
    scores = GIVEN | changed
    return [{"id": name, "scores": found} for name, found in scores.items() if found is not None]


def test_figures_are_those_computed_by_hand(bench: Path, tmp_path: Path) -> None:
    figures = bench_score(bench, write_predictions(tmp_path / "p.jsonl", rows()))
    assert figures["threshold"] == {"value": pytest.approx(0.5), "chosen_on": "validation"}
    whole = figures["all"]
    assert (whole["items"], whole["wrong"], whole["right"]) == (4, 2, 2)
    assert (whole["acc_error"], whole["acc_correct"], whole["f1"]) == (0.5, 0.5, 0.5)
    assert (whole["top1"], whole["top3"], whole["mrr"]) == (0.5, 1.0, 0.75)
    # Wrong steps: 0.2 and 0.1. Right ones: 0.8; 0.4 and 0.9; seven times 0.9; 0.9 and 0.45.
    assert whole["auc"] == 1.0
    assert figures["by_stratum"]["planted"]["acc_error"] == 0.5
    assert figures["by_stratum"]["planted"]["acc_correct"] is None
    assert figures["by_stratum"]["planted"]["f1"] is None
    assert figures["by_length"]["6-10 steps"]["right"] == 1
    low, high = whole["intervals"]["top3"]
    assert low == high == 1.0


def test_named_errors_need_no_threshold_and_all_items_count(bench: Path, tmp_path: Path) -> None:
    named = [{"id": one.id, "first_error": one.label} for _, one in read_items(bench)]
    figures = bench_score(bench, write_predictions(tmp_path / "p.jsonl", named))
    assert figures["threshold"] is None
    assert figures["all"]["items"] == 6
    assert figures["all"]["f1"] == figures["all"]["top1"] == 1.0
    assert figures["all"]["auc"] is None
    only = bench_score(bench, tmp_path / "p.jsonl", split="validation")
    assert only["all"]["items"] == 2


def test_the_same_figures_every_time_as_a_table_and_a_picture(bench: Path, tmp_path: Path) -> None:
    path = write_predictions(tmp_path / "p.jsonl", rows())
    figures = bench_score(bench, path)
    assert json.dumps(figures) == json.dumps(bench_score(bench, path))
    table = text(figures).split("\n")
    assert table[1].split()[:8] == [
        "all",
        "2",
        "wrong,",
        "2",
        "right",
        "50.0",
        table[1].split()[6],
        table[1].split()[7],
    ]
    assert "best F1 on validation" in table[-2]
    assert picture(figures, "a<b").count("<rect") == 1 + sum(
        group["f1"] is not None
        for group in [figures["all"], *figures["by_stratum"].values(), *figures["by_length"].values()]
    )


@pytest.mark.parametrize("name", PLAIN)
def test_baselines_give_a_score_a_step_and_are_thresholded(bench: Path, name: str) -> None:
    for _, one in read_items(bench):
        assert len(PLAIN[name](one)) == len(one.steps)
    assert bench_score(bench, baseline=name)["threshold"] is not None


def test_what_each_baseline_suspects() -> None:
    one = item("a", 3, steps=("ab", "  abcdef", "abc"))
    lowest = {name: min(range(3), key=PLAIN[name](one).__getitem__) for name in ("last", "first", "longest")}
    assert lowest == {"last": 2, "first": 0, "longest": 1}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"t1": None}, "p.jsonl: no prediction for the item 't1'; every item needs one"),
        ({"v1": None, "t2": None}, "no prediction for the item 'v1' and 1 more"),
        ({"t1": [0.1]}, "p.jsonl:3: item 't1' has 3 steps and 1 scores"),
        ({"t1": [0.1, float("nan"), 0.2]}, "p.jsonl:3: item 't1': scores[1] must be a finite number, found nan"),
        ({"t1": [0.1, 10**400, 0.2]}, "scores[1] must be a finite number"),
        ({"t1": [0.1, "0.3", 0.2]}, "scores[1] must be a finite number, found '0.3'"),
        ({"t1": [0.1, True, 0.2]}, "scores[1] must be a finite number, found True"),
        ({"t1": "low"}, "item 't1': 'scores' must be a list of numbers, found 'low'"),
        ({"x": [0.1]}, "p.jsonl:7: no item has the id 'x'"),
    ],
)  # fmt: skip
def test_bad_predictions_are_one_line(
    bench: Path, tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    path = write_predictions(tmp_path / "p.jsonl", rows(**changed))
    with pytest.raises(InputError) as caught:
        bench_score(bench, path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "p.jsonl:1: not JSON"),
        ("[]", "p.jsonl:1: a prediction is an object"),
        ('{"scores": []}', "needs the id of an item"),
        ('{"id": "t1"}', "item 't1' needs either 'scores' or 'first_error'"),
        ('{"id": "t1", "first_error": 3}', "must be a whole number from -1 (no error) to 2, found 3"),
        ('{"id": "t1", "first_error": true}', "found True"),
        ('{"id": "t1", "first_error": 0}\n{"id": "t1", "first_error": 0}', "p.jsonl:2: a second prediction"),
    ],
)
def test_bad_lines_are_one_line(bench: Path, tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(InputError) as caught:
        bench_score(bench, path)
    assert said in str(caught.value)


def test_what_is_no_benchmark_and_what_is_not_asked_well(out: Path, bench: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no benchmark"):
        bench_score(out, baseline="last")
    with pytest.raises(InputError, match="no such file"):
        bench_score(bench, tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="either a file of predictions or --baseline"):
        bench_score(bench)
    with pytest.raises(UsageError, match="--train"):
        bench_score(bench, baseline="ngram")
    with pytest.raises(InputError, match="its splits are test, validation"):
        bench_score(bench, baseline="last", split="train")


def test_ngram_learns_from_labelled_steps(out: Path, bench: Path) -> None:
    figures = bench_score(bench, baseline="ngram", train=out)
    assert figures["all"]["auc"] is not None


def test_the_command_says_one_line_and_two_for_bad_predictions(
    bench: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write_predictions(tmp_path / "good.jsonl", rows())
    with pytest.raises(SystemExit) as ended:
        main(["bench", "score", str(bench), str(good), "--json", "--picture", str(tmp_path / "f1.svg")])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["all"]["f1"] == 0.5
    assert (tmp_path / "f1.svg").read_text().startswith("<svg")
    bad = write_predictions(tmp_path / "bad.jsonl", rows(t1=[0.1]))
    with pytest.raises(SystemExit) as ended:
        main(["bench", "score", str(bench), str(bad)])
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
