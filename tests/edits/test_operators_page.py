"""``docs/operators.md`` says what the registry says, and covers what the other tools offer."""

from __future__ import annotations

from pathlib import Path

from prmdata.edits.catalogue import COVERAGE, catalogue
from prmdata.edits.rules import shipped

PAGE = Path(__file__).parents[2] / "docs" / "operators.md"


def test_the_page_is_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == catalogue(), (
        "run: python -m prmdata.edits.catalogue > docs/operators.md"
    )


def test_every_operator_of_the_other_tools_is_covered_by_one_that_exists() -> None:
    names = {each.name for each in shipped()}
    assert {tool for tool, _, _ in COVERAGE} == {"mutmut", "cosmic-ray", "mutatest"}
    assert {name for _, _, ours in COVERAGE for name in ours} <= names
