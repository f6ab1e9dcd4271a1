"""What a configuration becomes: one ledger for several builds, whole paths for processes elsewhere."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from prmdata.app.wiring import teacher_of
from prmdata.config import configure
from prmdata.pipeline.engines.ray import on_any_node
from prmdata.records import Problem, Request, Test
from prmdata.testing.server import faulty_server


def test_builds_that_name_one_ledger_share_what_may_be_spent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    reference = "def double(x):\n    y = x + x\n    return y\n"
    problem = Problem("p", "Double x.", reference, (Test("assert", "assert double(2) == 4"),), "double")
    request = Request("mutate", problem, reference, steps=(1, 2))
    with faulty_server() as server:
        spent = []
        for shard in "ab":
            config = configure(
                out=tmp_path / shard, teacher="openai", model="faulty-1", base_url=server.base_url, ledger=tmp_path / "ledger.sqlite"
            )  # fmt: skip
            teacher = teacher_of(config)
            asyncio.run(_ask(teacher, request))
            spent.append(teacher.statistics()["job"]["requests"])
    assert spent[1] == 2 * spent[0] > 0


async def _ask(teacher: object, request: Request) -> None:
    await teacher.ask(request)  # type: ignore[attr-defined]
    await teacher.close()  # type: ignore[attr-defined]


def test_a_process_that_stands_elsewhere_gets_whole_paths(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    config = on_any_node(configure(out=Path("o"), ledger=Path("l.sqlite")))
    assert (config.out, config.ledger, config.answers) == (tmp_path / "o", tmp_path / "l.sqlite", None)
    assert config.content() == configure(out=Path("o")).content()
