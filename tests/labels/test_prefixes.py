"""One prefix has one label: what the rows of a problem learn from each other."""

from __future__ import annotations

from dataclasses import replace

from prmdata.labels.policies import apply
from prmdata.labels.prefixes import Conflict, check_prefixes, settle
from prmdata.records import IGNORE, EditRecord, Trace, Verdict
from tests.rows_by_hand import PROGRAM, edited, reference, rollout, row

WRONG = Verdict.WRONG_ANSWER
BRANCH = "def f(x):\n    if not x:\n        return 1\n    return 2\n"
INVERTED = "def f(x):\n    if not x:\n        return 2\n    return 1\n"


def labelled(traces: list[Trace]) -> list[Trace]:
    return [apply("strict", trace) for trace in settle(traces)]


def test_a_negated_if_and_an_inverted_if_share_a_prefix_and_the_negation_is_masked() -> None:
    negation = edited(BRANCH, step=1, before="    if x:\n", id="negation", verdict=WRONG)
    inversion = edited(
        INVERTED, step=1, n_steps=3, before="    if x:\n        return 1\n    return 2\n", id="inversion"
    )
    rows = labelled([negation, inversion])
    assert rows[0].reasons[1] == "recoverable"
    assert not check_prefixes(rows)


def test_without_settling_the_same_rows_are_a_conflict() -> None:
    negation = edited(BRANCH, step=1, id="negation", verdict=WRONG)
    inversion = edited(INVERTED, step=1, n_steps=1, id="inversion")
    rows = [apply("strict", trace) for trace in (negation, inversion)]
    (conflict,) = check_prefixes(rows)
    assert (conflict.kind, conflict.first_id, conflict.second_id, conflict.step) == (
        "fault",
        "negation",
        "inversion",
        1,
    )


def test_fault_and_prefix_labels_are_two_kinds_and_never_conflict() -> None:
    fault = edited(BRANCH, step=1, verdict=WRONG)
    recovered = rollout(BRANCH, verdict=WRONG, cut=2, given_steps=1)
    rows = [apply("strict", trace) for trace in (fault, recovered)]
    assert rows[0].labels[1] == 0
    assert rows[1].labels[1] == 1
    assert not check_prefixes(rows)


def test_a_witness_masks_the_cut_of_another_rollout() -> None:
    first = rollout(BRANCH, id="a", verdict=WRONG, cut=2, witness=INVERTED)
    second = rollout(BRANCH.replace("1", "3"), id="b", verdict=WRONG, cut=1)
    rows = labelled([first, second])
    assert rows[0].reasons[1] == "recovered"
    assert rows[1].reasons[1] == "recoverable"
    assert not check_prefixes(rows)


def test_a_reference_counts_for_both_kinds() -> None:
    rows = labelled([reference(), rollout(PROGRAM + "    pass\n", id="r", verdict=WRONG, cut=3)])
    assert rows[1].reasons[3] == "recoverable"
    forced = [rows[0], replace(rows[1], labels=(-100, 0, -100, -100, -100))]
    assert [conflict.kind for conflict in check_prefixes(forced)] == ["prefix"]


def test_a_program_that_disagrees_inside_the_hull_is_no_passing_program() -> None:
    caught = edited(INVERTED, step=1, id="caught", evidence={"inputs_disagreed_inside": 1})
    assert [row.labels[1] for row in labelled([edited(BRANCH, step=1, verdict=WRONG), caught])] == [0, 0]


def test_distinguished_edits_of_the_same_step_are_counted() -> None:
    survivor = edited(PROGRAM.replace("* 2", "* 1"), id="a", evidence={"step_told_apart": 9})
    killed = edited(PROGRAM.replace("* 2", "* 7"), id="b", verdict=WRONG)
    elsewhere = edited(
        PROGRAM.replace("x + 1", "x + 2"), step=1, before="    y = x + 1\n", id="c", verdict=WRONG
    )
    broken = edited(PROGRAM.replace("* 2", "* *"), id="d", verdict=Verdict.COMPILE_ERROR)
    disputed = edited(PROGRAM.replace("* 2", "** 2"), id="e", evidence={"inputs_disagreed_outside": 1})
    counts = [
        trace.evidence.step_told_apart for trace in settle([survivor, killed, elsewhere, broken, disputed])
    ]
    assert counts == [2, 2, 1, 2, 2]


