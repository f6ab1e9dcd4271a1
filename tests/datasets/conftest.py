"""Fixtures of this room: the factory of realistic traces, and a dataset folder made with it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from prmdata.datasets.card import write_card
from prmdata.datasets.manifest import write_manifest, write_rejects
from prmdata.datasets.writer import write_splits
from prmdata.records import Reject


@pytest.fixture(scope="session")
def made():
    """The module ``traces.py`` beside this file."""
    spec = importlib.util.spec_from_file_location("made_traces", Path(__file__).with_name("traces.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def out(made, tmp_path):
    """A dataset of 8 problems, two of them (0 and 4) in split ``test``."""
    root = tmp_path / "OUT"
    side = {"made/0": "test", "made/4": "test"}
    write_splits(made.build(8), root / "data/steps", lambda trace: side.get(trace.problem_id, "train"))
    rejects = [
        Reject("made/8", "vet", "reference_fails", "test 0: wrong answer"),
        Reject("made/9", "vet", "no_tests"),
    ]
    write_rejects(root, rejects)
    write_manifest(
        root,
        config={"seed": 0, "teacher": "rules"},
        counts={"problems": 10},
        digests={"config": "0" * 64},
        cost={"requests": 3, "prompt_tokens": 900, "completion_tokens": 70, "cost_usd": None},
        times={"wall_s": 12.5},
        command="prmdata build made.jsonl -o OUT",
    )
    write_card(root)
    return root
