"""A fourth engine is added through the public contracts alone: an entry point, and nothing changed in ``build``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import prmdata
from prmdata.config import configure
from prmdata.errors import UsageError

PLUG_IN = '''
"""An engine that does one problem after the other, and counts them."""

from prmdata.pipeline.engine import Engine

done = []


class OneByOne(Engine):
    in_flight = 1

    def __init__(self, setup):
        self.setup = setup

    async def __aenter__(self):
        self.opened = self.setup.open_worker(self.setup.config, in_flight=1, teacher=self.setup.teacher)
        self.worker = await self.opened.__aenter__()
        return self

    async def __aexit__(self, *error):
        await self.opened.__aexit__(None, None, None)
        await self.setup.teacher.close()

    async def do(self, problem):
        done.append(problem.id)
        return await self.worker.do(problem)
'''


@pytest.fixture
def plugged_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine as an entry point of an installed package."""
    package = tmp_path / "package"
    metadata = package / "toy_engine-1.0.dist-info"
    metadata.mkdir(parents=True)
    (package / "toy_engine.py").write_text(PLUG_IN)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-engine\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[prmdata.engines]\none-by-one = toy_engine:OneByOne\n")
    monkeypatch.syspath_prepend(str(package))
    monkeypatch.delitem(sys.modules, "toy_engine", raising=False)


def test_a_fourth_engine_gives_the_rows_of_the_first(plugged_in: None, tmp_path: Path) -> None:
    rows = {}
    for engine in ("local", "one-by-one"):
        out = tmp_path / engine
        prmdata.build(configure(out=out, engine=engine, limit=2, per_step=1, sandbox="local", workers=1))
        rows[engine] = [path.read_bytes() for path in sorted((out / "data").rglob("*.parquet"))]
    assert rows["local"] == rows["one-by-one"]
    assert len(sys.modules["toy_engine"].done) == 2


def test_an_unknown_engine_is_one_line_that_says_which_there_are(plugged_in: None, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such engine; there are local, ray, one-by-one"):
        prmdata.build(configure(out=tmp_path / "out", engine="slurm"))
    assert not (tmp_path / "out").exists()
