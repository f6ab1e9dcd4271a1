"""``verl``: one prompt a problem, with its tests as the ground truth for a reward function.

Standard-input problems have the ``inputs``/``outputs`` that verl's own code reward reads; the others keep
their tests as text, for a reward function of your own (``extra_info`` has what it needs).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from prmdata.exports.format import ExportCounts, ExportOptions, Format, Group, RefusedError, columns

EXTRA_INFO: Final = {
    "index": "int64",
    **dict.fromkeys(("split", "problem_id", "entry_point", "setup", "reference"), "string"),
}


def render(group: Group, options: ExportOptions, counts: ExportCounts) -> Iterator[dict[str, Any]]:  # noqa: ARG001
    """One row a problem. Raises RefusedError where its tests are not in the dataset."""
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
    yield {
        "data_source": problem["source"] or "prmdata",
        "prompt": [{"role": "user", "content": problem["prompt"]}],
        "ability": "code",
        "reward_model": {"style": "rule", "ground_truth": json.dumps(truth, ensure_ascii=False)},
        "extra_info": {
            "index": group.place,
            "split": group.split,
            "problem_id": group.problem_id,
            "entry_point": problem["entry_point"],
            "setup": problem["setup"],
            "reference": problem["reference"],
        },
    }


def text(row: Mapping[str, Any]) -> str:
    """What a policy is given."""
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
python -m verl.trainer.main_ppo data.train_files=DIR/data/train-00000-of-00001.parquet ...
```""",
)
