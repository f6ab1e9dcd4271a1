"""A dry run says what a build will take. With an offline teacher it really works on a few problems."""

from __future__ import annotations

import re
from pathlib import Path

import prmdata
from prmdata.config import configure


def test_offline_the_programs_are_those_of_a_sample_scaled_up(tmp_path: Path) -> None:
    config = configure(out=tmp_path / "out", limit=4, per_step=1, sandbox="local", workers=2)
    found = prmdata.dry_run(config)
    assert not (tmp_path / "out").exists()
    built = prmdata.build(config)
    programs = re.search(r"programs: about ([\d,]+) \(\d+ to \d+ for each of 4 problems", found.text())
    assert programs is not None
    assert int(programs[1].replace(",", "")) == built.rows  # all four problems were drawn
    assert re.search(r"time: about \d+ s with 2 sandbox workers on this machine", found.text())
    assert found.text().endswith("requests: 0 (this teacher is offline)")


def test_a_sample_is_drawn_with_the_seed_and_scaled_to_the_source(tmp_path: Path) -> None:
    config = configure(out=tmp_path / "out", limit=12, per_step=1, sandbox="local", workers=2)
    found = prmdata.dry_run(config)
    assert found.problems == 12
    assert found.sample is not None
    assert found.sample.problems == 6
    scaled = round(2 * sum(found.sample.programs))
    assert f"programs: about {scaled:,} " in found.text()
