"""How good labels are, as statistics with a required share: they fail when truth or yield drops.

Edits of the rules are labelled as a build labels them, and larger tests that the build never saw say which of the
passing ones are right. ``PRMDATA_QUALITY=1`` takes every problem of the sample, with as many edits as a build makes;
without it a few problems are taken, for the sake of time.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from prmdata.audits.audit import Audit, AuditedProgram, by_problem
from prmdata.audits.audit import audit as audited
from prmdata.datasets.giveaway import GiveawayCount
from prmdata.datasets.schema import from_row
from prmdata.labels.labelled_step import labelled_step
from prmdata.labels.policies import apply
from prmdata.pipeline.problem_work import work
from prmdata.problems import read_problems
from prmdata.records import IGNORE, Problem, Test
from prmdata.strategies.mutate_refactor import EditOptions, run

from .larger_tests import VALID, with_larger_tests
from .statistic import UNLIKELY, at_least, at_most

WHOLE = os.environ.get("PRMDATA_QUALITY") == "1"
EVERY = 1 if WHOLE else 6
"""Of the sample's problems each sixth is taken: seven problems, some twenty seconds."""
REAL = {"humaneval": 4, "leetcode": 1}
"""How many problems of each set of real data are taken, without ``PRMDATA_QUALITY``: a minute in all."""
HUMANEVAL = ("humaneval/HumanEval.jsonl.gz", "humaneval/HumanEvalPlus-OriginFmt.jsonl.gz")
LEETCODE = "leetcode/LeetCodeDataset-v0.3.1-test.jsonl.gz"

Driven = Callable[..., Any]
Pair = tuple[Problem, Problem]
"""A problem as a build gets it, and with its larger tests."""


def measured(driven: Driven, pairs: Iterator[Pair]) -> tuple[Audit, GiveawayCount]:
    """The edits of these problems, labelled and compared with the larger tests; and how far labels are given away."""
    found, told = Audit(), GiveawayCount()
    strategy = partial(run, options=EditOptions(per_step=None if WHOLE else 2))
    for problem, truth in pairs:
        rows = [apply("strict", from_row(row)) for row in driven(work(problem, [strategy]))["rows"]]
        for traces in by_problem(rows):
            found.add(driven(audited(traces, lambda *_, truth=truth: truth)))
        for trace in rows:
            at = labelled_step(trace)
            if trace.edit is not None and at is not None and trace.labels[at] != IGNORE:
                told.add(trace.id, trace.problem_id, trace.edit.operator, trace.steps[at], trace.labels[at])
    assert not found.not_judged
    return found, told


@pytest.fixture(scope="module")
def sample(driven: Driven) -> tuple[Audit, GiveawayCount]:
    """Problems of the bundled sample."""
    problems = [one for one in read_problems("sample") if isinstance(one, Problem)]
    taken = [one for one in problems if one.id.removeprefix("sample/") in VALID][::EVERY]
    found, told = measured(driven, ((one, with_larger_tests(one)) for one in taken))
    assert not found.reference_fails_truth
    return found, told


def label_of(one: AuditedProgram) -> int:
    at = labelled_step(one.trace)
    return IGNORE if at is None else one.trace.labels[at]


def demand(found: Audit, intent: str, *, wrong_at_most: float, kept_at_least: float) -> None:
    """The share of ``1`` that the larger tests refute, the share of right edits that keep their ``1``, and the share of
    right edits that are called wrong (at most a fiftieth)."""
    edits = [one for one in found.judged if one.intent == intent]
    ones = [one for one in edits if label_of(one) == 1]
    right = [one for one in edits if one.is_right]
    assert right
    at_most(wrong_at_most, sum(not one.is_right for one in ones), len(ones), f"{intent}: wrong 1")
    at_least(kept_at_least, sum(label_of(one) == 1 for one in right), len(right), f"{intent}: right and kept")
    at_most(0.02, sum(label_of(one) == 0 for one in right), len(right), f"{intent}: right and called wrong")


def test_right_refactorings_keep_their_label_and_no_wrong_one_has_it(sample) -> None:
    demand(sample[0], "refactor", wrong_at_most=0.005, kept_at_least=0.95)


def test_mutations_that_pass_are_called_right_where_they_are(sample) -> None:
    demand(sample[0], "mutate", wrong_at_most=0.05, kept_at_least=0.85)


def test_who_sees_the_step_alone_knows_less_than_who_sees_its_operator(sample) -> None:
    """The figures of the card: the operator tells nearly all, the text of a step much less."""
    told = sample[1].figures()
    at_least(0.9, told["by_operator"], told["edits"], "told by the operator")
    at_most(0.85, told["by_text"], told["texts"], "told by the text")


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_labels_hold_on_real_problems(name: str, driven: Driven) -> None:
    folder = os.environ.get("PRMDATA_DATA")
    if folder is None:
        pytest.skip("PRMDATA_DATA does not name the real data")
    pairs = humaneval(Path(folder)) if name == "humaneval" else leetcode(Path(folder))
    taken = 60 if WHOLE else REAL[name]
    found, _ = measured(driven, islice(pairs, 3, 3 + taken))
    at_most(0.15, len(found.reference_fails_truth), taken, "references that fail HumanEval+, 17 of 164")
    demand(found, "refactor", wrong_at_most=0.01, kept_at_least=0.9)
    demand(found, "mutate", wrong_at_most=0.05, kept_at_least=0.7)


def humaneval(folder: Path) -> Iterator[Pair]:
    """HumanEval, with HumanEval+ as its larger tests."""
    given, larger = (read_problems(str(folder / file)) for file in HUMANEVAL)
    for problem, truth in zip(given, larger, strict=True):
        if isinstance(problem, Problem) and isinstance(truth, Problem):
            yield problem, truth


def leetcode(folder: Path) -> Iterator[Pair]:
    """LeetCodeDataset, of whose asserts the first four are given."""
    for problem in read_problems(str(folder / LEETCODE)):
        if isinstance(problem, Problem):
            check = ast.parse(problem.tests[0].code)
            function = check.body[0]
            assert isinstance(function, ast.FunctionDef)
            if len(function.body) >= 20:
                function.body = function.body[:4]
                yield replace(problem, tests=(Test("check", ast.unparse(check)),)), problem


def test_a_share_that_holds_is_let_through_and_one_that_does_not_is_refused() -> None:
    at_least(0.9, 88, 100, "about as many")
    at_most(0.1, 12, 100, "about as many")
    at_least(0.5, 0, 0, "nothing counted")
    with pytest.raises(AssertionError, match=r"80 of 100, at least 90\.0% required"):
        at_least(0.9, 80, 100, "too few")
    with pytest.raises(AssertionError, match=r"20 of 100, at most 10\.0% allowed"):
        at_most(0.1, 20, 100, "too many")
    assert 0 < UNLIKELY < 0.05


def test_larger_tests_hold_for_every_function_of_the_sample(driven: Driven) -> None:
    """Each function of the sample has larger tests, which its given tests do not contain."""
    functions = [
        one for one in read_problems("sample") if isinstance(one, Problem) and one.tests[0].form != "stdio"
    ]
    without = {one.id.removeprefix("sample/") for one in functions} - VALID.keys()
    assert without == {"duration-text", "newton-root"}, "they raise on purpose"
    for problem in functions[::EVERY]:
        if problem.id.removeprefix("sample/") in VALID:
            larger = with_larger_tests(problem)
            assert len(larger.tests) > 4 * len(problem.tests), problem.id
