"""The ways in which labels go wrong, each shown by real programs in a real sandbox, and what prevents it.

There is one test for each failure. The heading says what kind of wrong label it would be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prmdata.datasets.compose import Composition, choose, note
from prmdata.datasets.splits import assign
from prmdata.edits.fingerprint import fingerprint
from prmdata.edits.propagate import propagate_rename
from prmdata.edits.rules import propose
from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.errors import EditRefused, QuarantineError
from prmdata.evidence.gather import gather
from prmdata.evidence.program_case import Gathered
from prmdata.labels.policies import apply
from prmdata.labels.prefixes import check_prefixes, settle
from prmdata.records import (
    IGNORE,
    Candidate,
    Compare,
    Edit,
    Problem,
    Reject,
    Rollout,
    Trace,
    Vetted,
)
from prmdata.steps import close_prefix, split_steps
from prmdata.strategies import first_error
from prmdata.strategies.rows import edit_record, program_row, reference_row
from prmdata.vetting.overlap import overlap_with
from prmdata.vetting.similar import clusters, signature
from prmdata.vetting.vet import vet
from tests.programs_by_hand import asserting, change

Driven = Callable[..., Any]
Vet = Callable[[Problem], Vetted]
Label = tuple[int, str]


class Bench:
    """A problem whose edits become labelled rows, as a build makes them."""

    def __init__(self, driven: Driven, vetted: Vet, problem: Problem) -> None:
        self.driven, self.held = driven, vetted(problem)
        self.rejects: list[QuarantineError] = []

    def rows(self, *candidates: Candidate) -> list[Trace]:
        """The reference's row, then one row for each candidate, after ``settle``."""
        found = self.driven(gather(self.held, candidates))
        traces = [reference_row(self.held)]
        for place, (candidate, finding) in enumerate(zip(candidates, found, strict=True)):
            if isinstance(finding, QuarantineError):
                self.rejects.append(finding)
                continue
            assert isinstance(finding, Gathered)
            row = program_row(
                self.held.problem, candidate.steps, finding,
                strategy="mutate-refactor", label_kind="fault", edit=edit_record(candidate),
            )  # fmt: skip
            traces.append(replace(row, id=f"{place}"))
        return settle(traces)

    def labels(self, *candidates: Candidate, policy: str = "strict") -> list[Label]:
        """The label and reason of each candidate's edit."""
        return [_of_edit(apply(policy, row)) for row in self.rows(*candidates)[1:]]


def _of_edit(row: Trace) -> Label:
    assert row.edit is not None
    step = row.edit.step + max(row.edit.n_steps - 1, 0)
    return row.labels[step], row.reasons[step]


@pytest.fixture
def bench(driven: Driven, vetted: Vet) -> Callable[[Problem], Bench]:
    return lambda problem: Bench(driven, vetted, problem)


DIGITS = "def f(n):\n    total = 0\n    for digit in str(n):\n        total += int(digit)\n    return total\n"
DIGIT_TESTS = ("f(12) == 3", "f(7) == 7", "f(301) == 4")


# ---------------------------------------------------------------- false "correct"


def test_weak_tests(bench: Callable[[Problem], Bench]) -> None:
    """Three asserts do not notice `% 9`, but a generated input does."""
    reference = "def f(n):\n    return n % 10\n"
    one = bench(asserting(reference, "f(12) == 2", "f(7) == 7", "f(301) == 1"))
    wrong = change(reference, "% 10", "% 10 if n < 400 else 0")
    other = change(reference, "% 10", "% 3")
    assert one.labels(wrong, other, policy="paper")[0] == (1, "passed")
    assert one.labels(wrong, other)[0] == (0, "disagreed")


def test_a_step_that_never_runs(bench: Callable[[Problem], Bench]) -> None:
    reference = "def f(n):\n    if n * n < 0:\n        return 7\n    return n\n"
    one = bench(asserting(reference, "f(1) == 1", "f(2) == 2"))
    dead = change(reference, "return 7", "return 8")
    assert one.labels(dead, policy="paper") == [(1, "passed")]
    assert one.labels(dead) == [(IGNORE, "unexecuted")]


