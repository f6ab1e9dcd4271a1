"""Fixtures of this room: the factory of realistic traces, and a dataset folder made with it."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from prmdata.datasets.card import write_card
from prmdata.datasets.manifest import write_manifest, write_rejects
from prmdata.datasets.writer import write_splits
from prmdata.records import Reject


def beside(name):
    """The module ``name`` beside this file."""
    spec = importlib.util.spec_from_file_location(f"datasets_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made():
    """The module ``traces.py``: the factory of realistic traces."""
    return beside("traces")


@pytest.fixture(scope="session")
def queries():
    """The module ``queries.py``: the report's figures by plain counting."""
    return beside("queries")


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


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium. Skips, with the reason, where there is none; fails instead under
    PRMDATA_REQUIRE_BROWSER=1."""
    required = os.environ.get("PRMDATA_REQUIRE_BROWSER") == "1"
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        if required:
            raise
        pytest.skip("playwright is not installed")
    path = os.environ.get("PRMDATA_CHROMIUM", "/usr/bin/chromium")
    if not Path(path).exists() and not required:
        pytest.skip(f"no Chromium at {path} (PRMDATA_CHROMIUM names another)")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()
