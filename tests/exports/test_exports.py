"""Exports refuse what a trainer would corrupt, with the reason. They choose and count rows, and their folders
load."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace

import pytest
from click.testing import CliRunner

from prmdata.cli.export import command as export_command
from prmdata.datasets.card import front_of
from prmdata.datasets.compose import Composition
from prmdata.datasets.reader import read_rows, read_traces
from prmdata.errors import InputError, NothingUsableError, UsageError
from prmdata.exports.export import export
from prmdata.exports.format import RefusedError
from prmdata.exports.format_names import SHIPPED, find, names
from prmdata.labels.relabel import relabel
from tests.builders.exported import FAULT, rows_of
from tests.builders.traces import write_split


def test_every_shipped_format_is_found_under_its_name():
    assert [find(name).name for name in SHIPPED] == list(SHIPPED)
    assert names()[: len(SHIPPED)] == list(SHIPPED)


@pytest.mark.parametrize("name", ["trl", "prm800k", "pairs", "critique", "processbench"])
def test_two_kinds_of_truth_are_mixed_only_when_asked(out, tmp_path, name):
    unasked = export(out, name, tmp_path / "x")
    fault = export(out, name, tmp_path / "y", label_kind="fault")
    assert rows_of(tmp_path / "x") == rows_of(tmp_path / "y")
    assert unasked.counts.left_out["label kind prefix"] == 16
    assert "--label-kind prefix exports the other" in unasked.text()
    assert "--label-kind" not in fault.text()
    one = export(out, name, tmp_path / "x", label_kind="prefix").counts
    both = export(out, name, tmp_path / "x", mix=True)
    assert max(one.labels.total(), fault.counts.labels.total()) < both.counts.labels.total()
    assert "--label-kind" not in both.text()


def test_steps_before_an_edit_go_out_with_labels_where_that_is_asked(out, tmp_path):
    for name in ("once", "always"):
        traces = relabel(read_traces(out), "strict", prefix_labels=name)
        write_split(list(traces), tmp_path / name / "data/steps", "train")
    asked = {"a": ("once", None), "b": ("always", "once"), "c": ("always", None), "d": ("once", "always")}
    labels = {
        to: export(
            tmp_path / source, "token-classification", tmp_path / to, prefix_labels=wanted
        ).counts.labels
        for to, (source, wanted) in asked.items()
    }
    assert rows_of(tmp_path / "a") == rows_of(tmp_path / "b")
    assert rows_of(tmp_path / "c") == rows_of(tmp_path / "d")
    assert labels["d"]["correct"] > labels["a"]["correct"]
    assert labels["d"]["incorrect"] == labels["a"]["incorrect"]


def test_values_are_of_kind_prefix_unasked(out, tmp_path):
    assert export(out, "values", tmp_path / "x").counts.left_out["label kind fault"] == 152


def test_a_rollout_with_nothing_behind_its_given_steps_has_no_values(made, tmp_path):
    whole = made.rollout_trace(0, None)
    whole = replace(whole, values=(0.5,) * len(whole.steps), prompt_value=0.5, k=4)
    given = whole.given_steps
    cut = {
        name: getattr(whole, name)[:given]
        for name in ("steps", "step_kinds", "executed", "labels", "reasons", "values")
    }
    empty = replace(whole, id="000000-empty", **cut)
    write_split([whole, empty], tmp_path / "OUT/data/steps", "train")
    counts = export(tmp_path / "OUT", "values", tmp_path / "x").counts
    assert [row["id"] for row in rows_of(tmp_path / "x")] == [whole.id]
    assert counts.left_out["no values"] == 1


@pytest.mark.parametrize("name", ["openrlhf", "math-shepherd"])
def test_text_that_holds_the_placeholder_is_refused(made, tmp_path, name):
    trace = made.reference_trace(0)
    russian = replace(trace, steps=(*trace.steps[:-1], '    return "деньки"\n'))
    write_split([russian], tmp_path / "OUT/data/steps", "train")
    with pytest.raises(RefusedError, match="placeholder"):
        export(tmp_path / "OUT", name, tmp_path / "x")
    if name == "openrlhf":
        export(tmp_path / "OUT", name, tmp_path / "x", placeholder="<|mark|>")
        assert rows_of(tmp_path / "x")[0]["input"].count("<|mark|>") == 6


class Words:
    """A tokenizer of words and signs: ``ки`` is one token, ``<|mark|>`` five."""

    def ids(self, text):

        return [hash(word) for word in re.findall(r"\w+|\S", text)]


def test_a_placeholder_of_many_tokens_is_refused(out, tmp_path):
    with pytest.raises(RefusedError, match="5 tokens"):
        export(out, "openrlhf", tmp_path / "x", placeholder="<|mark|>", tokenizer=Words(), **FAULT)
    export(out, "openrlhf", tmp_path / "x", tokenizer=Words(), **FAULT)


@pytest.mark.parametrize("labels", [(), (2, 0, 1, 1, 1, 1, 1, 1), (1, 0)])
def test_labels_that_no_trainer_can_hold_are_refused(made, tmp_path, labels):
    trace = replace(made.reference_trace(0), labels=labels)
    write_split([trace], tmp_path / "OUT/data/steps", "train")
    with pytest.raises(RefusedError, match=trace.id):
        export(tmp_path / "OUT", "trl", tmp_path / "x")


def test_rows_that_are_too_long_are_counted(out, tmp_path):
    counts = export(out, "trl", tmp_path / "x", tokenizer=Words(), max_length=50, **FAULT).counts
    lengths = [
        len(Words().ids(row["prompt"] + " ".join(row["completions"]))) for row in rows_of(tmp_path / "x")
    ]
    assert counts.longer
    assert counts.longer == sum(length > 50 for length in lengths)
    assert counts.longer < len(lengths)
    assert counts.longest == max(lengths)


def test_balanced_operators_are_told_in_the_figures(out, tmp_path):
    arguments = [
        str(out),
        "--format",
        "token-classification",
        "--balance",
        "operator",
        "-o",
        str(tmp_path / "x"),
    ]
    done = CliRunner().invoke(export_command, arguments)
    figures = json.loads((tmp_path / "x/export.json").read_text())
    assert figures["told_by_operator"][1] == 0.5 < figures["told_by_operator"][0]
    assert "% of the labels before, 50.0% now" in done.stdout
    operators = {trace.id: trace.edit.operator for trace in read_traces(out) if trace.edit is not None}
    written = Counter((operators[row["id"]], 0 in row["labels"]) for row in rows_of(tmp_path / "x"))
    assert sum(written.values()) == figures["rows"]["train"] + figures["rows"]["test"]
    assert all(written[operator, not is_wrong] == n for (operator, is_wrong), n in written.items())
    assert figures["left_out"]["balance_operator"] > 0
    assert CliRunner().invoke(export_command, [*arguments[:4], "step", *arguments[5:]]).exit_code == 2


def test_a_folder_that_is_not_an_export_is_left_alone(out, tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x/thesis.tex").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        export(out, "trl", tmp_path / "x", **FAULT)
    with pytest.raises(UsageError, match="--as-config"):
        export(out, "trl", **FAULT)
    with pytest.raises(UsageError, match="no such format"):
        export(out, "csv", tmp_path / "y")


def test_an_export_replaces_one_of_another_format(out, tmp_path):
    export(out, "openrlhf", tmp_path / "x", **FAULT)
    export(out, "trl", tmp_path / "x", **FAULT)
    assert not list((tmp_path / "x").glob("*.jsonl"))
    export(out, "processbench", tmp_path / "x", **FAULT)
    assert not list((tmp_path / "x/data").glob("*"))
    figures = json.loads((tmp_path / "x/export.json").read_text())
    assert figures["format"] == "processbench"


def test_rows_of_one_problem_that_stand_apart_are_not_taken_for_two_problems(made, tmp_path):
    rows = [made.reference_trace(0), made.reference_trace(1), made.edit_trace(0, 1)]
    write_split(rows, tmp_path / "OUT/data/steps", "train")
    with pytest.raises(InputError, match="merge"):
        export(tmp_path / "OUT", "pairs", tmp_path / "x")


def test_nothing_that_fits_is_an_error_that_counts_why(out, tmp_path):
    with pytest.raises(NothingUsableError, match="not of strategy curriculum 176") as nothing:
        export(out, "curriculum", tmp_path / "x")
    assert "prmdata build SOURCE --strategy curriculum" in str(nothing.value)
    with pytest.raises(NothingUsableError, match="leave out what chooses among rows"):
        export(out, "curriculum", tmp_path / "x", composition=Composition(max_per_problem=1))


def test_where_no_row_fits_an_earlier_export_stays(out, tmp_path):
    export(out, "trl", tmp_path / "x", **FAULT)
    before = rows_of(tmp_path / "x")
    with pytest.raises(NothingUsableError):
        export(out, "curriculum", tmp_path / "x")
    assert rows_of(tmp_path / "x") == before


@pytest.mark.parametrize("name", ["trl", "processbench"])
def test_the_readme_of_an_export_says_which_files_are_which_split(out, tmp_path, name):
    export(out, name, tmp_path / "x", **FAULT)
    front = front_of(tmp_path / "x")
    (config,) = front["configs"]
    assert [one["split"] for one in config["data_files"]] in (["train", "test"], ["test", "train"])
    for one in config["data_files"]:
        assert list((tmp_path / "x").glob(one["path"])), one
    assert front["license"] == front_of(out)["license"]
    text = (tmp_path / "x/README.md").read_text()
    assert str(tmp_path) not in text


def test_the_command_prints_one_json_object(out, tmp_path):
    arguments = [str(out), "--format", "trl", "-o", str(tmp_path / "x"), "--label-kind", "fault", "--json"]
    done = CliRunner().invoke(export_command, arguments)
    found = json.loads(done.stdout)
    assert found["rows"] == {"test": 38, "train": 114}
    assert found["path"] == str(tmp_path / "x")


def test_rows_are_chosen_and_what_went_is_counted(out, tmp_path):
    counts = export(out, "trl", tmp_path / "x", composition=Composition(max_per_problem=5), **FAULT).counts
    assert counts.left_out["max_per_problem"] == 160 - 40
    assert Counter(row["problem_id"] for row in rows_of(tmp_path / "x")).most_common(1)[0][1] <= 5
    revised = export(out, "trl", tmp_path / "y", label_kind="prefix", response_class=("revised",)).counts
    assert sum(revised.rows.values()) == 8 + 6


def test_as_a_config_it_stands_in_the_dataset_and_its_card(out, tmp_path):
    datasets = pytest.importorskip("datasets")
    for name in ("trl", "prm800k", "token-classification", "processbench"):
        export(out, name, as_config=True, **FAULT)
        found = datasets.load_dataset(str(out), name, cache_dir=str(tmp_path / "cache"))
        assert set(found) == {"train", "test"}
        assert sum(len(part) for part in found.values()) == len(list(read_rows(out, name)))
        declared = datasets.Features.from_arrow_schema(find(name).schema())
        assert found["train"].features == declared
    manifest = json.loads((out / "manifest.json").read_text())
    assert any(path.startswith("data/trl/") for path in manifest["files"])


@pytest.mark.parametrize("name", [n for n in SHIPPED if n not in ("curriculum", "verl")])
def test_datasets_loads_the_folder(out, tmp_path, name):
    datasets = pytest.importorskip("datasets")
    counts = export(out, name, tmp_path / "x", mix=True).counts
    found = datasets.load_dataset(str(tmp_path / "x"), cache_dir=str(tmp_path / "cache"))
    assert {split: len(part) for split, part in found.items()} == dict(counts.rows)
