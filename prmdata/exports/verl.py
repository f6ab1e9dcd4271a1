"""``verl``: one prompt for each problem, with its tests as the ground truth for a reward function.

``prmdata.app.rewards`` has the reward function. The rows hold all that it needs (``extra_info.judging``: the
forms of the tests, the rule of comparison, the isolation and the CPU limit, as JSON). Problems on standard
input have the ``inputs`` and ``outputs`` that verl's own code reward reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from prmdata.exports.format import ExportCounts, ExportOptions, Format, Group, RefusedError, columns

EXTRA_INFO: Final = {
    "index": "int64",
    **dict.fromkeys(
        ("split", "problem_id", "prompt", "entry_point", "setup", "reference", "judging"), "string"
    ),
}


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:  # noqa: ARG001
    """One row for each problem. Raises RefusedError if the dataset does not hold the problem's tests."""
    problem = group.problem
    if problem is None:
        raise RefusedError(
            options.format, f"config 'problems' has no row for {group.problem_id}; build again"
        )
    tests: list[Mapping[str, Any]] = problem["tests"]
    if all(test["form"] == "stdio" for test in tests):
        truth: dict[str, Any] = {
            "inputs": [test["input"] for test in tests],
            "outputs": [test["output"] for test in tests],
        }
    else:
        truth = {"tests": [test["code"] for test in tests], "entry_point": problem["entry_point"]}
    judging = {
        "forms": [test["form"] for test in tests],
        "compare": problem["compare"],
        "isolation": problem["isolation"],
        "cpu_s": problem["cpu_s"],
    }
    yield {
        "data_source": problem["source"] or "prmdata",
        "prompt": [{"role": "user", "content": problem["prompt"]}],
        "ability": "code",
        "reward_model": {"style": "rule", "ground_truth": json.dumps(truth, ensure_ascii=False)},
        "extra_info": {
            "index": group.place,
            "split": group.split,
            "problem_id": group.problem_id,
            "prompt": problem["prompt"],
            "entry_point": problem["entry_point"],
            "setup": problem["setup"],
            "reference": problem["reference"],
            "judging": json.dumps(judging, ensure_ascii=False),
        },
    }


def text(row: Mapping[str, Any]) -> str:
    """The text that a policy model gets."""
    return str(row["prompt"][0]["content"])


FORMAT = Format(
    name="verl",
    summary="verl: a prompt a problem, its tests as ground truth for a reward function",
    schema=columns(
        data_source="string",
        prompt=[{"role": "string", "content": "string"}],
        ability="string",
        reward_model={"style": "string", "ground_truth": "string"},
        extra_info=EXTRA_INFO,
    ),
    render=render,
    text=text,
    any_kind=True,
    needs_problems=True,
    recipe="""\
```bash
python -m verl.trainer.main_ppo data.train_files=DIR/data/train-00000-of-00001.parquet \\
    reward.custom_reward_function.path=pkg://prmdata.app.rewards \\
    reward.custom_reward_function.name=compute_score ...
```

The reward is 1.0 where the program passes every test, judged in the sandbox (`sandbox` and `workers` go into
`reward.custom_reward_function.reward_kwargs`). The same rows serve TRL's GRPO (`reward_funcs=prmdata.app.rewards.passes_tests`,
`examples/train_grpo.py`) and verifiers (`examples/verifiers_taskset.py`).""",
)
