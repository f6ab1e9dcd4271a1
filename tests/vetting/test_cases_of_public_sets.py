"""Rows in the layouts of public sets, rows that once ended a source, and right references that were once rejected.

The files are written for this project and lie beside the real data (``cases`` next to the folder that PRMDATA_DATA names).
Each is read, vetted in the local sandbox, and worked on as a build does it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from prmdata.pipeline.problem_work import work
from prmdata.problems import read_problems
from prmdata.records import Problem, Question, Vetted
from prmdata.strategies import curriculum, mutate_refactor
from prmdata.strategies.mutate_refactor import EditOptions
from prmdata.strategies.rows import StrategyResult

CASES = Path(os.environ.get("PRMDATA_DATA", ".")).parent / "cases"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not (CASES / "layouts").is_dir(), reason="there are no cases beside PRMDATA_DATA"),
]

HELD = "held"
GCD = "a, b = map(int, input().split())\nwhile b:\n    a, b = b, a % b\nprint(a)\n"
LARGEST = "n = int(input())\nprint(max(map(int, input().split())))\n"
CLAMP = "class Solution:\n    def clamp(self, x, lo, hi):\n        return max(lo, min(hi, x))\n"
SUM = "n = int(input())\nprint(1, n - 1)\n"

BECOMES = {
    "layouts/lay_acecode87k.jsonl": [HELD, HELD],
    "layouts/lay_bigcodebench.jsonl": [HELD],
    "layouts/lay_classeval.jsonl": [HELD],
    "layouts/lay_cruxeval.jsonl": [HELD, HELD],
    "layouts/lay_deepcoder_lcbv5.jsonl": ["no reference"],
    "layouts/lay_deepcoder_primeintellect.jsonl": [HELD, HELD],
    "layouts/lay_kodcode.jsonl": [HELD, HELD],
    "layouts/lay_opc_educational.jsonl": [HELD],
    "layouts/lay_openr1_codeforces.jsonl": ["no reference"],
    "layouts/lay_openr1_verifiable.jsonl": [HELD, HELD],
    "layouts/lay_rstar_seed_testcase.jsonl": ["no reference"],
    "layouts/lay_taco.jsonl": [HELD, HELD, HELD],
    "layouts/lay_verl_prime.parquet": ["no reference", "no reference"],
    "sources/llm_problems.jsonl": [HELD, HELD],
    "sources/rows_apps_bigint.jsonl": [HELD, HELD],
    "sources/rows_apps_float_list.jsonl": [HELD, "the reference fails its tests"],
    "sources/rows_apps_nonlist_outputs.jsonl": [HELD, HELD],
    "sources/rows_apps_one_row_unequal.jsonl": [HELD, "the row cannot be read", HELD],
    "sources/rows_apps_same_id_in_two_splits.jsonl": [HELD, HELD],
    "references/ref_bigint_print.jsonl": [HELD],
    "references/ref_bom.jsonl": [HELD],
    "references/ref_class_entry.jsonl": [HELD],
    "references/ref_dev_stdin.jsonl": [HELD],
    "references/ref_lru_cache_deep.jsonl": [HELD],
    "references/ref_mmap_stdin.jsonl": [HELD],
    "references/ref_os_read_fstat.jsonl": [HELD],
    "references/ref_threading_512mb.jsonl": [HELD],
}
"""What becomes of each row of a file. One row of ``float_list`` states 0.3333 for a third: that is further away than 1e-6."""

SOLUTIONS = {
    "layouts/lay_deepcoder_lcbv5.jsonl": [CLAMP],
    "layouts/lay_openr1_codeforces.jsonl": [SUM],
    "layouts/lay_rstar_seed_testcase.jsonl": [GCD],
    "layouts/lay_verl_prime.parquet": [LARGEST, GCD],
}
"""Right programs for the sets that have no references. The checker of Codeforces accepts another sum than the expected one."""


EDITED = ("ref_bom.jsonl", "lay_bigcodebench.jsonl", "lay_cruxeval.jsonl")
"""Files whose references are edited too, in the cheapest way. The others become rows of a curriculum, which runs nothing."""


def edited(vetted: Vetted) -> Generator[Question, Any, StrategyResult]:
    """One mutation and one refactoring of each step."""
    return mutate_refactor.run(vetted, EditOptions(per_step=1))


def outcomes(driven: Callable[..., Any], path: Path, rollouts: Path | None = None) -> list[str]:
    """What became of each row: ``HELD``, or the reason of its reject."""
    found = []
    for item in read_problems(path, rollouts_from=rollouts):
        if not isinstance(item, Problem):
            found.append(item.reason)
            continue
        outcome = driven(work(item, [edited if path.name in EDITED else curriculum.run]))
        if outcome["problem"] is None:
            found.append(outcome["rejects"][0]["reason"])
            continue
        assert any(row["strategy"] != "reference" for row in outcome["rows"])
        assert not outcome["rejects"]
        found.append(HELD)
    return found


@pytest.mark.parametrize("name", BECOMES)
def test_a_file_gives_what_its_name_promises(driven: Callable[..., Any], name: str) -> None:
    assert outcomes(driven, CASES / name) == BECOMES[name]


@pytest.mark.parametrize("name", SOLUTIONS)
def test_a_set_without_references_takes_programs_that_are_right(
    driven: Callable[..., Any], name: str, tmp_path: Path
) -> None:
    rollouts = tmp_path / "rollouts.jsonl"
    ids = [
        item.problem_id if not isinstance(item, Problem) else item.id for item in read_problems(CASES / name)
    ]
    pairs = zip(ids, SOLUTIONS[name], strict=True)
    rollouts.write_text(
        "".join(json.dumps({"problem_id": one, "program": text}) + "\n" for one, text in pairs)
    )
    assert outcomes(driven, CASES / name, rollouts) == [HELD] * len(ids)


def test_every_file_of_rows_is_named_here() -> None:
    files = (path for kind in ("layouts", "sources", "references") for path in (CASES / kind).iterdir())
    rows = {f"{path.parent.name}/{path.name}" for path in files if path.suffix in (".jsonl", ".parquet")}
    assert rows - {"sources/think_rollouts_import.jsonl"} <= set(BECOMES)
