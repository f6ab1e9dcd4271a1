"""A problem is recognised by its content: a build continues after its source was renamed, moved or reordered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import prmdata
from prmdata.config import configure
from prmdata.problems.sources import SAMPLE

LINES = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()[:3]]


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    kept = [{key: value for key, value in row.items() if key != "source"} for row in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in kept), "utf-8")
    return path


def parquet(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*.parquet"))}


def test_a_renamed_source_is_gone_on_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options: dict[str, Any] = {"per_step": 1, "sandbox": "local", "workers": 2, "log_json": True}
    first = write(tmp_path / "first.jsonl", LINES[:2])
    prmdata.build(configure(source=str(first), out=tmp_path / "out", **options))
    capsys.readouterr()
    second = write(tmp_path / "second.jsonl", [LINES[2], *LINES[:2]])
    first.unlink()
    prmdata.build(configure(source=str(second), out=tmp_path / "out", **options))
    progress = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (progress["problems"], progress["problems_resumed"]) == (3, 2)
    prmdata.build(configure(source=str(second), out=tmp_path / "anew", **options))
    assert parquet(tmp_path / "out") == parquet(tmp_path / "anew")