def test_a_step_that_runs_unobserved(bench: Callable[[Problem], Bench]) -> None:
    """No edit of the step was ever noticed, so the step cannot be called right."""
    reference = "def f(n):\n    seen = n + 1\n    return n\n"
    one = bench(asserting(reference, "f(1) == 1", "f(2) == 2"))
    unseen = [change(reference, "n + 1", "n + 2"), change(reference, "n + 1", "n - 1")]
    assert one.labels(*unseen) == [(IGNORE, "untestable")] * 2


def test_equivalent_and_duplicate_edits(bench: Callable[[Problem], Bench]) -> None:
    """Equal code is certainly a duplicate. An equivalent edit is right, and its row says how well it was
    tried."""
    layout = change(DIGITS, "total = 0", "total = (0)  # none yet")
    assert fingerprint(layout.program) == fingerprint(DIGITS)
    one = bench(asserting(DIGITS, *DIGIT_TESTS))
    rows = one.rows(
        change(DIGITS, "total += int(digit)", "total = int(digit) + total"),
        change(DIGITS, "+= int", "-= int"),
    )
    assert _of_edit(apply("strict", rows[1])) == (1, "passed")
    assert rows[1].evidence.inputs_reached > 50


def test_a_broken_prefix_rescued_by_a_completion(bench: Callable[[Problem], Bench]) -> None:
    """`recovered` is another label than `passed`: a step that a completion repairs is not sound."""
    broken = "def f(n):\n    total = 5\n    total = 0\n    for digit in str(n):\n        total += int(digit)\n    return total\n"
    one = bench(
        asserting(DIGITS, *DIGIT_TESTS, rollouts=(Rollout(broken.replace("return total", "return n")),))
    )
    outcome = one.driven(first_error.run(one.held, first_error.FirstErrorOptions(k=4)))
    (row,) = (apply("strict", trace) for trace in settle(outcome.traces))
    assert row.label_kind == "prefix"
    assert set(row.reasons) <= {"recovered", "not_recovered", "after_error", "recoverable"}
    assert row.completer == "reference"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "return total",
            "try:\n        return {12: 3, 7: 7, 301: 4}[n]\n    except KeyError:\n        return 0",
        ),
        (
            "total = 0",
            "if n == 12: return 3\n    if n == 7: return 7\n    if n == 301: return 4\n    total = 1",
        ),
    ],
)
def test_hard_coded_outputs_and_wrappers(bench: Callable[[Problem], Bench], old: str, new: str) -> None:
    one = bench(asserting(DIGITS, *DIGIT_TESTS))
    forged = change(DIGITS, old, new)
    assert one.labels(forged, policy="paper")[0][0] == 1
    assert one.labels(forged) == [(0, "disagreed")]


@pytest.mark.parametrize(
    "new",
    [
        "import os; os._exit(0)",
        "raise SystemExit(0)",
        "import builtins; builtins.int = lambda *a: 3; return type('Any', (), {'__eq__': lambda a, b: True})()",
        "import sys; sys._getframe(1).f_globals.clear(); return None",
    ],
)
def test_early_exits_and_tampering(bench: Callable[[Problem], Bench], new: str) -> None:
    one = bench(asserting(DIGITS, *DIGIT_TESTS))
    (label,) = one.labels(change(DIGITS, "total = 0", new))
    assert label[0] == 0


# ---------------------------------------------------------------- false "incorrect"


def test_a_rename_with_a_stale_suffix(bench: Callable[[Problem], Bench]) -> None:
    """If only one step is renamed, the program fails. If the rename is propagated into the later steps, it
    passes and declares them."""
    source = Source(DIGITS)
    stale = splice(source, Edit(1, 2, "    amount = 0\n", "refactor", "rename", "model"))
    whole = propagate_rename(stale, source, "f")
    assert whole is not None
    one = bench(asserting(DIGITS, *DIGIT_TESTS))
    spoiled = change(DIGITS, "total = 0", "total = 1")
    assert one.labels(stale, spoiled)[0][0] == 0
    assert one.labels(whole, spoiled)[0] == (1, "passed")
    assert whole.also_changed


def test_renaming_the_entry_point_is_not_carried() -> None:
    """Tests and recursive calls use the name, so such a rename is no refactoring."""
    recursive = "def f(n):\n    return 1 if n < 2 else n * f(n - 1)\n"
    source = Source(recursive)
    renamed = splice(source, Edit(0, 1, "def fact(n):\n", "refactor", "rename", "model"))
    assert propagate_rename(renamed, source, "f") is None


