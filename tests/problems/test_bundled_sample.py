"""The bundled sample: what it promises, checked by running it."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from prmdata.problems import read_problems
from prmdata.records import Execution, Problem, Spec, Task, Verdict
from prmdata.sandboxes.contract import Worker

SAMPLE = [item for item in read_problems("sample") if isinstance(item, Problem)]


def test_its_shape() -> None:
    assert len(SAMPLE) >= 40
    assert len(list(read_problems("sample"))) == len(SAMPLE)
    forms = Counter(problem.tests[0].form for problem in SAMPLE)
    assert min(forms["assert"], forms["check"], forms["stdio"]) >= 10
    assert {problem.compare.rule for problem in SAMPLE} == {
        "default",
        "exact",
        "float",
        "any-order",
        "checker",
    }
    assert {problem.license for problem in SAMPLE} == {"Apache-2.0"}


@pytest.mark.parametrize("problem", SAMPLE, ids=lambda problem: problem.id)
def test_a_problem_is_of_a_size_to_teach(problem: Problem) -> None:
    assert 5 <= sum(1 for line in problem.reference.split("\n") if line.strip()) <= 60
    asserted = sum(
        isinstance(node, ast.Assert | ast.Raise)
        for test in problem.tests
        for node in ast.walk(ast.parse(test.code))
    )
    assert max(asserted, len(problem.tests)) >= 6


def test_references_pass_and_rollouts_do_as_they_are_meant_to(local_worker: Worker) -> None:
    outcomes: Counter[bool] = Counter()
    for problem in SAMPLE:
        programs = [problem.reference, *(rollout.program for rollout in problem.rollouts)]
        answers = local_worker.run(Spec(problem), tuple(Task(program) for program in programs))
        passed = [isinstance(answer, Execution) and answer.verdict == Verdict.PASSED for answer in answers]
        assert passed[0], problem.id
        if problem.rollouts:
            assert not all(passed[1:]), f"{problem.id}: a first error needs a rollout that fails"
            outcomes.update(passed[1:])
    assert outcomes[True] >= 5
    assert outcomes[False] >= 10
