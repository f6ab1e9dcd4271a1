"""Configs that exports added to a dataset follow its labels and sides: they are made again, or they are
dropped with a notice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from prmdata.app.merge import MergeOptions, merge, relabel
from prmdata.datasets.compose import Composition
from prmdata.datasets.manifest import read_manifest
from prmdata.datasets.reader import configs, read_rows
from prmdata.exports.export import export
from tests.builders.exported import rows_of

PLAIN = Path(__file__).parents[1] / "golden" / "folder_0_1_0" / "plain"


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A dataset that was built, and has a train and a test side."""
    shutil.copytree(PLAIN, tmp_path / "plain")
    merge([tmp_path / "plain"], tmp_path / "OUT", MergeOptions("train=0.5,test=0.5"))
    return tmp_path / "OUT"


def of_config(out: Path, name: str) -> list[dict[str, Any]]:
    return [row for _, row in read_rows(out, name)]


def test_a_config_is_made_again_with_what_was_asked(dataset: Path, tmp_path: Path) -> None:
    chosen = Composition(max_per_problem=7, seed=3)
    export(dataset, "trl", as_config=True, composition=chosen)
    before = of_config(dataset, "trl")
    result = relabel(dataset, "paper")
    after = of_config(dataset, "trl")
    assert f"note: config trl was made again: {len(after)} rows" in result.text()
    export(dataset, "trl", tmp_path / "x", composition=chosen)
    assert sorted(map(json.dumps, after)) == sorted(map(json.dumps, rows_of(tmp_path / "x")))
    assert after != before, "paper labels other steps"
    assert read_manifest(dataset)["exports"]["trl"]["composition"]["max_per_problem"] == 7
    assert any(path.startswith("data/trl/") for path in read_manifest(dataset)["files"])
    assert "config_name: trl" in (dataset / "README.md").read_text()


def test_no_problem_stands_on_two_sides_after_a_merge_into_the_folder(dataset: Path, tmp_path: Path) -> None:
    for split in ("train=1", "train=0.001,test=0.999"):
        merge([tmp_path / "plain"], dataset, MergeOptions(split))
        side = {row["problem_id"]: name for name, row in read_rows(dataset, "problems")}
        assert set(side.values()) == {split.split("=")[0] if split == "train=1" else "test"}
        if split == "train=1":
            export(dataset, "trl", as_config=True)
        assert all(side[row["problem_id"]] == name for name, row in read_rows(dataset, "trl"))


def test_a_config_of_which_nothing_is_known_is_dropped_and_named(dataset: Path) -> None:
    export(dataset, "orm", as_config=True)
    manifest = json.loads((dataset / "manifest.json").read_text())
    del manifest["exports"]
    (dataset / "manifest.json").write_text(json.dumps(manifest))
    text = relabel(dataset, "paper").text()
    assert "note: config orm was dropped, for its options are not known; prmdata export" in text
    assert configs(dataset) == ["steps", "problems"]
    assert "config_name: orm" not in (dataset / "README.md").read_text()
    assert "orm" not in relabel(dataset, "strict").text()


def test_a_config_that_no_row_fits_any_more_is_dropped_and_named(dataset: Path) -> None:
    export(dataset, "trl", as_config=True)
    manifest = json.loads((dataset / "manifest.json").read_text())
    manifest["exports"]["trl"]["label_kind"] = "prefix"
    manifest["exports"]["trl"]["response_class"] = ["revised"]
    (dataset / "manifest.json").write_text(json.dumps(manifest))
    shutil.rmtree(dataset / "data" / "trl")
    text = relabel(dataset, "paper").text()
    assert "note: config trl was " in text
    assert ("trl" in configs(dataset)) == ("exports" in read_manifest(dataset))


def test_a_run_that_was_killed_in_between_renews_them_the_next_time(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(dataset, "trl", as_config=True)

    def killed(out: Path, **_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("prmdata.app.finish.write_card", killed)
        with pytest.raises(KeyboardInterrupt):
            relabel(dataset, "paper")
    assert "trl" not in configs(dataset), "nothing stale"
    assert "note: config trl was made again" in relabel(dataset, "paper").text()
