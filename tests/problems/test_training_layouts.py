"""The layouts of sets made for training and of newer benchmarks: a row with the columns that each card states."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prmdata.problems import read_problems
from prmdata.problems.layouts import fitting
from prmdata.records import Problem, Reject, Rollout

from .test_layouts import write

TWICE = "def twice(x):\n    return 2 * x\n"
WRONG = "def twice(x):\n    return x * x\n"
ECHO = "print(int(input()) * 2)\n"
FENCED = f"Sure:\n```python\n{TWICE}```\nDone."
PAIRS = {"inputs": ["1\n", "4\n"], "outputs": ["2\n", "8\n"]}
CHECKER = (
    "import sys\n\ndef main(given, answer, output):\n    n = int(open(given).read())\n"
    "    with open(output) as file:\n        a, b = map(int, file.read().split())\n"
    "    print(1 if a + b == n else 0)\n\nif __name__ == '__main__':\n    main(*sys.argv[1:4])\n"
)
LAYOUTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "TACO": (
        {
            "question": "Double it.", "solutions": json.dumps(["print 1", ECHO]), "starter_code": "",
            "input_output": json.dumps(PAIRS), "difficulty": "EASY", "raw_tags": "[]", "name": None, "source": "kattis",
            "tags": "[]", "skill_types": "[]", "url": "u", "Expected Auxiliary Space": None, "time_limit": None,
            "date": None, "picture_num": None, "memory_limit": None, "Expected Time Complexity": None,
        },
        {"id": "rows/0", "reference": ECHO, "tests": 2},
    ),
    "KodCode": (
        {
            "version": "v1.0", "style": "instruct", "subset": "Prefill", "question_id": "P_1_I", "question": "Double it.",
            "solution": TWICE, "test": "from solution import twice\n\ndef test_a():\n    assert twice(2) == 4\n\n"
            "def test_b():\n    assert twice(0) == 0\n", "test_info": [], "gpt_pass_sequence": [1, 0],
            "gpt_pass_percentage": 0.5, "r1_solution": WRONG, "metadata": {}, "conversations": [],
        },
        {"id": "P_1_I", "entry_point": "twice", "tests": 2, "rollouts": (Rollout(WRONG),)},
    ),
    "AceCode": (
        {
            "id": "oss_1", "source": "oss", "question": "Double it.", "test_cases": ["assert twice(2) == 4"],
            "inferences": [
                {"completion": f"```python\n{WRONG}```", "pass_rate": 0.5, "model_name": "m", "completion_id": 0},
                {"completion": FENCED, "pass_rate": 1.0, "model_name": "m", "completion_id": 1},
            ],
            "context_messages": [[{"role": "user", "content": "Double it."}]],
        },
        {"reference": "", "entry_point": "twice", "rollouts": (Rollout(TWICE), Rollout(WRONG)), "tests": 1},
    ),
    "OpenCoder": (
        {
            "seq_id": 7, "instruction": "Double it.", "output": FENCED, "code": TWICE, "entry_point": "twice",
            "testcase": ["assert twice(1) == 2", "assert twice(0) == 0"],
        },
        {"id": "7", "reference": TWICE, "tests": 2},
    ),
    "open-r1 verifiable": (
        {
            "source": "apps", "task_type": "verifiable_code", "in_source_id": "9", "problem_statement": "Double it.",
            "gold_standard_solution": f"```python\n{ECHO}```", "problem_id": "vcp_9", "metadata": {},
            "verification_info": {"language": "python", "test_cases": [
                {"fn_name": None, "input": "1\n", "output": "2\n", "type": "stdin_stdout"}]},
        },
        {"id": "vcp_9", "reference": ECHO, "tests": 1},
    ),
    "open-r1 Codeforces": (
        {
            "id": "1/A", "title": "Sum", "description": "Two numbers.", "input_format": "n", "output_format": "a b",
            "interaction_format": None, "note": None, "examples": [{"input": "3", "output": "1 2"}], "input_mode": "stdio",
            "official_tests": [{"input": "3", "output": "1 2"}], "generated_checker": CHECKER, "memory_limit": 256.0,
            "solution": "n = int(input())\nprint(0, n)\n",
        },
        {"id": "1/A", "tests": 1},
    ),
    "DeepCoder": (
        {
            "problem": "Double it.", "solutions": [f"```python\n{TWICE}```"], "starter_code": "",
            "tests": json.dumps([{"type": "function_call", "fn_name": "twice", "input": [2], "output": 4}]),
        },
        {"reference": TWICE, "entry_point": "twice", "tests": 1},
    ),
    "verl": (
        {
            "data_source": "taco", "ability": "code",
            "prompt": [{"role": "system", "content": "Think."}, {"role": "user", "content": "Double it."}],
            "reward_model": {"style": "rule", "ground_truth": json.dumps(PAIRS)},
            "extra_info": {"index": 3, "split": "train", "solution": ECHO},
        },
        {"reference": ECHO, "prompt": "Double it.", "tests": 2},
    ),
    "rStar-Coder": (
        {
            "question_id": "seed_1", "question": "Double it.", "starter_code": "", "inputs": json.dumps(PAIRS["inputs"]),
            "outputs": json.dumps(PAIRS["outputs"]), "is_synthesized": "false", "test_case_type": "stdin",
            "func_name": "", "class_name": "", "code": ECHO,
        },
        {"id": "seed_1", "reference": ECHO, "tests": 2},
    ),
    "BigCodeBench": (
        {
            "task_id": "BigCodeBench/1", "complete_prompt": 'def task_func(x):\n    """Twice x."""\n',
            "instruct_prompt": "p", "canonical_solution": "    return 2 * x", "code_prompt": "def task_func(x):\n",
            "test": "import unittest\nclass TestCases(unittest.TestCase):\n    def test_1(self):\n"
            "        self.assertEqual(task_func(2), 4)\n    def test_2(self):\n        self.assertEqual(task_func(0), 0)\n",
            "entry_point": "task_func", "doc_struct": "{}", "libs": "[]",
        },
        {"id": "BigCodeBench/1", "entry_point": "task_func", "tests": 2},
    ),
    "ClassEval": (
        {
            "task_id": "ClassEval_1", "skeleton": "class Box:\n    def add(self, k): ...\n", "import_statement": ["import math"],
            "solution_code": "class Box:\n    def add(self, k):\n        return math.floor(k) + 1\n",
            "test": "import unittest\nclass BoxTest(unittest.TestCase):\n    def test_add(self):\n"
            "        self.assertEqual(Box().add(1), 2)\n",
            "class_name": "Box", "class_description": "", "methods_info": [], "test_classes": ["BoxTest"],
            "class_constructor": "", "fields": [],
        },
        {"entry_point": "Box", "tests": 1},
    ),
    "CRUXEval": (
        {"code": "def f(s):\n    return s[::-1]", "input": "'ab'", "output": "'ba'", "id": "sample_3"},
        {"id": "sample_3", "entry_point": "f", "tests": 1},
    ),
    "MultiPL-E": (
        {
            "name": "HumanEval_0_twice", "language": "py", "prompt": "def twice(x):\n", "doctests": "transform",
            "original": "o", "prompt_terminology": "reworded", "stop_tokens": ["\ndef"],
            "tests": "def check(candidate):\n    assert candidate(2) == 4\n\ndef test_check():\n    check(twice)\n\ntest_check()\n",
        },
        {"tests": 1},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_row_as_the_card_documents_it(tmp_path: Path, name: str) -> None:
    row, wanted = LAYOUTS[name]
    layout = fitting(row.keys())
    assert layout is not None
    assert layout.name == name
    (found,) = read_problems(write(tmp_path / "rows.jsonl", row))
    if name == "MultiPL-E":
        assert isinstance(found, Reject)
        assert (found.reason, found.place) == ("no reference", "rows.jsonl:1")
        assert "--rollouts-from" in found.detail
        return
    assert isinstance(found, Problem), found
    assert len(found.tests) == wanted.pop("tests")
    assert {key: getattr(found, key) for key in wanted} == wanted
    assert found.prompt
    assert all(one not in json.dumps(dict(found.metadata)) for one in (TWICE, ECHO))


def test_pass_rates_are_metadata(tmp_path: Path) -> None:
    (found,) = read_problems(write(tmp_path / "rows.jsonl", LAYOUTS["AceCode"][0]))
    assert isinstance(found, Problem)
    rates = [one["pass_rate"] for one in found.metadata["pass_rates"]]
    assert rates == [1.0, 0.5]  # beside the rollouts, in their order


def test_multipl_e_takes_rollouts(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", LAYOUTS["MultiPL-E"][0])
    rollouts = write(
        tmp_path / "r.jsonl", {"task_id": "HumanEval_0_twice", "completion": "    return 2 * x\n"}
    )
    (found,) = read_problems(path, rollouts_from=rollouts)
    assert isinstance(found, Problem)
    assert found.entry_point == "twice"
    assert found.rollouts[0].program == TWICE


@pytest.mark.parametrize(("key", "value"), [("language", "cpp"), ("programming_language", "JavaScript")])
def test_a_row_of_another_language_is_rejected_alone(tmp_path: Path, key: str, value: str) -> None:
    row = LAYOUTS["MultiPL-E"][0]
    first, second = read_problems(
        write(tmp_path / "rows.jsonl", row | {"name": "a", "language": "py", key: value}, row)
    )
    assert isinstance(first, Reject)
    assert (first.problem_id, first.reason) == ("a", "another language")
    assert value in first.detail
    assert isinstance(second, Reject)
    assert second.reason == "no reference"


def test_a_checker_of_the_data_judges_each_answer(tmp_path: Path) -> None:
    (found,) = read_problems(write(tmp_path / "rows.jsonl", LAYOUTS["open-r1 Codeforces"][0]))
    assert isinstance(found, Problem)
    names: dict[str, Any] = {}
    exec(found.compare.checker, names)
    assert names["ok"]("3", "1 2", "0 3\n") is True
    assert names["ok"]("3", "1 2", "1 1\n") is False


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"interaction_format": "ask"}, "an interactive problem"),
        ({"input_mode": "file"}, "reads and writes files"),
    ],
)
def test_what_a_sandbox_cannot_play_is_rejected(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    (found,) = read_problems(write(tmp_path / "rows.jsonl", LAYOUTS["open-r1 Codeforces"][0] | change))
    assert isinstance(found, Reject)
    assert found.reason == reason


def test_integers_of_any_length_infinity_and_nulls(tmp_path: Path) -> None:
    huge = "1" + "0" * 5000
    io = f'{{"fn_name": "f", "inputs": [[5000], [0], [1]], "outputs": [{huge}, Infinity, null]}}'
    row = {
        "problem_id": 1,
        "question": "q",
        "solutions": json.dumps(["def f(n):\n    return n\n"]),
        "input_output": io,
    }
    (found,) = read_problems(write(tmp_path / "rows.jsonl", row))
    assert isinstance(found, Problem)
    answers = (10**5000, float("inf"), None)
    for test, answer in zip(found.tests, answers, strict=True):
        space: dict[str, Any] = {}
        exec(test.code, space)
        space["check"](lambda _, answer=answer: answer)
        with pytest.raises(AssertionError):
            space["check"](lambda _: "another")
