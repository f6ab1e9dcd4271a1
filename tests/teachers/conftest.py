"""Small programs and requests, and an offline world: no key and no address leak in from outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prmdata.records import Problem, Request, Test
from prmdata.steps import split_steps
from prmdata.teachers.choose import make_teacher

CLIP = '''def clip(values, low, high):
    """Values moved into low..high."""
    result = []
    for value in values:
        if value < low:
            value = low
        elif value > high:
            value = high
        result.append(value)
    return result
'''
COUNT = """def count_vowels(text):
    total = 0
    for char in text:
        if char.lower() in "aeiou":
            total += 1
    return total
"""
LARGEST = """def largest_gap(numbers):
    ordered = sorted(numbers)
    best = 0
    for at in range(1, len(ordered)):
        gap = ordered[at] - ordered[at - 1]
        if gap > best:
            best = gap
    return best
"""


def problem(name: str, reference: str) -> Problem:
    return Problem(f"t/{name}", f"Write {name}.", reference, (Test("assert", f"assert {name}"),), name)


PROBLEMS = [problem("clip", CLIP), problem("count_vowels", COUNT), problem("largest_gap", LARGEST)]


@pytest.fixture(autouse=True)
def _no_world(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_LOG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def problems() -> list[Problem]:
    return list(PROBLEMS)


@pytest.fixture
def requests_of() -> Callable[..., list[Request]]:
    """Mutate and refactor (and complete) requests over some problems."""

    def made(problems: list[Problem], per_step: int = 2, complete: int = 0) -> list[Request]:
        found: list[Request] = []
        for one in problems:
            steps = split_steps(one.reference)
            asked = tuple(range(1, len(steps)))
            found += [
                Request(kind, one, one.reference, asked, per_step=per_step) for kind in ("mutate", "refactor")
            ]
            if complete:
                prefix = "".join(step.text for step in steps[:2])
                found.append(Request("complete", one, prefix, n=complete))
        return found

    return made


@pytest.fixture
def openai_teacher(tmp_path: Path) -> Callable[..., Any]:
    """A teacher over a server, its files under ``tmp_path``; settings as of ``make_teacher``."""

    def made(base_url: str, **settings: Any) -> Any:
        given = {"model": "faulty-1", "answers": tmp_path / "answers.sqlite", "backoff_s": 0.005, **settings}
        return make_teacher("openai", base_url=base_url, **given)

    return made


@pytest.fixture
def free_prices(tmp_path: Path) -> Path:
    """A table that prices anything on loopback: 1 and 4 dollars a million tokens."""
    path = tmp_path / "prices.toml"
    path.write_text('[[price]]\nhost = "127.0.0.1"\nmodel = "*"\ninput = 1\noutput = 4\nbatch = 0.5\n')
    return path