def test_the_count_of_an_edit_of_several_steps_is_that_of_its_best_step() -> None:
    wide = edited(PROGRAM, step=1, n_steps=2, before="    y = x\n    z = y + 2\n", id="wide")
    inner = edited(PROGRAM.replace("y = x + 1", "y = x").replace("* 2", "- 2"), id="inner", verdict=WRONG)
    assert settle([wide, inner])[0].evidence.step_told_apart == 1


def test_an_insertion_is_counted_with_the_step_that_follows_it() -> None:
    inserted = edited(PROGRAM, step=2, before="", id="inserted")
    killed = edited(
        PROGRAM.replace("    z = y * 2\n", "").replace("z", "y"),
        step=2,
        before="    return z\n",
        id="k",
        verdict=WRONG,
    )
    assert settle([inserted, killed])[0].evidence.step_told_apart == 1


def test_conflicts_come_in_the_order_of_rows_and_steps() -> None:
    right = rollout(id="right", labels=(IGNORE, 1, 1, 1))
    wrong = rollout(id="wrong", labels=(IGNORE, 0, 1, 0))
    late = rollout(id="late", labels=(IGNORE, 1, 0, IGNORE))
    found = check_prefixes([right, wrong, late])
    assert found == [
        Conflict("prefix", "right", "wrong", 1),
        Conflict("prefix", "right", "wrong", 3),
        Conflict("prefix", "right", "late", 2),
    ]


def test_a_replaced_text_that_ends_inside_a_step_is_counted_as_it_stands() -> None:
    """An old step that was split at physical lines is no step of its own: together with the text before it,
    it is one line."""
    open_text = "def f(x):\n    return (x +\n"
    rows = [
        row(
            open_text + last,
            id=last,
            verdict=WRONG,
            steps=(open_text, last),
            step_kinds=("simple", "simple"),
            executed=(True, True),
            edit=EditRecord(1, 1, "1)\n", last, (), "mutate", "by-hand", "test"),
        )
        for last in ("2)\n", "3)\n")
    ]
    assert [one.evidence.step_told_apart for one in settle(rows)] == [2, 2]


def test_rows_without_an_edit_and_text_that_cannot_be_split_are_no_trouble() -> None:
    odd = edited(PROGRAM, step=1, before="", id="odd", also_changed=(3,))
    plain = settle([reference(), rollout(stage=1, verdict=WRONG, cut=1), odd])
    assert [trace.evidence.prefix_passes for trace in plain] == [False, False, False]


def test_settling_keeps_order_and_every_other_fact() -> None:
    rows = [edited(id=name) for name in "abc"]
    settled = settle(rows)
    assert [trace.id for trace in settled] == ["a", "b", "c"]
    assert [replace(trace, evidence=rows[0].evidence) for trace in settled] == rows


def test_a_declaration_is_observed_where_its_suite_is() -> None:
    """The parameters of a sum change places. No edit of the `def` can fail, but an edit of its body does."""
    program = "def f(b, a):\n    return a + b\n"
    swapped = edited(program, step=0, before="def f(a, b):\n", id="swapped", given_steps=0)
    assert labelled([swapped])[0].reasons[0] == "untestable"
    spoiled = edited(
        "def f(a, b):\n    return a - b\n", step=1, before="    return a + b\n", id="spoiled", verdict=WRONG
    )
    assert labelled([swapped, spoiled])[0].reasons[0] == "passed"
    elsewhere = edited(
        "def f(a, b):\n    return a + b\n\n\nx = 2\n",
        step=2,
        before="\n\nx = 1\n",
        id="elsewhere",
        verdict=WRONG,
    )
    assert labelled([swapped, elsewhere])[0].reasons[0] == "untestable"
