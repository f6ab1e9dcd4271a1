"""Policies: every branch of the two built-in rules, and the rules that every policy must keep."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.datasets.schema import from_row, to_row
from prmdata.errors import UsageError
from prmdata.labels.policies import SHIPPED, apply, missing, passes
from prmdata.records import IGNORE, Evidence, Trace, Verdict
from tests.rows_by_hand import PROGRAM, edited, reference, rollout, row

POLICIES = [policy.name for policy in SHIPPED]
WRONG = Verdict.WRONG_ANSWER


def at(trace: Trace, policy: str = "strict", **options: str) -> list[tuple[int, str]]:
    labelled = apply(policy, trace, **options)  # type: ignore[arg-type]
    return list(zip(labelled.labels, labelled.reasons, strict=True))


# ---------------------------------------------------------------- strict, edits


def test_an_edit_that_passes_and_ran_on_an_observed_step_is_right() -> None:
    assert at(edited()) == [
        (IGNORE, "given"),
        (IGNORE, "prefix"),
        (1, "passed"),
        (IGNORE, "after_edit"),
    ]


@pytest.mark.parametrize("verdict", [v for v in Verdict if v not in (Verdict.PASSED, Verdict.COMPILE_ERROR)])
def test_an_edit_that_fails_a_given_test_is_wrong_for_that_reason(verdict: Verdict) -> None:
    assert at(edited(verdict=verdict))[2] == (0, verdict.value)


@pytest.mark.parametrize(
    ("evidence", "label", "reason"),
    [
        ({"inputs_disagreed_inside": 1}, 0, "disagreed"),
        ({"inputs_disagreed_inside": 1, "prefix_passes": True}, IGNORE, "recoverable"),
        ({"inputs_disagreed_outside": 1}, IGNORE, "disputed"),
        ({"edit_executed": False}, IGNORE, "unexecuted"),
        ({"edit_executed": None}, IGNORE, "unexecuted"),
        ({"step_told_apart": 0}, IGNORE, "untestable"),
        ({"inputs_reached": 0}, IGNORE, "untried"),
    ],
)
def test_what_keeps_a_passing_edit_from_being_right(
    evidence: dict[str, int], label: int, reason: str
) -> None:
    assert at(edited(evidence=evidence))[2] == (label, reason)


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        ({}, (1, "passed")),
        ({"edit_executed": False}, (1, "proved")),
        ({"step_told_apart": 0}, (1, "proved")),
        ({"inputs_reached": 0}, (1, "proved")),
        ({"inputs_disagreed_outside": 1}, (IGNORE, "disputed")),
        ({"inputs_disagreed_inside": 1}, (0, "disagreed")),
    ],
)
def test_what_is_proved_is_right_where_nothing_shows_it(
    evidence: dict[str, int], found: tuple[int, str]
) -> None:
    trace = edited(evidence=evidence | {"proof": "dead store"})
    assert at(trace)[2] == found
    assert at(from_row(to_row(trace)))[2] == found


def test_a_failing_edit_whose_prefix_some_passing_program_has_is_masked() -> None:
    assert at(edited(verdict=WRONG, evidence={"prefix_passes": True}))[2] == (IGNORE, "recoverable")


@pytest.mark.parametrize(
    ("compiles", "label", "reason"), [(False, 0, "compile_error"), (True, IGNORE, "closes")]
)
def test_a_compile_error_is_wrong_only_where_nothing_can_follow(
    compiles: bool, label: int, reason: str
) -> None:
    trace = edited(verdict=Verdict.COMPILE_ERROR, evidence={"prefix_compiles": compiles})
    assert at(trace)[2] == (label, reason)


def test_of_several_new_steps_a_failing_edit_labels_the_last_alone() -> None:
    trace = edited(step=1, n_steps=2, verdict=WRONG)
    assert [label for label, _ in at(trace)] == [IGNORE, IGNORE, 0, IGNORE]
    assert at(trace)[1][1] == "part_of_edit"


def test_of_several_new_steps_a_passing_edit_labels_those_that_ran() -> None:
    trace = edited(step=1, n_steps=2, executed=(True, False, True, True))
    assert at(trace)[1:3] == [(IGNORE, "unexecuted"), (1, "passed")]


def test_a_deletion_is_labelled_on_the_step_that_follows() -> None:
    assert at(edited(step=2, n_steps=0, verdict=WRONG))[2] == (0, "wrong_answer")
    assert at(edited(step=2, n_steps=0))[2] == (1, "passed")


def test_a_deletion_at_the_end_labels_nothing() -> None:
    trace = edited(step=4, n_steps=0, verdict=WRONG)
    assert all(label == IGNORE for label, _ in at(trace))


def test_docstrings_and_given_steps_are_never_labelled() -> None:
    program = 'def f(x):\n    """Say more."""\n    return x\n'
    for policy in POLICIES:
        assert at(edited(program, step=1, verdict=WRONG), policy)[:2] == [
            (IGNORE, "given"),
            (IGNORE, "neutral"),
        ]
        assert at(edited(program, step=0, verdict=WRONG), policy)[0] == (IGNORE, "given")


def test_prefix_labels_always_gives_the_prefix_of_each_row_a_label_where_it_ran() -> None:
    trace = edited(step=2, verdict=WRONG, executed=(True, True, True, False))
    assert at(trace, prefix_labels="always")[1] == (1, "prefix")
    never_ran = replace(trace, executed=(True, False, True, False))
    assert at(never_ran, prefix_labels="always")[1] == (IGNORE, "unexecuted")


def test_a_step_changed_beside_the_edit_is_not_taken_for_the_references() -> None:
    trace = edited(step=2, also_changed=(1,))
    assert at(trace, prefix_labels="always")[1] == (1, "passed")
    failing = replace(trace, verdict=WRONG)
    assert at(failing, prefix_labels="always")[1] == (IGNORE, "also_changed")


# ---------------------------------------------------------------- strict, references and rollouts


def test_a_reference_labels_its_steps_where_they_ran() -> None:
    trace = reference(executed=(True, True, None, False), given_steps=0)
    assert at(trace) == [(1, "reference"), (1, "reference"), (IGNORE, "unexecuted"), (IGNORE, "unexecuted")]


def test_a_rollout_that_passes_is_right_where_it_ran() -> None:
    labelled = apply("strict", rollout(executed=(True, True, False, True)))
    assert labelled.labels == (IGNORE, 1, IGNORE, 1)
    assert labelled.response_class == "correct"


def test_a_failing_rollout_is_cut_at_its_first_bad_step() -> None:
    labelled = apply("strict", rollout(verdict=WRONG, cut=2))
    assert list(zip(labelled.labels, labelled.reasons, strict=True)) == [
        (IGNORE, "given"),
        (1, "recovered"),
        (0, "not_recovered"),
        (IGNORE, "after_error"),
    ]
    assert labelled.response_class == "revised"


def test_a_rollout_cut_at_its_first_own_step_is_wrong_throughout() -> None:
    assert apply("strict", rollout(verdict=WRONG, cut=1)).response_class == "wrong"
    doc = 'def f(x):\n    """Doc."""\n    return x\n'
    assert apply("strict", rollout(doc, verdict=WRONG, cut=2)).response_class == "wrong"
    bare = rollout('"""Only a docstring."""\n', verdict=WRONG, cut=0, given_steps=0)
    assert apply("strict", bare).response_class == "wrong"


def test_the_first_step_of_a_program_of_which_nothing_is_given_is_labelled_too() -> None:
    failing = rollout(verdict=WRONG, cut=2, given_steps=0)
    assert [label for label, _ in at(failing)] == [1, 1, 0, IGNORE]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_rollout_that_only_ends_too_early_is_right_as_far_as_it_goes(policy: str) -> None:
    short = rollout(verdict=WRONG, witness=PROGRAM + "    return z\n")
    assert at(short, policy) == [(IGNORE, "given"), *[(1, "recovered")] * 3]
    assert apply(policy, short).response_class == "revised"


def test_a_cut_whose_prefix_a_passing_program_has_is_masked() -> None:
    labelled = apply("strict", rollout(verdict=WRONG, cut=2, evidence={"prefix_passes": True}))
    assert (labelled.labels[2], labelled.reasons[2]) == (IGNORE, "recoverable")


def test_a_rollout_that_passes_its_tests_and_disagrees_inside_does_not_pass() -> None:
    trace = rollout(cut=3, evidence={"inputs_disagreed_inside": 1})
    assert not passes("strict", trace)
    assert apply("strict", trace).labels == (IGNORE, 1, 1, 0)
    assert apply("paper", trace).labels == (IGNORE, 1, 1, 1)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_failing_rollout_without_a_cut_gets_no_label(policy: str) -> None:
    labelled = apply(policy, rollout(verdict=WRONG))
    assert set(labelled.labels) == {IGNORE}
    assert labelled.response_class is None


def test_curriculum_rows_label_what_was_completed() -> None:
    trace = row(strategy="curriculum", label_kind="prefix", stage=0, cut=2, response_class=None)
    assert at(trace)[1:] == [(IGNORE, "prefix"), (1, "passed"), (1, "passed")]
    assert at(replace(trace, verdict=WRONG))[2:] == [(IGNORE, "unlocated")] * 2
    assert at(trace, "paper")[1:] == [(1, "passed")] * 3
    assert at(replace(trace, verdict=WRONG), "paper")[1:] == [
        (1, "prefix"),
        (IGNORE, "unlocated"),
        (IGNORE, "unlocated"),
    ]


# ---------------------------------------------------------------- paper


def test_the_papers_rule_for_edits() -> None:
    ignored = {
        "inputs_disagreed_inside": 3,
        "edit_executed": False,
        "step_told_apart": 0,
        "prefix_passes": True,
    }
    assert [label for label, _ in at(edited(evidence=ignored), "paper")] == [IGNORE, 1, 1, IGNORE]
    assert [label for label, _ in at(edited(verdict=WRONG, evidence=ignored), "paper")] == [
        IGNORE,
        1,
        0,
        IGNORE,
    ]
    assert at(edited(step=4, n_steps=0, verdict=WRONG), "paper")[3] == (1, "prefix")


def test_the_papers_rule_for_rollouts_and_references() -> None:
    assert apply("paper", rollout(verdict=WRONG, cut=2)).labels == (IGNORE, 1, 0, 0)
    assert apply("paper", rollout(executed=(False,) * 4)).labels == (IGNORE, 1, 1, 1)
    assert apply("paper", reference(executed=(None,) * 4)).labels == (IGNORE, 1, 1, 1)


# ---------------------------------------------------------------- missing evidence, and laws


def test_missing_names_the_evidence() -> None:
    blind = edited(evidence={"differential": False})
    assert "differential" in str(missing("strict", blind))
    assert missing("paper", blind) is None
    assert missing("strict", replace(blind, verdict=WRONG)) is None
    uncut = rollout(verdict=WRONG)
    assert all("cut" in str(missing(policy, uncut)) for policy in POLICIES)
    assert missing("strict", reference(evidence={"differential": False})) is None
    assert missing("paper", rollout()) is None
    assert missing("strict", rollout(verdict=WRONG, cut=1)) is None


def test_prefix_labels_has_two_words() -> None:
    with pytest.raises(UsageError, match="prefix_labels 'often': choose once or always"):
        at(edited(), prefix_labels="often")


def test_an_unknown_policy_is_bad_usage() -> None:
    with pytest.raises(UsageError, match="no such policy; choose strict or paper"):
        apply("lenient", edited())


evidences = st.builds(
    Evidence,
    inputs_tried=st.just(9),
    inputs_reached=st.integers(0, 9),
    inputs_disagreed_inside=st.integers(0, 1),
    inputs_disagreed_outside=st.integers(0, 1),
    differential=st.just(True),
    edit_executed=st.sampled_from([None, False, True]),
    step_told_apart=st.integers(0, 2),
    prefix_passes=st.booleans(),
    prefix_compiles=st.booleans(),
    proof=st.sampled_from([None, "dead store"]),
)


@given(
    evidence=evidences,
    verdict=st.sampled_from(list(Verdict)),
    step=st.integers(0, 4),
    n_steps=st.integers(0, 2),
    executed=st.tuples(*[st.sampled_from([None, False, True])] * 4),
    given_steps=st.integers(0, 4),
)
def test_laws_of_every_edit_row(
    evidence: Evidence,
    verdict: Verdict,
    step: int,
    n_steps: int,
    executed: tuple[bool | None, ...],
    given_steps: int,
) -> None:
    trace = edited(PROGRAM, step, n_steps, verdict=verdict, executed=executed, given_steps=given_steps)
    trace = replace(trace, evidence=evidence)
    strict, paper = apply("strict", trace), apply("paper", trace)
    for labelled in (strict, paper):
        assert len(labelled.labels) == len(labelled.reasons) == len(labelled.steps)
        assert set(labelled.labels) <= {0, 1, IGNORE}
        assert all(labelled.reasons)
        assert sum(label == 0 for label in labelled.labels) <= 1
        assert all(label == IGNORE for label in labelled.labels[:given_steps])
    assert apply("strict", paper) == strict
    assert apply("paper", strict) == paper
    if 1 in strict.labels:
        assert verdict == Verdict.PASSED
        assert not evidence.inputs_disagreed_inside + evidence.inputs_disagreed_outside
