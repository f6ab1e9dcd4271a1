"""One package adds an operator, a layout, an export, an engine, a teacher and a checker, with nothing private.

The package stands in ``tests/plug_in``. It is on the path with the entry points of its ``pyproject.toml``, as an installed
package is.
"""

from __future__ import annotations

import ast
import json
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import prmdata
from prmdata.datasets.reader import read_traces
from prmdata.edits.rules import operators

PACKAGE = Path(__file__).parents[1] / "plug_in"
CODE = (PACKAGE / "prmdata_tiny.py").read_text("utf-8")
GROUPS: dict[str, dict[str, str]] = tomllib.loads((PACKAGE / "pyproject.toml").read_text("utf-8"))["project"][
    "entry-points"
]
KINDS = ("operators", "layouts", "exports", "engines", "teachers", "checkers")

SUM = "def total(xs):\n    found = sum(xs)\n    return found + 0 * len(xs) + len(xs)\n"
RIDDLES = [
    {"riddle": "Add the numbers, and how many there are.", "solved": SUM, "cases": ["assert total([1, 2]) == 5", "assert total([]) == 0"]}
]  # fmt: skip
NEARLY = {
    "id": "nearly", "prompt": "Half of n, roughly.", "reference": "n = int(input())\nhalf = n // 2\nprint(half)\n",
    "tests": [{"input": "4\n", "output": "3\n"}, {"input": "9\n", "output": "4\n"}, {"input": "100\n", "output": "50\n"}],
    "compare": {"checker": "tiny"},
}  # fmt: skip


def install(folder: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the package on the path as an installed package is."""
    metadata = folder / "prmdata_tiny-1.0.dist-info"
    metadata.mkdir(parents=True)
    (folder / "prmdata_tiny.py").write_text(code)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: prmdata-tiny\nVersion: 1.0\n")
    sections = (
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in GROUPS.items()
    )
    (metadata / "entry_points.txt").write_text("\n".join(sections))
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "prmdata_tiny", raising=False)
    operators.cache_clear()


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After the test, nothing of the package is remembered."""
    yield
    monkeypatch.undo()
    sys.modules.pop("prmdata_tiny", None)
    operators.cache_clear()


@pytest.fixture
def installed(tmp_path: Path, forgotten: None, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "package", CODE, monkeypatch)


def build(out: Path, source: Any = RIDDLES, **settings: Any) -> prmdata.BuildResult:
    chosen: dict[str, Any] = {"sandbox": "local", "workers": 1, "per_step": 12} | settings
    return prmdata.build(prmdata.configure(source=source, out=out, **chosen))


def test_the_package_is_of_every_kind_and_imports_nothing_private() -> None:
    assert set(GROUPS) == {f"prmdata.{kind}" for kind in KINDS}
    documented = (PACKAGE.parents[1] / "docs" / "plug-ins.md").read_text("utf-8")
    imported = [node for node in ast.walk(ast.parse(CODE)) if isinstance(node, ast.ImportFrom)]
    ours = [node for node in imported if str(node.module).split(".")[0] == "prmdata"]
    assert len(ours) > 1
    for node in ours:
        names = {alias.name for alias in node.names}
        assert (
            node.module == "prmdata"
            or f"`{node.module}`" in documented
            or f"from {node.module} import" in documented
        )
        assert node.module != "prmdata" or names <= set(prmdata.__all__)
        assert not any(name.startswith("_") for name in names)


def test_a_layout_an_operator_an_engine_and_an_export_make_a_dataset(installed: None, tmp_path: Path) -> None:
    result = build(tmp_path / "out", engine="tiny")
    assert result.exit_code == 0
    made = [
        trace
        for trace in read_traces(tmp_path / "out")
        if trace.edit and trace.edit.operator.startswith("tiny")
    ]
    assert ["".join(trace.steps) for trace in made] == [SUM.replace("sum(", "2 * sum(")]
    assert made[0].labels[1] == 0
    prmdata.export(tmp_path / "out", "tiny", tmp_path / "exported")
    rows = [json.loads(line) for path in (tmp_path / "exported").rglob("*.jsonl") for line in path.open()]
    assert {"program": "".join(made[0].steps), "wrong": [1]} in rows


def test_the_engine_of_the_package_gives_the_rows_of_the_first(installed: None, tmp_path: Path) -> None:
    rows = {}
    for engine in ("local", "tiny"):
        build(tmp_path / engine, engine=engine)
        rows[engine] = [path.read_bytes() for path in sorted((tmp_path / engine / "data").rglob("*.parquet"))]
    assert rows["local"] == rows["tiny"]
    with pytest.raises(prmdata.UsageError, match="no such engine; there are local, ray, tiny"):
        build(tmp_path / "none", engine="slurm")
    assert not (tmp_path / "none").exists()


def test_a_teacher_is_asked_and_its_edits_are_judged(installed: None, tmp_path: Path) -> None:
    build(tmp_path / "out", teacher="tiny")
    edits = [trace for trace in read_traces(tmp_path / "out") if trace.edit is not None]
    assert [(one.edit.author, one.edit.operator, one.labels[2]) for one in edits if one.edit] == [
        ("tiny", "tiny-minus", 0)
    ]


def test_a_checker_decides_whether_an_answer_will_do(installed: None, tmp_path: Path) -> None:
    result = build(tmp_path / "out", [NEARLY])
    assert result.counts["vetted"] == 1
    without = build(tmp_path / "without", [{**NEARLY, "compare": None}])
    assert without.counts["vetted"] == 0


USES: dict[str, Callable[[Path], object]] = {
    "operators": lambda out: build(out, source="sample"),
    "layouts": lambda out: list(prmdata.read_problems(prmdata.configure(source=RIDDLES).source)),
    "exports": lambda out: prmdata.export(out, "tiny"),
    "engines": lambda out: build(out, engine="tiny", source="sample"),
    "teachers": lambda out: build(out, teacher="tiny", source="sample"),
    "checkers": lambda out: list(prmdata.read_problems(prmdata.configure(source=[NEARLY]).source)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_package_that_cannot_be_imported_is_one_line_that_names_it(
    kind: str, tmp_path: Path, forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GROUPS, f"prmdata.{kind}", {"tiny": "prmdata_tiny:gone"})
    for other in set(KINDS) - {kind}:
        monkeypatch.delitem(GROUPS, f"prmdata.{other}")
    install(tmp_path / "package", "1 / 0\n", monkeypatch)
    with pytest.raises(prmdata.UsageError) as caught:
        USES[kind](tmp_path / "out")
    said = str(caught.value)
    assert f"prmdata.{kind}: the plug-in tiny (prmdata_tiny:gone) cannot be loaded: ZeroDivisionError" in said
    assert "\n" not in said
