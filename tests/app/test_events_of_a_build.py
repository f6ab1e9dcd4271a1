"""A build tells its listener what is finished; a listener may end the build."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import prmdata
from prmdata.pipeline import progress
from prmdata.problems.sources import SAMPLE

ROWS = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()[:2]]
NOTHING_HOLDS = {"id": "wrong", "prompt": "Double x.", "reference": "def f(x):\n    return x\n", "entry_point": "f", "tests": ["assert f(2) == 4"]}  # fmt: skip


def config(out: Path, source: Any) -> prmdata.BuildConfig:
    return prmdata.configure(source=source, out=out, per_step=1, sandbox="local", workers=1)


def test_each_problem_is_an_event_and_a_listener_that_raises_ends_a_build_that_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = [*ROWS, NOTHING_HOLDS]

    def refuse(event: prmdata.ProblemDone) -> None:
        raise LookupError(event.problem_id)

    with pytest.raises(LookupError):
        prmdata.build(config(tmp_path / "out", source), listen=refuse)
    events: list[prmdata.ProblemDone] = []
    result = prmdata.build(config(tmp_path / "out", source), listen=events.append)
    figures = events[-1].figures
    assert figures["problems"] == 3
    assert figures["problems_resumed"] == 3 - len(events) >= 1
    assert all(event.programs == 0 or sum(event.labels.values()) for event in events)
    assert [event.rejects[0][0] for event in events if event.problem_id == "wrong"] in ([], ["vet"])
    assert capsys.readouterr().err == ""
    whole: list[prmdata.ProblemDone] = []
    again = prmdata.build(config(tmp_path / "again", source), listen=whole.append)
    assert {event.problem_id for event in whole} == {row["id"] for row in source}
    assert sum(event.programs for event in whole) == again.rows == result.rows


@pytest.mark.parametrize("show_progress", [False, True])
def test_the_other_commands_show_progress_only_where_they_are_asked_to(
    show_progress: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0.0)  # a line for each problem
    given = config(tmp_path / "unused", ROWS[:1])
    more = tmp_path / "more.jsonl"
    said: list[str] = []
    prmdata.vet(given, preview=prmdata.Preview(1, said.append), show_progress=show_progress)
    assert len(said) == 1
    prmdata.testgen(given, out=more, most=1, show_progress=show_progress)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == (2 if show_progress else 0)
    assert all("problems" in line for line in lines)
