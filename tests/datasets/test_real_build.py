"""A real build (bundled problems, and HumanEval if PRMDATA_DATA names it): every config loads, every figure
of the report equals a query, exports give the labels back, and every reason is described."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from prmdata.cli.main import main
from prmdata.datasets.describe import REASONS
from prmdata.datasets.reader import configs, read_traces
from prmdata.exports.export import export
from prmdata.records import IGNORE

TWO_SIDES = ("--split", "train=0.7,test=0.3", "--seed", "1")
"""With this seed one of the first four problems of either source lies in ``test``."""
ROLLOUTS = "humaneval_codegen16b/rollouts.jsonl.gz"


def built(folder: Path, *arguments: str) -> Path:
    with pytest.raises(SystemExit) as ended:
        main(["build", *arguments, "-o", str(folder), "--sandbox", "local", *TWO_SIDES])
    assert ended.value.code == 0
    return folder


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    both = ("--strategy", "mutate-refactor", "--strategy", "curriculum")
    return built(tmp_path_factory.mktemp("sample") / "OUT", "sample", "--limit", "4", *both)


@pytest.fixture(scope="module")
def humaneval(tmp_path_factory):
    if not os.environ.get("PRMDATA_DATA"):
        pytest.skip("PRMDATA_DATA does not name the real data")
    data = Path(os.environ["PRMDATA_DATA"])
    source = (str(data / "humaneval/HumanEval.jsonl.gz"), "--limit", "4")
    return built(tmp_path_factory.mktemp("humaneval") / "OUT", *source)


@pytest.fixture(params=["sample", pytest.param("humaneval", marks=[pytest.mark.data, pytest.mark.slow])])
def root(request):
    return request.getfixturevalue(request.param)


def test_every_config_of_the_card_loads(root, tmp_path):
    datasets = pytest.importorskip("datasets")
    named = re.findall(r"^- config_name: (\w+)$", (root / "README.md").read_text(), re.MULTILINE)
    assert set(named) == set(configs(root)) == {"steps", "problems"}
    for name in set(named):
        found = datasets.load_dataset(str(root), name, cache_dir=str(tmp_path / "cache"))
        assert set(found) == {"train", "test"}


def test_the_old_program_is_the_new_one_with_its_edit_undone(root):
    rows = list(read_traces(root))
    references = {row.problem_id: "".join(row.steps) for row in rows if row.label_kind == "reference"}
    plain = [row for row in rows if row.edit is not None and not row.edit.also_changed]
    assert plain
    for row in plain:
        edit = row.edit
        assert edit is not None
        new = row.steps[edit.step : edit.step + edit.n_steps]
        assert "".join(new) == edit.after
        undone = (*row.steps[: edit.step], edit.before, *row.steps[edit.step + edit.n_steps :])
        assert "".join(undone) == references[row.problem_id], row.id


def test_figures_of_the_report_equal_queries(root, queries):
    html = (root / "report.html").read_text("utf-8")
    shown = Counter({k: int(v) for k, v in re.findall(r'data-figure="([^"]+)" data-value="(\d+)"', html)})
    manifest = json.loads((root / "manifest.json").read_text())
    assert shown.pop("given") == manifest["counts"]["problems"]
    wanted = queries.figures(root)
    assert +shown == +wanted
    card = (root / "README.md").read_text()
    assert f"| all | {wanted['rows']:,} | {wanted['problems']:,} |" in card


def test_every_reason_is_described(root):
    assert {reason for row in read_traces(root) for reason in row.reasons} <= set(REASONS)


@pytest.mark.parametrize("name", ["trl", "token-classification", "prm800k"])
def test_labels_come_back(root, tmp_path, name):
    export(root, name, tmp_path / "x", mix=True)
    traces = {row.id: row for row in read_traces(root) if row.stage is None}
    wanted = Counter((row.id, label) for row in traces.values() for label in row.labels if label != IGNORE)
    if name == "prm800k":
        lines = [json.loads(line) for path in (tmp_path / "x").glob("*.jsonl") for line in path.open()]
        said = [c for line in lines for step in line["label"]["steps"] for c in step["completions"]]
        rated = [(c["id"], part["rating"]) for c in said for part in c["parts"] or [c]]
        assert Counter((row, {1: 1, -1: 0}[rating]) for row, rating in rated if rating is not None) == wanted
        assert any(c["parts"] for c in said), "edits of several new steps are among them"
        return
    got: Counter[Any] = Counter()
    for row in pq.read_table(tmp_path / "x/data").to_pylist():
        trace = traces[row["id"]]
        end = len(trace.labels) - len(trace.labels[trace.given_steps :]) + len(row["labels"])
        assert tuple(row["labels"]) == trace.labels[end - len(row["labels"]) : end]
        got.update((row["id"], label) for label in row["labels"] if label != IGNORE)
        text = row.get("text") or row["prompt"] + "\n".join([*row["completions"], ""])
        assert text.endswith("".join(trace.steps[trace.given_steps : end]).split("\n", 1)[-1])
    assert got == wanted
