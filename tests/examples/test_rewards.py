"""The reward functions, each called as its library calls it. Twenty right programs get 1.0, and twenty that
forge get 0.0."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import prmdata
from prmdata.app.rewards import judge_answers, passes_tests, program_of
from prmdata.datasets.problem_rows import problem_row, problems_schema
from prmdata.datasets.schema import steps_schema, to_row
from prmdata.datasets.writer import write_rows
from prmdata.errors import UsageError
from prmdata.records import Execution, Spec, Verdict, Vetted
from tests.builders.exported import rows_of
from tests.builders.traces import reference_trace

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("docker_engine"), pytest.mark.timeout(300)]
EXAMPLES = Path(__file__).parents[2] / "examples"
AS_VERL_CALLS: dict[str, Any] = {"num_turns": None, "rollout_reward_scores": {}}
"""What verl 0.9.1 puts into ``extra_info`` (``experimental/reward_loop/reward_manager/naive.py``)."""
AS_TRL_CALLS: dict[str, Any] = {
    "trainer_state": None,
    "log_extra": print,
    "log_metric": print,
    "completion_ids": [],
}
"""What TRL 1.16 passes beside the columns (``GRPOTrainer._calculate_rewards``)."""

FORGERIES = (
    "import os\nos._exit(0)",
    "def {f}(*_, **__):\n    raise SystemExit(0)",
    "def {f}(*_, **__):\n    import os\n    os._exit(0)",
    "class Yes:\n    def __eq__(self, other): return True\n    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__\n"
    "    def __hash__(self): return 0\n    def __bool__(self): return True\n"
    "def {f}(*_, **__):\n    return Yes()",
    "class Yes(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\ndef {f}(*_, **__):\n    return Yes()",
    "import builtins\nclass Never(Exception): pass\nbuiltins.AssertionError = Never\nbuiltins.all = lambda _: True\n"
    "def {f}(*_, **__):\n    return None",
    "import sys\ndef {f}(*_, **__):\n    frame = sys._getframe()\n    while frame:\n"
    "        for name, value in list(frame.f_locals.items()):\n            if 'expect' in name: return value\n"
    "        frame = frame.f_back",
    "import gc\ndef {f}(*_, **__):\n    for found in gc.get_objects():\n"
    "        if isinstance(found, dict) and 'expected' in found: return found['expected']",
    "import atexit, os\n@atexit.register\ndef forge():\n    for fd in range(3, 64):\n        try:\n"
    "            os.write(fd, b'{{\"verdict\": \"passed\"}}\\n')\n        except OSError:\n            pass\n"
    "def {f}(*_, **__):\n    return None",
    "import unittest.mock\ndef {f}(*_, **__):\n    return unittest.mock.MagicMock(__eq__=lambda *_: True)",
)  # fmt: skip


@pytest.fixture(scope="module")
def problems():
    """The first twenty bundled problems that call a function."""
    found = (problem for problem in prmdata.read_problems("sample") if not problem.is_stdio)
    return [next(found) for _ in range(20)]


@pytest.fixture(scope="module")
def rows(problems, tmp_path_factory):
    """The rows of these problems in the export ``verl``."""
    root = tmp_path_factory.mktemp("verl")
    passed = Execution(Verdict.PASSED, (Verdict.PASSED,))
    vetted = [problem_row(Vetted(Spec(problem, cpu_s=0.5), passed), []) for problem in problems]
    write_rows((("train", row) for row in vetted), root / "OUT/data/problems", problems_schema())
    traces = [replace(reference_trace(0), problem_id=problem.id, id=problem.id) for problem in problems]
    write_rows((("train", to_row(trace)) for trace in traces), root / "OUT/data/steps", steps_schema())
    prmdata.export(root / "OUT", "verl", root / "x")
    return {row["extra_info"]["problem_id"]: row for row in rows_of(root / "x")} | {"readme": root / "x/README.md"}  # fmt: skip


@pytest.fixture(scope="module")
def answers(problems):
    """A right answer and a forging answer for each problem, as a model would write them."""
    found = []
    for at, problem in enumerate(problems):
        forgery = FORGERIES[at % len(FORGERIES)].format(f=problem.entry_point)
        right = f"Here it is:\n\n```python\n{problem.reference}```\nIt works."
        found.append((problem.id, right, f"<think>hm</think>```python\n{forgery}\n```"))
    return found


def test_verl(rows, answers):
    """By the rules of verl 0.9.1's loader: a module behind ``pkg://`` and a name in it, both named in the README."""
    readme = rows["readme"].read_text("utf-8")
    path, name = (re.search(rf"custom_reward_function\.{key}=(\S+)", readme)[1] for key in ("path", "name"))
    function = getattr(import_module(path.removeprefix("pkg://").replace("/", ".")), name)
    for problem_id, right, forged in answers:
        row = rows[problem_id]
        given = {"data_source": row["data_source"], "ground_truth": row["reward_model"]["ground_truth"],
                 "extra_info": row["extra_info"] | AS_VERL_CALLS}  # fmt: skip
        found = [function(solution_str=answer, **given) for answer in (right, forged)]
        assert [one["score"] for one in found] == [1.0, 0.0], (problem_id, forged, found)
        assert all(isinstance(value, float) for one in found for value in one.values())


