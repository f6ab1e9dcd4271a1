"""The figures of a dataset as JSON, and its card."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import yaml
from click.testing import CliRunner

from prmdata.cli.stats import command as stats_command
from prmdata.datasets.card import card_text
from prmdata.datasets.reader import read_traces
from tests.builders.traces import write_split


def front(out):
    return yaml.safe_load(card_text(out).split("---\n")[1])


def test_stats_are_json_that_equals_a_query(out, queries):
    found = json.loads(CliRunner().invoke(stats_command, [str(out), "--json"]).stdout)
    wanted = queries.figures(out)
    assert {name: wanted[f"labels.{name}"] for name in found["labels"]} == found["labels"]
    assert (found["rows"], found["problems"], found["edits"]) == (
        wanted["rows"],
        wanted["problems"],
        wanted["edits"],
    )
    for operator, by in found["edits_by_operator"].items():
        assert all(wanted[f"operator.{operator}.{name}"] == n for name, n in by.items())
    assert found["rejects"] == {"vet": {"no_tests": 1, "reference_fails": 1}}
    lines = CliRunner().invoke(stats_command, [str(out)]).stdout
    assert f"rows: {wanted['rows']}\n" in lines


def test_the_card_has_the_configs_the_figures_and_the_command(out, queries):
    text, wanted = card_text(out), queries.figures(out)
    head = front(out)
    assert head["configs"][0] == {
        "config_name": "steps",
        "data_files": [
            {"split": split, "path": f"data/steps/{split}-*.parquet"} for split in ("train", "test")
        ],
        "default": True,
    }
    splits = {part["name"]: part["num_examples"] for part in head["dataset_info"][0]["splits"]}
    assert splits == {"train": 132, "test": 44}
    assert head["license"] == "apache-2.0"
    assert f"| correct | {wanted['labels.correct']:,} |" in text
    assert "prmdata build made.jsonl -o OUT\n" in text
    assert (
        "3 requests to a teacher, 900 prompt and 70 completion tokens; price unknown; 12 s of wall time"
        in text
    )
    assert "| made | Apache-2.0 | 8 |" in text


def test_the_card_says_how_far_labels_are_given_away(out, made, tmp_path):
    found = json.loads(CliRunner().invoke(stats_command, [str(out), "--json"]).stdout)
    labelled = sum(
        by.get("correct", 0) + by.get("incorrect", 0) for by in found["edits_by_operator"].values()
    )
    assert found["giveaway"]["edits"] == found["giveaway"]["texts"] == labelled
    share = 100 * found["giveaway"]["by_operator"] / labelled
    text = card_text(out)
    assert (
        f"knows the operator alone and says its commoner label is right for {share:.1f}%. Naive Bayes" in text
    )
    write_split([made.reference_trace(0)], tmp_path / "data/steps", "train")
    assert "gives labels away" not in card_text(tmp_path)
    write_split([made.edit_trace(0, 0)], tmp_path / "data/steps", "train")
    assert "is right for 100.0%. `prmdata export --balance operator`" in card_text(tmp_path)


def test_the_example_on_the_card_is_a_row_with_its_evidence(out, made):
    text = card_text(out)
    found = re.search(r"\(row `(.*?)`\):\n\n```text\n(.*?)\n```\n\nThe evidence: (.*)\n", text, re.DOTALL)
    assert found is not None
    row = next(row for row in read_traces(out) if row.id == found[1])
    assert row.edit is not None
    assert row.evidence.counterexample is not None
    assert 0 in row.labels
    assert f"on input `{row.evidence.counterexample.input}` the reference gives" in found[3]
    shown = [line[8:].split("  ← ")[0] for line in found[2].split("\n")]
    assert "\n".join([*shown, ""]) == "".join(row.steps)


def test_licences_that_differ_are_all_named(made, tmp_path):
    rows = [made.reference_trace(0), replace(made.reference_trace(1), license="MIT", source="other")]
    fence = replace(made.edit_trace(2, 0), steps=("```\n", *made.edit_trace(2, 0).steps[1:]), license="")
    write_split([*rows, fence], tmp_path / "data/steps", "train")
    assert front(tmp_path)["license"] == "other"
    text = card_text(tmp_path)
    assert "| other | MIT | 1 |" in text
    assert "| made | not stated by the source | 1 |" in text
    assert text.count("```") % 2 == 0, "a program cannot end the fence it stands in"


def test_texts_that_are_not_ours_are_no_markup_on_the_card(made, tmp_path):
    odd = replace(made.reference_trace(0), license="a|b\n<b>", source="[x](y)\x1b[1m", problem_id="p`q\n``")
    write_split([odd], tmp_path / "data/steps", "train")
    text = card_text(tmp_path)
    assert "| \\[x\\]\\(y\\)\\\\x1b\\[1m | a\\|b\\\\n\\<b\\> | 1 |" in text
    assert "of ``` p`q⏎`` ``` (row" in text
    assert "\x1b" not in text