def test_another_idea_that_the_old_suffix_does_not_fit(bench: Callable[[Problem], Bench]) -> None:
    """With `if not x` before the old suites the program fails. A program that also swaps the suites passes,
    so the prefix is good."""
    reference = "def f(x):\n    if x > 2:\n        return 1\n    else:\n        return 0\n"
    one = bench(asserting(reference, "f(3) == 1", "f(1) == 0"))
    source = Source(reference)
    negated = splice(source, Edit(1, 2, "    if x <= 2:\n", "mutate", "negate", "rules"))
    inverted = splice(
        source,
        Edit(
            1,
            5,
            "    if x <= 2:\n        return 0\n    else:\n        return 1\n",
            "refactor",
            "invert",
            "rules",
        ),
    )
    rows = [apply("strict", row) for row in one.rows(negated, inverted)]
    assert _of_edit(rows[1]) == (IGNORE, "recoverable")
    assert not check_prefixes(rows)


def test_float_noise_and_any_order(bench: Callable[[Problem], Bench]) -> None:
    mean = "def f(xs):\n    return sum(xs) / len(xs)\n"
    one = bench(asserting(mean, "abs(f([1.5, 2.5]) - 2.0) < 1e-6", "abs(f([0.1, 0.3, 2.0]) - 0.8) < 1e-6"))
    assert (
        one.labels(
            change(mean, "sum(xs) / len(xs)", "sum(x / len(xs) for x in xs)"), change(mean, "sum", "max")
        )[0][0]
        != 0
    )
    unique = "def f(xs):\n    return list(dict.fromkeys(xs))\n"
    two = bench(asserting(unique, "sorted(f([2, 1, 2])) == [1, 2]", "sorted(f([5, 4, 5])) == [4, 5]"))
    assert two.labels(
        change(unique, "dict.fromkeys(xs)", "sorted(set(xs))"), change(unique, "(xs))", "(xs[:2]))")
    )[0] == (1, "passed")


def test_several_valid_outputs(bench: Callable[[Problem], Bench]) -> None:
    """Any divisor is a right answer. The problem's checker says so, for tests and generated inputs alike."""
    smallest = (
        "def f(n):\n    for d in range(2, n):\n        if n % d == 0:\n            return d\n    return n\n"
    )
    checker = "def ok(input, expected, got):\n    return got > 1 and input[0] % got == 0\n"
    problem = asserting(
        smallest, "f(12) > 1", "f(9) > 1", "f(25) > 1", compare=Compare("checker", checker=checker)
    )
    one = bench(problem)
    later = change(smallest, "range(2, n)", "range(3, n)")
    assert one.labels(later, change(smallest, "range(2, n)", "range(1, n)"))[0] == (1, "passed")


def test_several_valid_outputs_that_only_the_tests_know(bench: Callable[[Problem], Bench]) -> None:
    """The tests ask a function of the problem's own whether an answer is acceptable, so an answer that
    differs from the reference's is no fault."""
    smallest = (
        "def f(n):\n    for d in range(2, n):\n        if n % d == 0:\n            return d\n    return n\n"
        "def left(n, d):\n    return n % d + (d < 2)\n"
    )
    one = bench(asserting(smallest, *(f"left({n}, f({n})) == 0" for n in (12, 9, 25))))
    later = change(smallest, "range(2, n)", "range(3, n)")
    labels = one.labels(later, change(smallest, "return d", "return d + 1"))
    assert labels == [(IGNORE, "disputed"), (0, "wrong_answer")]


def test_bad_gold(driven: Driven) -> None:
    found = driven(vet(asserting("def f(n):\n    return n + 1\n", "f(1) == 3")))
    assert isinstance(found, Reject)


def test_flaky_programs_are_quarantined_not_labelled(bench: Callable[[Problem], Bench]) -> None:
    """Each of 64 tests passes by chance, like the toss of a coin, so no two runs agree on all of them."""
    one = bench(asserting(DIGITS, *(f"f({n}) == {sum(map(int, str(n)))}" for n in range(64))))
    flaky = change(DIGITS, "return total", "import random; return total + (random.random() < 0.5)")
    assert len(one.rows(flaky)) == 1
    assert [error.reason for error in one.rejects] == ["unrepeatable"]


