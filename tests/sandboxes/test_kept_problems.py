"""A guest keeps the problems that it was told prepared, and judges each by its own tests, inputs and limits."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from prmdata.records import Execution, Isolation, Problem, RunResult, Spec, Suite, Task, Test, Verdict
from prmdata.sandboxes.contract import Worker
from prmdata.sandboxes.local import LocalSandbox, LocalWorker
from prmdata.sandboxes.session import KEPT, MOST_KEPT_BYTES

INPUT = '{"a":[],"k":{}}'
P, W, T = Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.TIMEOUT


def spec_of(number: int, cpu_s: float = 1.0, padding: int = 0) -> Spec:
    """A problem whose answer is ``number``."""
    tests = (Test("assert", f"assert f() == {number}"), Test("assert", "#" * padding))
    made = Problem(f"p{number}", "", f"def f(): return {number}\n", tests, entry_point="f")
    return Spec(made, Isolation.TWO_PROCESSES, cpu_s, 256)


def verdict_of(answer: RunResult) -> Verdict:
    assert isinstance(answer, Execution), answer
    return answer.verdict


def test_a_guest_that_turns_to_and_fro_judges_each_problem_by_its_own_tests_and_inputs(
    local_worker: Worker,
) -> None:
    draw = random.Random(1)
    for number in [draw.randrange(KEPT + 4) for _ in range(3 * KEPT)]:
        suites = (Suite((INPUT,), (str(number),)), Suite((INPUT,), ("-1",)))
        programs = (f"def f(): return {number}\n", f"def f(): return {number + 1}\n")
        answers = local_worker.run(spec_of(number), [Task(program, suites=suites) for program in programs])
        assert [verdict_of(answer) for answer in answers] == [P, W]
        assert isinstance(answers[0], Execution)
        seen = [[each.status for each in suite] for suite in answers[0].observations]
        assert seen == [["agreed"], ["disagreed"]]


def test_a_problem_that_comes_again_has_the_limits_that_it_comes_with(local_worker: Worker) -> None:
    busy = "import time\ndef f():\n    while time.process_time() < 0.4: pass\n    return 7\n"
    for cpu_s, wanted in ((0.05, T), (2.0, P), (0.05, T)):
        (answer,) = local_worker.run(spec_of(7, cpu_s), [Task(busy)])
        assert verdict_of(answer) == wanted
        local_worker.run(spec_of(8), [Task("def f(): return 8\n")])


@pytest.mark.parametrize(("padding", "judges"), [(0, KEPT), (MOST_KEPT_BYTES + 1, 1)])
def test_a_guest_keeps_no_more_judges_than_problems_and_no_large_ones(padding: int, judges: int) -> None:
    with LocalSandbox().start() as worker:
        assert isinstance(worker, LocalWorker)
        worker.run(spec_of(1000), [Task("def f(): return len({1, 2}) * 500\n")])  # by a judge for each seed
        before = len(processes_under(worker._process.pid))
        for number in range(KEPT + 6):
            (answer,) = worker.run(spec_of(number, padding=padding), [Task(f"def f(): return {number}\n")])
            assert verdict_of(answer) == P
        assert len(processes_under(worker._process.pid)) - before == judges - 2 * (not padding)


def processes_under(pid: int) -> set[int]:
    parents = {int(path.name): parent_of(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def parent_of(path: Path) -> int:
    try:
        return int((path / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    except OSError:  # it has ended meanwhile
        return 0
