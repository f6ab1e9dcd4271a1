"""Critiques tell what was seen and no more, and their verdict is the label."""

from __future__ import annotations

import re
from dataclasses import replace

from prmdata.exports.export import export
from prmdata.records import Counterexample, Probe, Verdict
from tests.builders.exported import rows_of
from tests.builders.traces import write_split


def test_critiques_say_what_was_seen_and_end_in_the_label(made, tmp_path):
    edit = made.edit_trace(0, 3, variant=1)
    crash = replace(
        made.edit_trace(1, 3),
        verdict=Verdict.RUNTIME_ERROR,
        error_type="TypeError",
        evidence=replace(edit.evidence, counterexample=None),
    )
    claimed = replace(made.edit_trace(2, 3), metadata={"claim": "correct", "explanation": "Nothing changes."})
    agreed = replace(made.edit_trace(3, 3), metadata={"claim": "incorrect", "explanation": "It adds one."})
    rollout = made.rollout_trace(4, 2)
    rollout = replace(rollout, probes=(Probe(rollout.cut, 4, 0),))
    write_split([edit, crash, claimed, agreed, rollout], tmp_path / "OUT/data/steps", "train")
    counts = export(tmp_path / "OUT", "critique", tmp_path / "x", mix=True).counts
    said = {(row["id"], row["label"]): row["completion"] for row in rows_of(tmp_path / "x")}
    assert "On input `([0, 3],)` the program should give" in said[(edit.id, 0)]
    assert "The step sets `best` to `best + n * 1 + 1`." in said[(edit.id, 0)]
    assert "raises TypeError: it does not pass 2 of 3 tests" in said[(crash.id, 0)]
    assert "Nothing changes" not in said[(claimed.id, 0)]
    assert "It adds one." in said[(agreed.id, 0)]
    assert "Of 4 completions of the lines so far, 0 passed" in said[(rollout.id, 0)]
    assert all(
        text.endswith("Judgement: " + ("correct" if n else "incorrect")) for (_, n), text in said.items()
    )
    assert counts.left_out["explanations that the evidence contradicts"] == 1


def test_critiques_never_say_more_than_was_seen(made, tmp_path):
    edit = made.edit_trace(0, 3)
    at = edit.edit.step
    raised = replace(
        edit,
        id="raised",
        evidence=replace(edit.evidence, counterexample=Counterexample("[]", "0", "raised KeyError")),
    )
    gone = replace(edit, id="gone", edit=replace(edit.edit, n_steps=0, before="    best = 0\n", after=""))
    two = replace(edit, id="two", edit=replace(edit.edit, step=at - 1, n_steps=2))
    lost = replace(made.rollout_trace(1, 0), id="lost", witness=None)
    saved = replace(made.rollout_trace(2, 2), id="saved")
    paper = replace(edit, id="paper", labels=(-100,) * (at - 1) + (1, 0, *edit.labels[at + 1 :]))
    tested = made.edit_trace(0, 1, 1)
    tested = replace(tested, id="tested", outcomes=tested.outcomes[:1])
    proved = replace(
        edit,
        id="proved",
        labels=(*edit.labels[:at], 1, *edit.labels[at + 1 :]),
        reasons=(*edit.reasons[:at], "proved", *edit.reasons[at + 1 :]),
    )
    write_split([raised, gone, two, paper, proved, tested, lost, saved], tmp_path / "OUT/data/steps", "train")
    export(tmp_path / "OUT", "critique", tmp_path / "x", mix=True)
    said = {(row["id"], row["label"]): row["completion"] for row in rows_of(tmp_path / "x")}
    assert "is proved to do the same as a program that passes them without" in said[("proved", 1)]
    assert "should give `0`, but with this line it raises KeyError." in said[("raised", 0)]
    assert "Before it, a line is missing: `best = 0`. On input" in said[("gone", 0)]
    assert "but without what is missing it gives" in said[("gone", 0)]
    assert "but with these lines it gives" in said[("two", 0)]
    assert "completed to a program" not in said[("lost", 0)], "nothing is known to complete the lines before"
    assert "while without the last line they can be completed" in said[("saved", 0)]
    assert re.search(r"can still be reached: \d of 4 completions passed", said[("saved", 1)])
    assert "The program passes" not in said[("paper", 1)], "the program of a failing edit does not"
    assert (
        "passes the test, and agrees with a known solution on 64 more inputs, 60 of which"
        in said[("tested", 1)]
    )


def test_critiques_quote_awkward_answers_briefly(made, tmp_path):
    edit = made.edit_trace(0, 0)
    huge = replace(
        edit, evidence=replace(edit.evidence, counterexample=Counterexample("a\nb", "x" * 9999, ""))
    )
    write_split([huge], tmp_path / "OUT/data/steps", "train")
    export(tmp_path / "OUT", "critique", tmp_path / "x")
    assert len(rows_of(tmp_path / "x")[0]["completion"]) < 800