def test_time_and_memory_are_verdicts_of_their_own(bench: Callable[[Problem], Bench]) -> None:
    one = bench(asserting(DIGITS, *DIGIT_TESTS))
    endless = change(DIGITS, "return total", "while True: pass")
    greedy = change(DIGITS, "return total", "return len([0] * 10 ** 10)")
    assert one.labels(endless, greedy) == [(0, "timeout"), (0, "memory_limit")]


def test_a_failure_of_the_machinery_is_no_label(vetted: Vet) -> None:
    """The failure is raised to the driver and never becomes an answer."""
    held = vetted(asserting(DIGITS, *DIGIT_TESTS))
    questions = gather(held, [DIGITS])
    next(questions)
    with pytest.raises(ConnectionError):
        questions.throw(ConnectionError("the guest is gone"))


def test_a_weak_completer_is_named_and_outdone_by_any_witness(bench: Callable[[Problem], Bench]) -> None:
    """If K completions fail, nothing is proven: a passing program with the same prefix masks the `0`."""
    one = bench(asserting(DIGITS, *DIGIT_TESTS))
    twice = "def f(n):\n    text = str(n)\n    return sum(map(int, text))\n"
    wrong = "def f(n):\n    text = str(n)\n    return len(text)\n"
    problem = replace(one.held.problem, rollouts=(Rollout(wrong), Rollout(twice)))
    held = replace(one.held, spec=replace(one.held.spec, problem=problem))
    outcome = one.driven(first_error.run(held, first_error.FirstErrorOptions(k=2)))
    rows = [apply("strict", trace) for trace in settle([reference_row(held), *outcome.traces])]
    failing = next(row for row in rows if row.response_class in ("revised", "wrong"))
    assert failing.k == 2
    assert failing.labels[1] != 0
    assert not check_prefixes(rows)


# ---------------------------------------------------------------- misplaced


def test_blame_stands_at_the_cause_not_at_the_crash(bench: Callable[[Problem], Bench]) -> None:
    one = bench(asserting(DIGITS, *DIGIT_TESTS))
    (row,) = (apply("strict", row) for row in one.rows(change(DIGITS, "total = 0", "total = None"))[1:])
    assert row.error_step == 3
    assert row.labels == (IGNORE, 0, IGNORE, IGNORE, IGNORE)
    assert row.reasons[1] == "runtime_error"


def test_equal_lines_are_distinguished_by_their_number(bench: Callable[[Problem], Bench]) -> None:
    reference = "def f(n):\n    x = n\n    y = 8 // x\n    x = n + 1\n    y = 8 // x\n    return y\n"
    one = bench(asserting(reference, "f(1) == 4", "f(3) == 2", "f(7) == 1"))
    second = splice(Source(reference), Edit(3, 4, "    x = 0\n", "mutate", "zero", "rules"))
    (row,) = one.rows(second)[1:]
    assert row.steps[2] == row.steps[4]
    assert (row.error_type, row.error_step) == ("ZeroDivisionError", 4)


def test_statements_of_several_lines_are_one_step(bench: Callable[[Problem], Bench]) -> None:
    reference = "def f(n):\n    total = (\n        n +\n        n\n    )\n    return total\n"
    one = bench(asserting(reference, "f(1) == 2", "f(3) == 6"))
    (row,) = (apply("strict", row) for row in one.rows(change(reference, "n +", "n /"))[1:])
    assert [label for label in row.labels if label != IGNORE] == [0]
    assert row.steps[row.labels.index(0)].count("\n") == 4


def test_an_edit_touches_nothing_that_it_does_not_declare() -> None:
    source = Source(DIGITS)
    swallowing = Edit(1, 2, "    total = 0 + \\\n", "mutate", "x", "model")
    with pytest.raises(EditRefused):
        splice(source, swallowing)


# ---------------------------------------------------------------- in the whole set


def test_a_step_gets_edits_of_both_intents() -> None:
    """Against style leakage: negatives and passing refactorings of the same lines come from one hand."""
    source = Source(DIGITS)
    starts = {
        intent: {edit.start for edit in propose(source, (intent,))} for intent in ("mutate", "refactor")
    }
    assert len(starts["mutate"] & starts["refactor"]) >= len(split_steps(DIGITS)) // 2


