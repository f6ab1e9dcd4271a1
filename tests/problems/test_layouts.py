"""Each layout: the columns it needs, what it makes of a row, and how it is distinguished from the others."""

from __future__ import annotations

import base64
import gzip
import json
import pickle
import zlib
from pathlib import Path
from typing import Any

import pytest

from prmdata.errors import InputError
from prmdata.problems import read_problems
from prmdata.problems.layouts import known_layouts, recognise
from prmdata.problems.layouts.calls import call_test
from prmdata.problems.layouts.leetcode import quoted
from prmdata.records import Problem, Reject, Rollout, Test


def write(path: Path, *rows: object) -> Path:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def one(tmp_path: Path, row: dict[str, Any]) -> Problem:
    (found,) = read_problems(write(tmp_path / "rows.jsonl", row))
    assert isinstance(found, Problem), found
    return found


def passes(problem: Problem, program: str | None = None) -> bool:
    """Whether a program passes the problem's asserting tests. They run in this process, because the rows
    below are written here."""
    space: dict[str, Any] = {}
    exec(problem.setup + (problem.reference if program is None else program), space)
    candidate = eval(problem.entry_point or "None", space)
    try:
        for test in problem.tests:
            exec(test.code, space)
            if test.form == "check":
                space["check"](candidate)
    except AssertionError:
        return False
    return True


HUMANEVAL = {
    "task_id": "HE/1",
    "prompt": 'def double(x):\n    """Twice x."""\n',
    "canonical_solution": "    return 2 * x\n",
    "entry_point": "double",
    "test": "def check(candidate):\n    assert candidate(2) == 4\n",
}


def test_humaneval_program_is_prompt_and_solution(tmp_path: Path) -> None:
    problem = one(tmp_path, HUMANEVAL)
    assert problem.id == "HE/1"
    assert problem.reference == HUMANEVAL["prompt"] + HUMANEVAL["canonical_solution"]
    assert problem.tests == (Test("check", code=HUMANEVAL["test"]),)
    assert problem.entry_point == "double"
    assert problem.source == "rows"


def test_mbpp_keeps_line_ends_and_finds_the_entry_point(tmp_path: Path) -> None:
    row = {
        "task_id": 3,
        "text": "Add.",
        "code": "def helper(x):\r\n\treturn x\r\ndef add(a, b):\r\n\treturn helper(a) + b",
        "test_list": ["assert add(1, 2) == 3", "assert add(helper(0), 0) == 0"],
        "test_setup_code": "import math",
        "challenge_test_list": ["assert add(9, 9) == 18"],
    }
    problem = one(tmp_path, row)
    assert problem.id == "3"
    assert problem.reference == row["code"]
    assert problem.entry_point == "add"
    assert problem.setup == "import math"
    assert len(problem.tests) == 2
    assert problem.metadata == {"challenge_test_list": row["challenge_test_list"]}


def test_sanitized_mbpp_takes_its_imports_as_setup(tmp_path: Path) -> None:
    row = {
        "source_file": "x",
        "task_id": 4,
        "prompt": "Root.",
        "code": "def root(x):\n    return x ** 0.5\n",
        "test_imports": ["import math"],
        "test_list": ["assert math.isclose(root(4), 2)"],
    }
    problem = one(tmp_path, row)
    assert problem.setup == "import math\n"
    assert passes(problem)


@pytest.mark.parametrize(
    "solution",
    ["    return x * 2\n", "def double(x):\n    return x * 2\n"],
    ids=["a body", "a whole program"],
)
def test_evalplus_inputs_are_judged_by_the_canonical_solution(tmp_path: Path, solution: str) -> None:
    row = {
        "task_id": "HE/1",
        "prompt": HUMANEVAL["prompt"],
        "contract": "",
        "canonical_solution": solution,
        "entry_point": "double",
        "base_input": [[1], [2.5]],
        "plus_input": [[-3], [[1, 2]]],
        "atol": 0,
    }
    problem = one(tmp_path, row)
    assert [test.form for test in problem.tests] == ["check", "check"]
    assert passes(problem)
    assert passes(problem, "def double(x):\n    return x + x if not isinstance(x, list) else tuple(x + x)\n")
    assert passes(problem, "def double(x):\n    return x * 2 + 1e-9 if isinstance(x, float) else x * 2\n")
    assert not passes(problem, "def double(x):\n    return abs(x) * 2 if isinstance(x, int) else x * 2\n")
    assert not passes(problem, "def double(x):\n    return x * 2 if not isinstance(x, list) else x\n")


def test_evalplus_script_wins_over_sanitized_mbpp(tmp_path: Path) -> None:
    row = {
        "task_id": 4,
        "prompt": "Root.",
        "code": "def root(x):\n    return x ** 0.5\n",
        "source_file": "x",
        "test_imports": [],
        "test_list": ["assert root(4) == 2"],
        "test": "inputs = [[4], [9]]\nresults = [2, 3]\nfor i, o in zip(inputs, results):\n    assert root(*i) == o\n",
    }
    problem = one(tmp_path, row)
    assert problem.tests == (Test("assert", code=str(row["test"])),)
    assert problem.entry_point == "root"
    assert problem.metadata["test_list"] == row["test_list"]


