"""Exports: labels read back equal those in ``steps``; the prompt comes once; what a trainer would corrupt
is refused with the reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.datasets.compose import Composition
from prmdata.datasets.problem_rows import problems_schema
from prmdata.datasets.reader import read_rows, read_traces
from prmdata.datasets.writer import write_rows
from prmdata.errors import InputError, NothingUsableError, UsageError
from prmdata.exports.answer_text import parts
from prmdata.exports.export import export
from prmdata.exports.format import RefusedError
from prmdata.exports.format_names import SHIPPED, find, names
from prmdata.records import IGNORE, Counterexample, Probe, Verdict
from prmdata.steps.split import split_steps
from tests.builders.traces import write_split

FAULT = {"label_kind": "fault"}


def rows_of(folder):
    lines = sorted(folder.glob("*.jsonl"))
    if lines:
        return [json.loads(line) for path in lines for line in path.read_text("utf-8").split("\n") if line]
    return [row for _, row in _parquet(folder)]


def _parquet(folder):
    import pyarrow.parquet as pq

    return [
        (p, row) for p in sorted((folder / "data").glob("*.parquet")) for row in pq.read_table(p).to_pylist()
    ]


def by_id(out, kinds=("reference", "fault")):
    return {t.id: t for t in read_traces(out) if t.label_kind in kinds}


def own_labels(trace):
    """(step, label) of every labelled step, up to and with the first error."""
    found = []
    for step, label in enumerate(trace.labels):
        found += [(step, label)] if label != IGNORE else []
        if label == 0:
            break
    return found


def test_every_shipped_format_is_found_under_its_name():
    assert [find(name).name for name in SHIPPED] == list(SHIPPED)
    assert names()[: len(SHIPPED)] == list(SHIPPED)


# ---------------------------------------------------------------- labels come back


def test_trl_gives_back_the_labels_and_the_text(out, tmp_path):
    export(out, "trl", tmp_path / "x", **FAULT)
    traces, rows = by_id(out), rows_of(tmp_path / "x")
    assert {row["id"] for row in rows} == {t.id for t in traces.values() if set(t.labels) & {0, 1}}
    for row in rows:
        trace = traces[row["id"]]
        first = trace.given_steps
        back = [(first + i, label) for i, label in enumerate(row["labels"]) if label != IGNORE]
        assert back == own_labels(trace)
        said = row["prompt"] + "".join(step + "\n" for step in row["completions"])
        assert "".join(trace.steps).startswith(said)
        assert not any(step.endswith("\n") for step in row["completions"])
        assert row["labels"].count(0) <= 1
        assert 0 not in row["labels"][:-1]


def test_trl_labels_are_int64(out, tmp_path):
    export(out, "trl", tmp_path / "x", **FAULT)
    import pyarrow.parquet as pq

    schema = pq.read_schema(next((tmp_path / "x/data").glob("*.parquet")))
    assert str(schema.field("labels").type.value_type) == "int64"


def test_token_classification_spans_are_the_steps(out, tmp_path):
    export(out, "token-classification", tmp_path / "x", **FAULT)
    traces = by_id(out)
    for row in rows_of(tmp_path / "x"):
        trace = traces[row["id"]]
        assert "".join(trace.steps).startswith(row["text"])
        spans = [row["text"][a:b] for a, b in zip(row["starts"], row["ends"], strict=True)]
        first = trace.given_steps
        assert spans == [step.rstrip("\n") for step in trace.steps[first : first + len(spans)]]
        assert [(first + i, n) for i, n in enumerate(row["labels"]) if n != IGNORE] == own_labels(trace)


def test_prm800k_gives_back_every_label_of_every_edit(out, tmp_path):
    export(out, "prm800k", tmp_path / "x", **FAULT)
    lines, traces = rows_of(tmp_path / "x"), by_id(out)
    assert len(lines) == 8, "all edits of a problem stand in its reference's line"
    back = Counter()
    for line in lines:
        prefix = line["question"]["problem"]
        for step in line["label"]["steps"]:
            for said in step["completions"]:
                back[(said["id"], prefix + said["text"], {1: 1, -1: 0, None: IGNORE}[said["rating"]])] += 1
            prefix += step["completions"][step["chosen_completion"]]["text"]
    for trace in traces.values():
        wanted = range(trace.given_steps, len(trace.steps)) if trace.edit is None else [trace.edit.step]
        for at in wanted:
            assert back[(trace.id, "".join(trace.steps[: at + 1]), trace.labels[at])] == 1
    assert sum(back.values()) == sum(
        len(t.steps) - t.given_steps if t.edit is None else 1 for t in traces.values()
    )


def test_prm800k_keeps_edits_of_edited_programs_as_lines_of_their_own(made, tmp_path):
    base, deep = made.reference_trace(0), made.edit_trace(0, 3)
    deep = replace(deep, id="deep", steps=(*deep.steps[:2], "    found = list()\n", *deep.steps[3:]))
    write_split([base, deep], tmp_path / "OUT/data/steps", "train")
    export(tmp_path / "OUT", "prm800k", tmp_path / "x")
    lines = rows_of(tmp_path / "x")
    assert len(lines) == 2
    last = lines[1]["label"]["steps"][-1]["completions"]
    assert [(said["id"], said["rating"]) for said in last] == [("deep", -1)]


def test_prm800k_keeps_the_rating_of_each_new_step(made, tmp_path):
    base, edit = made.reference_trace(0), made.edit_trace(0, 3, 1)
    at = edit.edit.step
    steps = (*base.steps[:at], "        new = best + n\n", "        best = new\n", *base.steps[at + 1 :])
    labels = (*base.labels[:at], 1, 1, *(-100,) * (len(base.steps) - at - 1))
    more = {
        name: (*getattr(edit, name), getattr(edit, name)[-1])
        for name in ("reasons", "executed", "step_kinds")
    }
    two = replace(edit, id="two", steps=steps, labels=labels, edit=replace(edit.edit, n_steps=2), **more)
    write_split([base, two], tmp_path / "OUT/data/steps", "train")
    counts = export(tmp_path / "OUT", "prm800k", tmp_path / "x").counts
    assert counts.labels == {"correct": 6 + 2}
    (line,) = rows_of(tmp_path / "x")
    own, beside = line["label"]["steps"][3]["completions"]
    assert own["parts"] is None
    assert (beside["id"], beside["text"], beside["rating"]) == ("two", "".join(steps[at : at + 2]), 1)
    assert [(part["text"], part["rating"]) for part in beside["parts"]] == [
        (steps[at], 1),
        (steps[at + 1], 1),
    ]


@pytest.mark.parametrize("name", ["openrlhf", "math-shepherd"])
def test_placeholders_stand_after_labelled_steps_only(out, tmp_path, name):
    export(out, name, tmp_path / "x", **FAULT)
    traces = by_id(out)
    for row in rows_of(tmp_path / "x"):
        pieces = row["input"].split("ки")
        if name == "openrlhf":
            signs = row["label"]
        else:
            signs, at = [], 0
            for piece in pieces[:-1]:
                at += len(piece)
                signs.append(row["label"][at])
                at += 1
        assert len(signs) == len(pieces) - 1
        back = [
            (piece.strip("\n").split("\n")[-1].rstrip(), sign)
            for piece, sign in zip(pieces, signs, strict=False)
        ]
        trace = traces[row["id"]]
        assert back == [(trace.steps[i].rstrip(), "+-"[1 - n]) for i, n in own_labels(trace)]


# ---------------------------------------------------------------- prompt and given steps once


@given(st.integers(0, 9), st.sampled_from(["", "    ", "\n", "    # write it\n", "    # a\n    # b\n\n"]))
def test_a_prompt_of_code_and_the_answer_are_the_program_once(made, place, tail):
    trace = made.reference_trace(place)
    prompt = trace.prompt + tail
    program = prompt.rstrip(" ") + "".join(trace.steps[trace.given_steps :])
    steps = tuple(step.text for step in split_steps(program))
    moved = replace(trace, prompt=prompt, steps=steps, labels=trace.labels, reasons=trace.reasons)
    part = parts(moved)
    assert part.question + "".join(part.steps) == program
    assert part.question.endswith("\n")
    assert len(part.steps) == len(part.labels) == len(part.reasons)


def test_a_prompt_in_words_is_followed_by_the_whole_program(made):
    trace = replace(made.reference_trace(0), prompt="Sum the numbers.", given_steps=0)
    part = parts(trace)
    assert part.question == "Sum the numbers.\n"
    assert part.steps == trace.steps


def test_a_rollout_with_another_docstring_does_not_repeat_the_signature(made):
    trace = made.reference_trace(0)
    trimmed = replace(trace, steps=(trace.steps[0], '    """Trimmed."""\n', *trace.steps[2:]))
    part = parts(trimmed)
    assert part.question == trace.prompt
    assert part.steps == trace.steps[2:]


def test_a_prompt_that_ends_within_a_line_is_completed_by_the_step(made):
    trace = made.reference_trace(0)
    part = parts(replace(trace, prompt=trace.prompt + "    found"))
    assert part.question + "".join(part.steps) == "".join(trace.steps)


# ---------------------------------------------------------------- refusals


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


def test_values_are_of_kind_prefix_unasked(out, tmp_path):
    assert export(out, "values", tmp_path / "x").counts.left_out["label kind fault"] == 152


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
        import re

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
    assert 0 < counts.longer == sum(length > 50 for length in lengths) < len(lengths)
    assert counts.longest == max(lengths)


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
    with pytest.raises(NothingUsableError, match="not of strategy curriculum 176"):
        export(out, "curriculum", tmp_path / "x")


# ---------------------------------------------------------------- the other layouts


def test_pairs_share_their_prefix_and_prefer_the_same_hand(out, tmp_path):
    export(out, "pairs", tmp_path / "x", **FAULT)
    rows, traces = rows_of(tmp_path / "x"), by_id(out)
    assert len(rows) == 96
    passing = {"".join(t.steps) for t in traces.values() if t.verdict == Verdict.PASSED}
    for row in rows:
        assert row["chosen"] != row["rejected"]
        assert "".join(traces[row["id"]].steps).startswith(row["prompt"] + row["rejected"])
        assert any(program.startswith(row["prompt"] + row["chosen"]) for program in passing)
        assert row["chosen_by"] != "reference", "a passing refactor of the same step exists"


def test_pairs_of_rollouts_prefer_what_did_pass(out, tmp_path):
    export(out, "pairs", tmp_path / "x", label_kind="prefix")
    for row in rows_of(tmp_path / "x"):
        assert row["chosen"] + " - 1" == row["rejected"].replace("\n", "") or row["rejected"].startswith(
            row["chosen"].rstrip()
        )
        assert row["chosen_by"] == "openai:made-model"


def test_orm_counts_a_program_once_and_leaves_out_the_disputed(made, tmp_path):
    base = made.reference_trace(0)
    disputed = made.edit_trace(0, 1, 1)
    disputed = replace(disputed, evidence=replace(disputed.evidence, inputs_disagreed_outside=2))
    twin = replace(made.edit_trace(0, 2), id="twin")
    write_split([base, disputed, made.edit_trace(0, 2), twin], tmp_path / "OUT/data/steps", "train")
    counts = export(tmp_path / "OUT", "orm", tmp_path / "x").counts
    assert [(row["id"], row["label"]) for row in rows_of(tmp_path / "x")] == [
        (base.id, 1),
        (made.edit_trace(0, 2).id, 0),
    ]
    assert counts.left_out == {"disputed": 1, "same program": 1}


def test_curriculum_gives_the_prefix_and_asks_for_the_rest(made, tmp_path):
    base = made.reference_trace(0)
    stages = [
        replace(base, id=f"stage{i}", strategy="curriculum", label_kind="prefix", stage=i, cut=at)
        for i, at in enumerate((4, 2))
    ]
    write_split([base, *stages], tmp_path / "OUT/data/steps", "train")
    export(tmp_path / "OUT", "curriculum", tmp_path / "x")
    rows = rows_of(tmp_path / "x")
    assert [row["prompt"] + row["completion"] for row in rows] == ["".join(base.steps)] * 2
    assert [row["steps"] for row in rows] == [list(base.steps[4:]), list(base.steps[2:])]
    assert all(len(row["executed"]) == len(row["steps"]) for row in rows)
    assert {row["guide"] for row in rows} == {"reference"}
    trl = export(tmp_path / "OUT", "trl", tmp_path / "t").counts
    assert trl.left_out == {"curriculum stage": 2}, "stages repeat the reference's steps and are no labels"


def test_values_and_rewards_are_null_where_not_all_k_ran(out, tmp_path):
    export(out, "values", tmp_path / "x", label_kind="prefix")
    for row in rows_of(tmp_path / "x"):
        assert len(row["values"]) == len(row["steps"]) == len(row["rewards"])
        known = [value for value in (row["prompt_value"], *row["values"]) if value is not None]
        assert known[0] + sum(reward for reward in row["rewards"] if reward is not None) == pytest.approx(
            known[-1]
        )
        assert None in row["values"]


def test_a_rollout_without_an_answer_has_no_values(made, tmp_path):
    """A model may answer nothing: the program is the prompt, and every step of it is given."""
    rollout = made.rollout_trace(0, 2)
    given = rollout.given_steps
    names = ("steps", "step_kinds", "executed", "labels", "reasons")
    cut = {name: getattr(rollout, name)[:given] for name in names}
    empty = replace(rollout, id="empty", values=(None,) * (given - 1) + (0.5,), cut=None, probes=(), **cut)
    write_split([rollout, empty], tmp_path / "OUT/data/steps", "train")
    assert export(tmp_path / "OUT", "values", tmp_path / "x").counts.left_out == {"no values": 1}


def test_processbench_names_the_first_error(out, tmp_path):
    export(out, "processbench", tmp_path / "x", **FAULT)
    traces = by_id(out)
    for row in rows_of(tmp_path / "x"):
        trace = traces[row["id"]]
        expected = trace.labels.index(0) - trace.given_steps if 0 in trace.labels else -1
        assert row["label"] == expected
        assert row["final_answer_correct"] == (trace.verdict == Verdict.PASSED)


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
    write_split([raised, gone, two, paper, tested, lost, saved], tmp_path / "OUT/data/steps", "train")
    export(tmp_path / "OUT", "critique", tmp_path / "x", mix=True)
    said = {(row["id"], row["label"]): row["completion"] for row in rows_of(tmp_path / "x")}
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


def test_verl_carries_the_tests(out, made, tmp_path):
    with pytest.raises(InputError, match="problems"):
        export(out, "verl", tmp_path / "x")
    problem = {"source": "made", "prompt": "p", "reference": "r", "entry_point": "f", "setup": ""}
    stdio = {"form": "stdio", "code": "", "input": "1\n", "output": "2\n"}
    code = {"form": "assert", "code": "assert f(1) == 2", "input": "", "output": ""}
    pairs = [
        ("train", {**problem, "problem_id": f"made/{i}", "tests": [stdio if i == 0 else code]})
        for i in range(8)
    ]
    write_rows(pairs, out / "data/problems", problems_schema())
    export(out, "verl", tmp_path / "x")
    rows = {row["extra_info"]["problem_id"]: row for row in rows_of(tmp_path / "x")}
    assert len(rows) == 8
    assert json.loads(rows["made/0"]["reward_model"]["ground_truth"]) == {
        "inputs": ["1\n"],
        "outputs": ["2\n"],
    }
    assert json.loads(rows["made/1"]["reward_model"]["ground_truth"])["tests"] == ["assert f(1) == 2"]


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