def test_compile_errors_are_counted_and_can_be_left_out(bench: Callable[[Problem], Bench]) -> None:
    one = bench(asserting(DIGITS, *DIGIT_TESTS))
    broken = [change(DIGITS, "total = 0", f"total = = {n}") for n in range(4)]
    rows = [
        apply("strict", replace(row, evidence=replace(row.evidence, prefix_compiles=False)))
        for row in one.rows(*broken, change(DIGITS, "total = 0", "total = 1"))
    ]
    assert [_of_edit(row)[1] for row in rows[1:5]] == ["compile_error"] * 4
    kept = choose((note(row) for row in rows), Composition(max_trivial=0.0))
    assert kept.left_out["trivial_negative"] == 4


def test_a_compile_error_that_a_suffix_could_mend_is_no_negative(bench: Callable[[Problem], Bench]) -> None:
    """An opened `try` does not compile with the old suffix, but the prefix itself is fine."""
    one = bench(asserting(DIGITS, *DIGIT_TESTS))
    opened = splice(Source(DIGITS), Edit(1, 1, "    try:\n", "mutate", "x", "model"))
    compile(close_prefix(opened.steps[:2]), "<prefix>", "exec")
    assert one.labels(opened) == [(IGNORE, "closes")]


def test_a_shared_prefix_is_labelled_once(bench: Callable[[Problem], Bench]) -> None:
    one = bench(asserting(DIGITS, *DIGIT_TESTS))
    edits = [change(DIGITS, "total += int(digit)", f"total += {n}") for n in range(3)]
    rows = [apply("strict", row) for row in one.rows(*edits)]
    labelled = [
        "".join(row.steps[: place + 1])
        for row in rows
        for place, label in enumerate(row.labels)
        if label != IGNORE
    ]
    assert len(labelled) == len(set(labelled))


def test_classes_can_be_balanced(bench: Callable[[Problem], Bench]) -> None:
    one = bench(asserting(DIGITS, *DIGIT_TESTS))
    edits = [change(DIGITS, "total = 0", f"total = {n}") for n in range(1, 6)]
    rows = [apply("strict", row) for row in one.rows(*edits)]
    kept = choose((note(row) for row in rows), Composition(balance="class"))
    classes = [note(row).label for row in rows if row.id in kept.ids]
    assert classes.count(0) == classes.count(1)


def test_near_duplicate_problems_go_to_one_side() -> None:
    prompt = "Write a function that returns the sum of the decimal digits of a number that is not negative, without strings."
    one = asserting(DIGITS, *DIGIT_TESTS, id="one", prompt=prompt)
    other = asserting(DIGITS.replace("total", "amount"), *DIGIT_TESTS, id="other", prompt=prompt + " ")
    groups = clusters([signature(one), signature(other)])
    assert groups[0] == groups[1]
    for seed in range(20):
        sides = assign([("one", groups[0]), ("other", groups[1])], [("train", 0.5), ("test", 0.5)], seed)
        assert sides[0] == sides[1]


def test_benchmark_problems_are_recognised(tmp_path: Path) -> None:
    benchmark = tmp_path / "bench.jsonl"
    benchmark.write_text(
        '{"id": "b1", "prompt": "Say f.", "reference": "def f(n):\\n    return n\\n", "tests": ["assert f(1) == 1"]}\n'
    )
    repeated = overlap_with([benchmark])
    assert repeated(asserting("def f(n):\n    return n\n", "f(1) == 1")) is not None


def test_comments_blanks_and_docstrings_are_no_examples(bench: Callable[[Problem], Bench]) -> None:
    """A comment belongs to the step after it, a docstring is neutral, and an import is a step that ran."""
    reference = (
        'import math\n\n\ndef f(n):\n    """Round down."""\n    # the floor\n\n    return math.floor(n)\n'
    )
    one = bench(asserting(reference, "f(1.5) == 1", "f(2.0) == 2"))
    row = apply("strict", one.rows()[0])
    assert row.reasons == ("reference", "reference", "neutral", "reference")
    assert row.steps[3].startswith("    # the floor\n")
