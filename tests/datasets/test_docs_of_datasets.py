"""docs/columns.md and docs/exports.md name everything that exists: columns, reasons, formats and options."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from prmdata.cli.export import command
from prmdata.datasets.describe import REASONS
from prmdata.datasets.problem_rows import problems_schema
from prmdata.datasets.schema import EVIDENCE, steps_schema
from prmdata.exports.format_names import SHIPPED, find

DOCS = Path(__file__).parents[2] / "docs"
COLUMNS = (DOCS / "columns.md").read_text("utf-8")
EXPORTS = (DOCS / "exports.md").read_text("utf-8")


def test_every_column_is_described_and_no_other():
    table = COLUMNS[COLUMNS.index("| `id`") : COLUMNS.index("The fields of `evidence`:")]
    named = {name for row in table.strip().split("\n") for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert named == set(steps_schema().names)
    assert all(f"`{field.name}`" in COLUMNS for field in EVIDENCE)
    assert all(f"`{name}`" in COLUMNS for name in problems_schema().names)


def test_every_reason_is_described():
    rows = re.findall(r"^\| `(\w+)` \| `-?\d+` \| (.*) \|$", COLUMNS, re.MULTILINE)
    assert dict(rows) == REASONS


@pytest.mark.parametrize("name", SHIPPED)
def test_every_format_is_described_with_columns_it_has(name):
    row = next(line for line in EXPORTS.split("\n") if line.startswith(f"| `{name}` | "))
    _, _, columns, file, _ = row.split("|")
    cell = re.sub(
        r"\(.*?\)", "", columns.split(";")[0]
    )  # the contents of a column, and the columns that come with an option
    named = [found.split(".")[0] for found in re.findall(r"`([a-z_.\[\]]+)`", cell)]
    assert set(named) <= set(find(name).schema().names)
    assert named
    assert file.strip().lower() == find(name).suffix.lower()


def test_every_option_in_the_text_exists():
    known = {option for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"`(--[a-z-]+)", EXPORTS)) <= known
