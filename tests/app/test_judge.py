"""``prmdata.judge``: what it says of programs, what it accepts as a problem, and that it holds in threads and forks."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import prmdata
from prmdata.app.judge import close_pools
from prmdata.errors import InputError
from prmdata.records import Problem, Spec, Verdict

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("docker_engine"), pytest.mark.timeout(300)]

NATIVE = {
    "id": "made/double",
    "prompt": "Double a number.",
    "reference": "def double(n):\n    return n + n\n",
    "tests": ["assert double(2) == 4", "assert double(0) == 0", "assert double(-3) == -6"],
}
HUMAN_EVAL = {
    "task_id": "HumanEval/x",
    "prompt": "def double(n):\n",
    "canonical_solution": "    return n + n\n",
    "entry_point": "double",
    "test": "def check(candidate):\n    assert candidate(2) == 4\n    assert candidate(-3) == -6\n",
}


@pytest.fixture(autouse=True, scope="module")
def _no_pool_stays():
    yield
    close_pools()


def test_each_program_has_its_verdict_its_tests_and_the_step_of_its_error():
    programs = [
        "def double(n):\n    return 2 * n\n",
        "def double(n):\n    return n * n\n",
        "def double(n):\n    if n < 0:\n        raise ValueError(n)\n    return n + n\n",
        "def double(n):\n    return (n +\n        n\n",
        "def double(n):\n    while True: pass\n",
        "def double(n):\n    return '\ud800'\n",
    ]
    found = prmdata.judge(NATIVE, programs)
    verdicts = [one.verdict for one in found]
    assert verdicts == [
        Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR, Verdict.COMPILE_ERROR, Verdict.TIMEOUT, None,
    ]  # fmt: skip
    assert [one.passed for one in found] == [True, *[False] * 5]
    assert [one.tests_passed for one in found] == [3, 2, 2, 0, 0, 0]
    assert {one.tests_total for one in found} == {3}
    assert found[2].error_step == 2
    assert found[0].error_step is None
    assert found[0].cpu_s > 0
    assert "surrogate" in found[5].reason
    assert prmdata.judge(NATIVE, programs[0]).verdict == Verdict.PASSED


def test_what_differs_from_run_to_run_is_no_verdict():
    program = "import os\ndef double(n):\n    return n + n + (os.urandom(1)[0] % 2)\n"
    found = prmdata.judge(NATIVE, [f"{program}# {at}\n" for at in range(12)])
    assert any(one.verdict is None and "unrepeatable" in one.reason for one in found)


def test_a_problem_may_be_a_row_of_any_layout_a_problem_or_a_spec(tmp_path):
    right = "def double(n):\n    return n * 2\n"
    with gzip.open(tmp_path / "rows.jsonl.gz", "wt") as file:
        file.write(json.dumps(HUMAN_EVAL) + "\n")
    (problem,) = prmdata.read_problems(tmp_path / "rows.jsonl.gz")
    assert isinstance(problem, Problem)
    given: Any
    for given in (NATIVE, HUMAN_EVAL, problem, Spec(problem, cpu_s=0.5)):
        assert prmdata.judge(given, right).passed
        assert not prmdata.judge(given, "import os; os._exit(0)").passed


def test_a_row_of_config_problems_is_judged_as_it_was_vetted(problem_rows):
    for row in problem_rows:
        assert prmdata.judge(row, row["reference"]).passed
        assert not prmdata.judge(row, "import os; os._exit(0)").passed


@pytest.fixture
def problem_rows(tmp_path):
    """Three rows of config ``problems`` of a dataset, as Parquet gives them."""
    import pyarrow.parquet as pq

    from prmdata.datasets.problem_rows import problem_row, problems_schema
    from prmdata.datasets.writer import write_rows
    from prmdata.records import Execution, Vetted

    problems = prmdata.read_problems("sample", limit=3)
    run = Execution(Verdict.PASSED, ())
    rows = [
        ("train", problem_row(Vetted(Spec(problem, cpu_s=0.5), run), []))
        for problem in problems
        if isinstance(problem, Problem)
    ]
    write_rows(rows, tmp_path / "problems", problems_schema())
    return [row for path in Path(tmp_path / "problems").glob("*.parquet") for row in pq.read_table(path).to_pylist()]  # fmt: skip


def test_a_problem_whose_reference_fails_or_that_lacks_a_part_is_bad_input():
    with pytest.raises(InputError, match="made/double"):
        prmdata.judge(NATIVE | {"reference": "def double(n):\n    return n\n"}, "pass")
    with pytest.raises(InputError, match="no tests"):
        prmdata.judge(NATIVE | {"tests": []}, "pass")
    with pytest.raises(InputError, match="fit no layout"):
        prmdata.judge({"question": "?"}, "pass")


def test_threads_share_one_pool_and_it_ends_with_its_workers():
    programs = [f"def double(n):\n    return n + n  # {at}\n" for at in range(40)]
    programs += [f"def double(n):\n    return n - n  # {at}\n" for at in range(40)]
    judged: Any = partial(prmdata.judge, NATIVE, workers=2)
    with ThreadPoolExecutor(8) as threads:
        found = [one.passed for one in threads.map(judged, programs)]
    assert found == [True] * 40 + [False] * 40
    workers = [thread for thread in threading.enumerate() if thread.name == "prmdata-worker"]
    assert len(workers) >= 1
    close_pools()
    assert not any(thread.is_alive() for thread in workers)
    assert prmdata.judge(NATIVE, programs[0]).passed, "the next call starts another pool"


def _child(queue):
    queue.put((os.getpid(), prmdata.judge(NATIVE, "def double(n):\n    return n * 2\n").passed))
    close_pools()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_has_a_pool_of_its_own():
    assert prmdata.judge(NATIVE, str(NATIVE["reference"])).passed
    fork = multiprocessing.get_context("fork")
    queue = fork.Queue()
    child = fork.Process(target=_child, args=(queue,))
    child.start()
    assert queue.get(timeout=60) == (child.pid, True)
    child.join(30)
    assert child.exitcode == 0
    assert prmdata.judge(NATIVE, "def double(n):\n    return n + n  # again\n").passed
