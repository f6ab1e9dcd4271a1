"""Progress shows what is known: how much there is, how much of it is done, and what the labels are."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from prmdata.config import configure
from prmdata.pipeline.assemble import labelled
from prmdata.pipeline.progress import Progress
from prmdata.problems import total_of

NOTHING: dict[str, Any] = {"problem": None, "rows": [], "rejects": [], "unusable": {}}


def progress(total: int | None, style: Any = "silent") -> Progress:
    return Progress(total, style, labelled=lambda rows: labelled(rows, configure()))


def test_a_shard_knows_its_share_of_what_is_not_read_yet() -> None:
    shown = progress(100)
    for number in range(20):
        shown.read(is_mine=number % 4 == 0)
    assert shown.total == 5 + 20
    for number in range(80):
        shown.read(is_mine=number < 3)
    assert shown.total == 5 + 3


def test_what_is_left_is_reckoned_from_this_run_alone() -> None:
    shown = progress(4)
    for _ in range(4):
        shown.read(is_mine=True)
    shown.resume()
    assert shown.figures()["eta_s"] is None
    shown.finish(NOTHING)
    figures = shown.figures()
    assert (figures["problems"], figures["problems_total"], figures["problems_resumed"]) == (2, 4, 1)
    assert figures["eta_s"] == pytest.approx(2 * figures["elapsed_s"], abs=0.2)


def test_nothing_is_said_of_the_end_where_the_length_is_unknown() -> None:
    shown = progress(None)
    shown.read(is_mine=True)
    shown.finish(NOTHING)
    assert shown.figures()["problems_total"] is None
    assert shown.figures()["eta_s"] is None


def test_lines_are_stamped_and_json_lines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    for style in ("lines", "json"):
        shown = progress(3, style)
        shown.spend({"requests": 7, "tokens": 900, "cost_usd": None})
        shown.read(is_mine=True)
        shown.finish(NOTHING)
        shown.close()
    line, record = capsys.readouterr().err.splitlines()
    assert line[10] == "T"
    assert "1/3 problems" in line
    assert "7 requests, 900 tokens, price unknown" in line
    assert json.loads(record)["labels"] == {"correct": 0, "incorrect": 0, "masked": 0}


def test_the_rows_of_a_source_are_counted_without_reading_them(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text('{"id": 1}\n\n{"id": 2}\n')
    assert total_of(path) == 2
    assert total_of(path, 1) == 1
    assert total_of("hf:owner/name") is None
    assert total_of("hf:owner/name", 9) == 9
    assert total_of("sample") is not None


def test_a_line_comes_though_nothing_ends(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last problem of a large build takes minutes. The line says so, and promises no time."""
    monkeypatch.setattr("prmdata.pipeline.progress.EVERY_S", 0.1)
    shown = progress(3, "lines")
    for _ in range(3):
        shown.read(is_mine=True)
    shown.finish(NOTHING)
    shown.finish(NOTHING)
    said = ""
    deadline = time.monotonic() + 20
    while "slow ones" not in said and time.monotonic() < deadline:
        time.sleep(0.02)
        said += capsys.readouterr().err
    shown.close()
    assert "2/3 problems" in said
    assert "slow ones left: 1" in said
    assert shown.figures()["eta_s"] is None
