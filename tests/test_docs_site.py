"""The pages of the site: what they promise is there, and their examples run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import prmdata
from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.labels.policies import LabelPolicy

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PLUG_INS = (DOCS / "plug-ins.md").read_text("utf-8")


def examples(page: str) -> list[str]:
    """The Python blocks of a page."""
    return re.findall(r"^```python\n(.*?)^```", page, flags=re.DOTALL | re.MULTILINE)


def test_every_entry_point_group_is_explained() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "prmdata").rglob("*.py"))
    groups = set(re.findall(r'(?:GROUP|CHECKERS)(?:: Final)? = "(prmdata\.\w+)"', code))
    groups |= set(re.findall(r'^    "(prmdata\.(?:strategies|engines))",$', code, flags=re.MULTILINE))
    assert len(groups) >= 10
    assert {group for group in groups if f"`{group}`" not in PLUG_INS} == set()


def test_the_operator_of_the_guide_does_what_its_example_says() -> None:
    names: dict[str, Any] = {}
    exec(examples(PLUG_INS)[0], names)
    operator = names["reverse_dropped"]
    for before, after in operator.examples:
        source = Source(before)
        assert [splice(source, edit).program for edit in operator.propose(source)] == [after]


def test_the_policy_of_the_guide_is_one() -> None:
    names: dict[str, Any] = {}
    exec(examples(PLUG_INS)[1], names)
    assert isinstance(names["OUTCOME"], LabelPolicy)


def test_the_api_page_has_every_name_that_the_package_exports() -> None:
    page = (DOCS / "api.md").read_text("utf-8")
    shown = {name.rpartition(".")[2] for name in re.findall(r"^::: (\S+)$", page, flags=re.MULTILINE)}
    assert set(prmdata.__all__) - {"__version__"} - shown == set()


def test_every_page_is_in_the_navigation() -> None:
    """``mkdocs build --strict`` says the same. This test also runs if the packages of the site are not
    installed."""
    nav = (ROOT / "mkdocs.yml").read_text("utf-8")
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}
    assert {page for page in pages if f": {page}\n" not in nav} == set()


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda path: path.name)
def test_workflows_and_forms_are_yaml(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text("utf-8")), dict)


def test_workflows_run_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    runs = re.findall(r"run: make ([a-z ]+)", (ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    assert runs
    assert {word for run in runs for word in run.split()} <= targets
