"""The page on the Python API: its examples run, and every public function occurs in a test."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

import prmdata

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")


def used(tree: ast.AST) -> set[str]:
    """The names of the package that a module calls: ``prmdata.name(...)``, or a name imported from it and called."""
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "prmdata"
        for alias in node.names
    }
    whole = {f.attr for f in called if isinstance(f, ast.Attribute) and ast.unparse(f.value) == "prmdata"}
    return whole | {f.id for f in called if isinstance(f, ast.Name) and f.id in imported}


def test_every_public_function_is_called_in_a_test() -> None:
    files = [*Path(__file__).parent.rglob("test_*.py")]
    texts = [path.read_text("utf-8") for path in files] + re.findall(
        r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE
    )
    called = set().union(*(used(ast.parse(text)) for text in texts))
    functions = {name for name in prmdata.__all__ if isinstance(getattr(prmdata, name), FunctionType)}
    assert len(functions) > 15
    assert functions - called == set()


def test_the_examples_of_the_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for example in re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        exec(example, names)
    said = capsys.readouterr()
    assert "double {'correct': " in said.out
    assert said.err == ""
    assert names["result"].exit_code == 0
    assert names["both"].rows == names["paper"].rows == 2 * names["result"].rows
    assert names["figures"]["without_truth"] == []
    assert names["exported"].counts.rows.total() > 0