APPS = {
    "problem_id": 9,
    "question": "Add.",
    "solutions": json.dumps(
        ["print sum(map(int, raw_input().split()))", "print(sum(map(int, input().split())))\n"]
    ),
    "input_output": json.dumps({"inputs": ["1 2\n", ["3", "4"]], "outputs": ["3\n", ["7"]]}),
    "difficulty": "interview",
    "url": "",
    "starter_code": "",
}


def test_apps_takes_the_first_solution_that_parses(tmp_path: Path) -> None:
    problem = one(tmp_path, APPS)
    assert problem.reference == "print(sum(map(int, input().split())))\n"
    assert problem.references == ()
    assert problem.tests[0] == Test("stdio", input="1 2\n", output="3\n")
    assert problem.tests[1] == Test("stdio", input="3\n4\n", output="7\n")


def test_apps_calls_take_lists_for_tuples_and_unwrap_answers(tmp_path: Path) -> None:
    solutions = ["class Solution:\n    def pair(self, a, b):\n        return (a, b)\n"]
    io = {"fn_name": "pair", "inputs": [[1, 2], [[3], 4]], "outputs": [[[1, 2]], [[3], 4]]}
    row = APPS | {"solutions": json.dumps(solutions), "input_output": json.dumps(io)}
    problem = one(tmp_path, row)
    assert problem.entry_point == "Solution().pair"
    assert passes(problem)
    assert not passes(problem, "class Solution:\n    def pair(self, a, b):\n        return (b, a)\n")


def test_apps_plus_has_columns_of_its_own(tmp_path: Path) -> None:
    row = {
        "id": "plus-1",
        "question": "Twice.",
        "canonical_solution": "def twice(x):\n    return 2 * x\n",
        "inputs": [[1], [4]],
        "outputs": [2, 8],
        "fn_name": "twice",
        "starter_code": "def twice(x):",
    }
    problem = one(tmp_path, row)
    assert problem.id == "plus-1"
    assert problem.entry_point == "twice"
    assert passes(problem)
    as_text = row | {"inputs": json.dumps(row["inputs"]), "outputs": json.dumps(row["outputs"])}
    assert one(tmp_path, as_text).tests == problem.tests


def test_codecontests_of_the_hub(tmp_path: Path) -> None:
    good, other, wrong = "print(int(input()))\n", "x = int(input())\nprint(x)\n", "print(0)\n"
    row = {
        "name": "1_A",
        "description": "Echo.",
        "public_tests": {"input": ["1\n"], "output": ["1\n"]},
        "private_tests": {"input": ["2\n"], "output": ["2\n"]},
        "generated_tests": {"input": [], "output": []},
        "source": 2,
        "solutions": {"language": [2, 3, 1, 3], "solution": ["int main(){}", good, "print 1", other]},
        "incorrect_solutions": {"language": [3, 2], "solution": [wrong, "x"]},
        "time_limit": {"seconds": 1, "nanos": 0},
        "memory_limit_bytes": 268435456,
    }
    problem = one(tmp_path, row)
    assert (problem.reference, problem.references) == (good, (other,))
    assert problem.rollouts == (Rollout(wrong),)
    assert [test.input for test in problem.tests] == ["1\n", "2\n"]
    assert problem.limits.memory_mb == 256
    assert problem.limits.cpu_s is None


def test_codecontests_rows(tmp_path: Path) -> None:
    row = {
        "problem_id": "cc/1",
        "description": "Echo.",
        "solution": "print(input())\n",
        "tests": [{"input": "1\n", "output": "1"}],
        "solution_passes_all": True,
    }
    problem = one(tmp_path, row)
    assert problem.tests == (Test("stdio", input="1\n", output="1"),)
    assert problem.metadata == {"solution_passes_all": True}


LIVE = {
    "question_title": "Echo",
    "question_content": "Echo.",
    "question_id": "1_A",
    "starter_code": "",
    "public_test_cases": json.dumps([{"input": "1\n", "output": "1\n", "testtype": "stdin"}]),
    "metadata": "{}",
}


def packed(cases: object) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(cases)))).decode()


@pytest.mark.parametrize("pack", [packed, json.dumps], ids=["packed", "plain"])
def test_livecodebench_private_tests(tmp_path: Path, pack: Any) -> None:
    private = [{"input": "2\n", "output": "2\n", "testtype": "stdin"}]
    row = LIVE | {"private_test_cases": pack(private), "solution": "print(input())\n"}
    problem = one(tmp_path, row)
    assert [test.input for test in problem.tests] == ["1\n", "2\n"]


