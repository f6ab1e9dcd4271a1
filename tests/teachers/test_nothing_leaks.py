"""No key, prompt or answer gets into a log, an error or statistics; the key gets into no file at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prmdata.errors import PrmdataError
from prmdata.records import Problem, Request, Test
from prmdata.testing.chat import Manners
from prmdata.testing.faults import ALL, FaultPlan
from prmdata.testing.server import faulty_server

KEY = "sk-leak-canary-0123456789"
WORD = "peculiarcanaryword"
REFERENCE = (
    f"def f({WORD}):\n    total = 0\n    for item in {WORD}:\n        total += item\n    return total\n"
)


def test_nothing_secret_is_written_where_it_does_not_belong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str], openai_teacher: Callable[..., Any],
) -> None:  # fmt: skip
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_LOG", "debug")
    caplog.set_level(logging.DEBUG)
    problem = Problem("leak", f"About {WORD}.", REFERENCE, (Test("assert", "assert f"),), "f")
    requests = [
        Request(kind, problem, REFERENCE, (1, 2, 3, 4), per_step=2, seed=s)
        for kind in ("mutate", "refactor")
        for s in range(4)
    ]
    told: list[str] = []

    async def main(teacher: Any) -> None:
        found = await asyncio.gather(*(teacher.ask(one) for one in requests), return_exceptions=True)
        told.extend(str(one) for one in found if isinstance(one, PrmdataError))
        await teacher.close()
        told.extend(
            [str(teacher.statistics()), str(teacher.provenance()), teacher.stats.line(), repr(teacher)]
        )

    for manners in (
        Manners(),
        Manners(key="other"),
        Manners(models=("x",)),
        Manners(quota=2),
        Manners(garbage=True),
    ):
        with faulty_server(FaultPlan(0.5, ALL), manners) as server:
            asyncio.run(
                main(openai_teacher(server.base_url, answers=tmp_path / str(id(manners)) / "a.sqlite"))
            )
    written = "\n".join([*told, caplog.text, *capfd.readouterr()])
    assert len(told) > 12
    assert KEY not in written
    assert WORD not in written
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 10
    for path in files:
        assert KEY.encode() not in path.read_bytes(), path
        if "a.sqlite" not in path.name:
            assert WORD.encode() not in path.read_bytes(), path
