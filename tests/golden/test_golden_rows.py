"""The rows of fixed builds stay as they were: evidence, labels, reasons and all other columns.

Coverage and the lines of errors differ between versions of Python, so each version has its own record. Both
sandboxes must give the record of the Python that judges in them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .builds import BUILDS, RECORD, GoldenBuild, python_of

RECORDED = json.loads(RECORD.read_text("utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("sandbox", [pytest.param("docker", marks=pytest.mark.docker), "local"])
@pytest.mark.parametrize("build", BUILDS, ids=lambda build: build.name)
def test_the_rows_of_a_build_are_those_on_record(
    build: GoldenBuild, sandbox: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = python_of(sandbox)
    if build.needs_data and "PRMDATA_DATA" not in os.environ:
        pytest.skip("PRMDATA_DATA does not name the real data")
    if python not in RECORDED:
        pytest.skip(f"no rows are on record for Python {python}")
    if sandbox == "docker":
        request.getfixturevalue("docker_engine")
    expected = RECORDED[python][build.name]
    found = build.run(sandbox, tmp_path)
    assert sorted(found) == sorted(expected)
    changed = sorted(name for name in expected if found[name] != expected[name])
    assert not changed, f"the rows of {len(changed)} problems changed: {', '.join(changed[:5])}"
