"""Fixtures that several rooms share: realistic traces and a dataset folder made of them, a local sandbox that drives
generators, a container engine, a browser."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from prmdata.datasets.card import write_card
from prmdata.datasets.manifest import write_manifest, write_rejects
from prmdata.datasets.schema import steps_schema, to_row
from prmdata.datasets.writer import write_rows
from prmdata.errors import SandboxError
from prmdata.records import Problem, Question, Reject, Reply, Request, Vetted
from prmdata.sandboxes.contract import Worker
from prmdata.sandboxes.image import usable_image
from prmdata.sandboxes.local import LocalSandbox
from prmdata.teachers.rules import RulesTeacher
from prmdata.testing.trampoline import run_to_end
from prmdata.vetting.vet import vet

from .builders import queries, traces

# On a busy machine, the time that an example takes says nothing.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def made():
    """The factory of realistic traces."""
    return traces


@pytest.fixture(scope="session", name="queries")
def report_queries():
    """The report's figures by plain counting."""
    return queries


@pytest.fixture
def out(made, tmp_path):
    """A dataset of 8 problems, two of them (0 and 4) in split ``test``."""
    root = tmp_path / "OUT"
    side = {"made/0": "test", "made/4": "test"}
    rows = ((side.get(trace.problem_id, "train"), to_row(trace)) for trace in made.build(8))
    write_rows(rows, root / "data/steps", steps_schema())
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
def docker_engine() -> str:
    """The id of a usable sandbox image on an engine that answers. Skips, with the reason, where there is none;
    fails instead under PRMDATA_REQUIRE_DOCKER=1."""
    try:
        return usable_image().id
    except SandboxError as error:
        if os.environ.get("PRMDATA_REQUIRE_DOCKER") == "1":
            pytest.fail(f"a container engine is required: {error}")
        pytest.skip(f"no Docker sandbox here: {error}")


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


@pytest.fixture(scope="module")
def local_worker() -> Iterator[Worker]:
    """One local worker for all tests of a file that only judge. A program that leaves something behind would
    be noticed by the next test. Each file has its own worker, so that a test that wears it out costs no other
    file."""
    with LocalSandbox().start() as worker:
        yield worker


@pytest.fixture(scope="module")
def driven(local_worker: Worker) -> Callable[..., Any]:
    """Drives a generator to its end and gives what it returns: runs are answered by the local sandbox,
    requests by the function ``replies`` (by default by the rules teacher)."""

    def drive(questions: Generator[Any, Any, Any], replies: Callable[[Request], Reply] | None = None) -> Any:
        def answer(question: Question) -> Any:
            if isinstance(question, Request):
                return replies(question) if replies else asyncio.run(RulesTeacher().ask(question))
            return local_worker.run(question.spec, question.tasks)

        return run_to_end(questions, answer)

    return drive


@pytest.fixture(scope="module")
def vetted(driven: Callable[..., Any]) -> Callable[[Problem], Vetted]:
    """The problem, vetted; fails the test where it does not hold."""

    def held(problem: Problem) -> Vetted:
        found = driven(vet(problem))
        assert not isinstance(found, Reject), found
        assert isinstance(found, Vetted)
        return found

    return held