def test_trl(rows, answers):
    """The arguments of TRL: messages or texts, and the columns repeated for each completion."""
    prompts, completions, columns = [], [], {"reward_model": [], "extra_info": [], "data_source": []}
    for problem_id, *both in answers:
        for answer in both:
            prompts.append(rows[problem_id]["prompt"])
            completions.append([{"role": "assistant", "content": answer}])
            for name, cells in columns.items():
                cells.append(rows[problem_id][name])
    found = passes_tests(prompts=prompts, completions=completions, **columns, **AS_TRL_CALLS)
    assert found == [1.0, 0.0] * 20
    few = {name: cells[:4] for name, cells in columns.items()}
    texts = [completion[0]["content"] for completion in completions[:4]]
    assert passes_tests(prompts=prompts[:4], completions=texts, **few, **AS_TRL_CALLS) == [1.0, 0.0] * 2


def test_verifiers(rows, answers):
    """The taskset of the example, its tasks scored as an environment does (opt-in: pip install verifiers==0.4.0)."""
    vf = pytest.importorskip("verifiers.v1", reason="opt-in: pip install verifiers==0.4.0")
    from verifiers.v1.trace import TraceTask

    scope = {"__name__": "verifiers_taskset"}
    exec((EXAMPLES / "verifiers_taskset.py").read_text("utf-8"), scope)
    config = scope["CodeConfig"](id="prmdata", data=str(rows["readme"].parent))
    tasks = {task.data.id: task for task in scope["CodeTaskset"](config)}
    assert len(tasks) == 20
    for problem_id, *both in answers:
        task = tasks[problem_id]
        for answer, wanted in zip(both, (1.0, 0.0), strict=True):
            of = TraceTask(type="CodeTask", key=problem_id, data=task.data)
            trace = vf.Trace.model_construct(task=of, root_reply=answer, rewards={}, metrics={})
            asyncio.run(task.score(trace))
            assert trace.reward == wanted, (problem_id, answer)


def test_rows_of_another_source_are_refused_with_what_to_do():
    with pytest.raises(UsageError, match="--format verl"):
        judge_answers("{}", {"problem_id": "p"}, ["pass"])


CODE = 'from math import inf\n\ndef low(xs):\n    """Least."""\n'


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("    return min(xs, default=inf)\n", CODE + "    return min(xs, default=inf)\n"),
        ("```python\ndef low(xs):\n    return inf\n```", CODE + "\n\ndef low(xs):\n    return inf\n"),
        (
            "```py\ndef low(xs):\n    return 1\n```\nUse it:\n```\nlow([1])\n```",
            CODE + "\n\ndef low(xs):\n    return 1\n",
        ),
    ],
)
def test_the_program_of_an_answer_stands_behind_a_prompt_of_code(answer, wanted):
    squeezed = [re.sub(r"\n+", "\n", text).strip() for text in (program_of(answer, CODE, "low"), wanted)]
    assert squeezed[0] == squeezed[1]


def test_the_program_of_an_answer_to_a_prompt_in_words_is_its_last_block():
    said = "First:\n```python\nx = 1\n```\nThen:\n```python\nprint(int(input()) + 1)\n```\nDone."
    assert program_of(said, "Add one.", None).strip() == "print(int(input()) + 1)"
    assert program_of("print(1)", "Print.", None) == "print(1)"
