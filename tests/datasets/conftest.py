"""Fixtures of this room: the factory of realistic traces, and a dataset folder made with it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from prmdata.datasets.writer import write_splits


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
    rows = made.build(8)
    side = lambda trace: "test" if trace.problem_id in ("made/0", "made/4") else "train"  # noqa: E731
    write_splits(rows, tmp_path / "OUT/data/steps", side)
    return tmp_path / "OUT"