def test_livecodebench_functional_tests_and_missing_reference(tmp_path: Path) -> None:
    private = [{"input": "[1, 2]\n3", "output": "[3, 4]", "testtype": "functional"}]
    row = LIVE | {
        "public_test_cases": "[]",
        "private_test_cases": packed(private),
        "metadata": json.dumps({"func_name": "add"}),
        "starter_code": "class Solution:\n    def add(self, xs, n):\n        ",
    }
    path = write(tmp_path / "live.jsonl", row)
    (found,) = read_problems(path)
    assert isinstance(found, Reject)
    assert found.reason == "no reference"
    program = "class Solution:\n    def add(self, xs, n):\n        return [x + n - 1 for x in xs]\n"
    rollouts = write(tmp_path / "rollouts.jsonl", {"problem_id": "1_A", "program": program})
    (found,) = read_problems(path, rollouts_from=rollouts)
    assert isinstance(found, Problem)
    assert found.entry_point == "Solution().add"
    assert passes(found, program)
    assert not passes(found, program.replace("n - 1", "n"))


class Poisoned:
    """Loading this pickle would make a folder."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.mkdir, (Path("made-by-a-pickle"),))


def test_livecodebench_runs_nothing_from_a_pickle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    bomb = base64.b64encode(zlib.compress(pickle.dumps(Poisoned()))).decode()
    path = write(tmp_path / "live.jsonl", LIVE | {"private_test_cases": bomb, "solution": "print(input())\n"})
    (found,) = read_problems(path)
    assert isinstance(found, Reject)
    assert "refused to load" in found.detail
    assert not (tmp_path / "made-by-a-pickle").exists()


def test_leetcode_prompt_holds_preamble_and_question(tmp_path: Path) -> None:
    row = {
        "task_id": "two-sum",
        "prompt": "from typing import *\n\n",
        "completion": "class Solution:\n    def add(self, xs: List[int]) -> int:\n        return sum(xs)\n",
        "entry_point": "Solution().add",
        "test": "def check(candidate):\n    assert candidate(xs=[1, 2]) == 3\n",
        "problem_description": 'Say "hi" with \\n and """quotes"""',
        "starter_code": "class Solution:\n    def add(self, xs: List[int]) -> int:\n        ",
    }
    problem = one(tmp_path, row)
    assert problem.reference == row["prompt"] + row["completion"]
    assert problem.prompt.startswith(row["prompt"])
    assert passes(problem)
    assert passes(problem, problem.prompt + row["completion"])


@pytest.mark.parametrize("text", ['"', '"""', "\\", '\\"""', 'a""""', "tab\t\\x00"])
def test_a_quoted_text_means_itself(text: str) -> None:
    assert eval(quoted(text)) == f"\n{text}\n"


def test_quixbugs_defect_is_a_rollout_and_tests_leave_the_setup(tmp_path: Path) -> None:
    row = {
        "problem_id": "q/last",
        "entry_point": "last",
        "prompt": "Last node.",
        "buggy_code": "def last(node):\n    return node\n",
        "fixed_code": "def last(node):\n    while node.next:\n        node = node.next\n    return node\n",
        "test_setup": (
            "class Node:\n    def __init__(self, next=None):\n        self.next = next\n\n"
            "end = Node()\n\ndef test1():\n    assert last(Node(end)) is end\n\ndef test2():\n    assert last(end) is end\n"
        ),
        "test_list": ["test1()", "test2()"],
        "buggy_lines": [2],
    }
    problem = one(tmp_path, row)
    assert problem.rollouts == (Rollout(str(row["buggy_code"]), faulty_lines=(2,)),)
    assert problem.metadata == {"buggy_lines": [2]}
    assert "last" not in problem.setup
    assert "class Node" in problem.setup
    assert problem.tests[1].code == "def test2():\n    assert last(end) is end\ntest2()"
    assert passes(problem)
    assert not passes(problem, str(row["buggy_code"]))


def test_unknown_columns_name_the_nearest_layouts_and_what_would_do(tmp_path: Path) -> None:
    path = write(tmp_path / "odd.jsonl", {"task_id": 1, "prompt": "x", "entry_point": "f", "test": "t"})
    said = (
        r"odd\.jsonl:1: .*HumanEval lacks canonical_solution; LeetCodeDataset lacks completion\. Say which column is "
        r"which: --columns prompt=prompt,reference=REFERENCE_COLUMN,tests=test$"
    )
    with pytest.raises(InputError, match=said):
        list(read_problems(path))


def test_every_layout_is_recognised_by_its_own_columns() -> None:
    for layout in known_layouts():
        assert recognise(layout.columns, "here") is layout


@pytest.mark.parametrize(
    ("got", "is_right"),
    [
        ([0.3333333333, 1], True),
        ([1 / 3, 1.0], True),
        ([0.3334, 1], False),
        ([1 / 3], False),
        ([1 / 3, 2], False),
    ],
)
def test_floats_in_the_answers_of_calls_are_met_closely(got: list[float], is_right: bool) -> None:
    for test in (call_test([3], [1 / 3, 1]), call_test([3], [[1 / 3, 1]], may_be_wrapped=True)):
        names: dict[str, Any] = {}
        exec(test.code, names)
        try:
            names["check"](lambda _: got)
        except AssertionError:
            assert not is_right
        else:
            assert is_right
