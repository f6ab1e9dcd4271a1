"""A format of another package: the example in ``docs/exports.md`` is taken from the page and run."""

from __future__ import annotations

import re
from importlib.metadata import EntryPoint
from pathlib import Path

import prmdata
from prmdata.exports import format_names
from tests.builders.exported import rows_of

PAGE = (Path(__file__).parents[2] / "docs" / "exports.md").read_text("utf-8")


def test_the_format_of_the_page_is_found_by_its_entry_point(out, tmp_path, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "mine_for_test.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint("mine", "mine_for_test:FORMAT", format_names.GROUP)
    monkeypatch.setattr(format_names, "entry_points", lambda **_: [point])
    result = prmdata.export(out, "mine", tmp_path / "x", label_kind="fault")
    rows = rows_of(tmp_path / "x")
    assert len(rows) == result.counts.rows.total()
    assert all(len(row["steps"]) == len(row["labels"]) for row in rows)
    assert "mine" in format_names.names()
