"""Reviewing labels: the same seed gives the same sample, the labels are hidden, judgements are kept, a review
continues, and the agreement has an interval."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from prmdata.cli.review import command
from prmdata.errors import InputError
from prmdata.pages.review.sample_review import ReviewFinding, add_finding, agreement, findings, sample


def run(out, answers, *more):
    return CliRunner().invoke(
        command, [str(out), "--by", "ada", *more], input=answers, catch_exceptions=False
    )


def keys(items):
    return [(item.trace.id, item.step) for item in items]


def test_the_sample_is_half_of_each_class_and_fixed_by_its_seed(out):
    first = sample(out, 20, seed=1)
    assert sorted(item.label for item in first) == [0] * 10 + [1] * 10
    assert keys(first) == keys(sample(out, 20, seed=1))
    assert keys(first) != keys(sample(out, 20, seed=2))
    assert all(item.trace.labels[item.step] in (0, 1) for item in first)


def test_a_sample_larger_than_a_class_takes_more_of_the_other(out):
    everything = sample(out, 10_000)
    assert len(everything) == 156 + 104
    some = sample(out, 250)
    assert sum(item.label == 0 for item in some) == 104 or len(some) == 250


def test_judging_is_blind_kept_and_resumed(out):
    done = run(out, "c\ni\nx\nu\nq\n", "--sample", "10")
    assert done.exit_code == 0
    kept = list(findings(out))
    assert [found.judgement for found in kept] == ["correct", "incorrect", "unsure"]
    first = sample(out, 10)[0]
    shown = done.stderr[: done.stderr.index("[c]orrect")]
    assert first.trace.reasons[first.step] not in shown, "the reason would tell the label"
    again = run(out, "c\n" * 50, "--sample", "10")
    assert "1 of 7" in again.stderr
    assert [(found.row, found.step) for found in findings(out)] == keys(sample(out, 10))
    assert "judged: 10 labels by 1 person, 1 unsure" in again.stdout


def test_what_a_prefix_label_is_about_shows_nothing_after_the_step(out):
    from prmdata.pages.review.review_text import question

    item = next(
        i for i in sample(out, 10_000) if i.trace.label_kind == "prefix" and i.step < len(i.trace.steps) - 1
    )
    text = "\n".join(question(item, "1 of 1"))
    assert item.trace.steps[item.step].strip() in text
    assert f" {item.step + 1:>3} │" not in text


def test_agreement_counts_the_last_word_of_each_person(out):
    for judgement in ("incorrect", "correct"):
        add_finding(out, ReviewFinding("row", 1, 1, "strict", judgement, "ada"))
    add_finding(out, ReviewFinding("row", 1, 1, "strict", "incorrect", "bob"))
    add_finding(out, ReviewFinding("row", 2, 0, "strict", "unsure", "bob"))
    found = agreement(out)
    assert (found["judged"], found["unsure"], found["people"]) == (3, 1, 2)
    assert (found["all"]["agreed"], found["all"]["n"]) == (1, 2)
    assert found["incorrect"]["share"] is None
    assert json.loads(run(out, "", "--sample", "0", "--json").stdout)["all"]["n"] == 2


def test_a_torn_last_line_is_judged_again_and_a_broken_one_is_named(out):
    add_finding(out, ReviewFinding("row", 1, 1, "strict", "correct", "ada"))
    with (out / "review.jsonl").open("a") as file:
        file.write('{"row": "r')
    assert len(list(findings(out))) == 1
    add_finding(out, ReviewFinding("row", 2, 1, "strict", "correct", "ada"))
    assert [found.step for found in findings(out)] == [1, 2]
    lines = (out / "review.jsonl").read_text().split("\n")
    (out / "review.jsonl").write_text("\n".join([lines[0], "{}", lines[1], ""]))
    with pytest.raises(InputError, match=r"review.jsonl:2"):
        list(findings(out))
