"""The whole loop with a real model, only where it is asked for: ``PRMDATA_REAL_MODEL=1``, and in
``PRMDATA_REAL_MODEL_PYTHON`` a Python that has ``xllamacpp`` and the model (``benchmarks/real_model.py``)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(7200),
    pytest.mark.skipif(os.environ.get("PRMDATA_REAL_MODEL") != "1", reason="PRMDATA_REAL_MODEL is not 1"),
]


def test_a_base_model_recovers_some_prefixes_of_its_own_kind_and_not_others(tmp_path: Path) -> None:
    command = [sys.executable, "benchmarks/real_model.py", "--problems", "4", "--rollouts", "1"]
    command += ["--server-python", os.environ["PRMDATA_REAL_MODEL_PYTHON"], "--out", str(tmp_path)]
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = _figures(ended.stdout)
    ours = found["continue"]
    assert ours["completers"] == ["openai:raw"]
    assert 0 < ours["probes_with_a_passing_completion"] < ours["probes"]
    assert ours["cuts"] > 0
    assert all(one["replay_is_the_same"] for one in found.values())


def _figures(text: str) -> dict[str, dict[str, Any]]:
    """The JSON objects that the benchmark printed, in order."""
    decoder, at = json.JSONDecoder(), text.index("{")
    found: dict[str, dict[str, Any]] = {}
    while at >= 0:
        one, end = decoder.raw_decode(text, at)
        found |= one
        at = text.find("{", end)
    return found
