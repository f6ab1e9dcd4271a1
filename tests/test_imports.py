"""Data flows one way: which rooms may import which, and who alone knows a library.

The table of ``docs/architecture.md`` is made from what stands here: ``python tests/test_imports.py`` prints it.
"""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import prmdata

PACKAGE = Path(prmdata.__file__).parent

NOUNS = {"errors", "records"}

MAY_IMPORT = {
    "errors": set(),
    "records": {"errors"},
    "resources": {"errors"},
    "plug_ins": {"errors"},
    "reachability": {"errors"},
    "database": {"errors"},
    "outputs": {"errors"},
    "steps": NOUNS,
    "edits": NOUNS | {"plug_ins", "steps"},
    "problems": NOUNS | {"plug_ins", "resources", "reachability"},
    "sandboxes": NOUNS | {"plug_ins", "resources", "steps"},
    "teachers": NOUNS | {"plug_ins", "resources", "database", "steps", "edits"},
    "evidence": NOUNS | {"resources", "steps", "edits"},
    "labels": NOUNS | {"plug_ins", "steps", "evidence"},
    "config": NOUNS | {"labels", "problems"},
    "vetting": NOUNS | {"outputs", "resources", "steps", "edits", "problems", "evidence"},
    "completers": NOUNS | {"steps", "edits"},
    "strategies": NOUNS | {"steps", "edits", "evidence", "completers"},
    "datasets": NOUNS | {"outputs", "steps", "labels"},
    "audits": NOUNS | {"problems", "labels", "datasets"},
    "exports": NOUNS | {"outputs", "plug_ins", "reachability", "steps", "labels", "datasets"},
    "bench": NOUNS | {"problems", "steps", "edits", "evidence", "strategies", "datasets", "exports"},
    "pages": NOUNS | {"outputs", "steps", "datasets"},
    "pipeline": NOUNS | {"outputs", "config", "database", "steps", "problems", "vetting", "strategies", "labels", "datasets"},
    "testing": NOUNS | {"resources", "steps", "edits"},
    "app": {
        *NOUNS, "config", "plug_ins", "resources", "steps", "problems", "vetting", "completers", "strategies", "teachers", "sandboxes",
        "labels", "audits", "datasets", "exports", "bench", "pages", "pipeline",
    },
    "cli": {*NOUNS, "config", "resources", "sandboxes", "audits", "datasets", "exports", "bench", "pages", "app"},
}  # fmt: skip
"""Each room stands below the rooms that may import it, so the order of this table is the order of the floors."""

ALONE_KNOWS = {
    "libcst": {"edits"},
    "docker": {"sandboxes"},
    "openai": {"teachers"},
    "jinja2": {"teachers", "datasets", "pages"},
    "pyarrow": {"datasets", "exports", "problems", "bench"},
    "huggingface_hub": {"datasets", "reachability", "problems"},
    "datasets": {"problems"},
    "ray": {"pipeline"},
    "click": {"cli"},
    "numpy": {"bench", "exports"},
    "sqlite3": {"database"},
    "sklearn": {"exports"},
}


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module that a file imports, at the top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert "guest" in path.parts, f"{path}: relative import"
    return frozenset(found)


@cache
def files() -> tuple[tuple[str, Path], ...]:
    """Every file of the package, with the room that it belongs to."""
    return tuple(
        (path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path)
        for path in sorted(PACKAGE.rglob("*.py"))
        if "_shipped" not in path.parts
    )


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_lies_below_it(room: str) -> None:
    allowed = MAY_IMPORT[room] | {room, "__version__"}
    for path in (path for ours, path in files() if ours == room):
        for module in imports(path):
            parts = module.split(".")
            if parts[0] == "prmdata" and len(parts) > 1:
                assert parts[1] in allowed, f"{path.relative_to(PACKAGE)} imports {module}"


def test_every_room_has_its_place_above_the_rooms_that_it_imports() -> None:
    assert {room for room, _ in files()} - {"__init__", "__main__"} == set(MAY_IMPORT)
    order = list(MAY_IMPORT)
    for room, below in MAY_IMPORT.items():
        assert all(order.index(one) < order.index(room) for one in below), room


@pytest.mark.parametrize("library", sorted(ALONE_KNOWS))
def test_a_library_is_known_in_its_rooms_alone(library: str) -> None:
    for room, path in files():
        if library in {module.split(".")[0] for module in imports(path)}:
            assert room in ALONE_KNOWS[library], f"{path.relative_to(PACKAGE)} imports {library}"


def test_the_guest_needs_the_standard_library_only() -> None:
    guest = PACKAGE.parent / "sandbox" / "guest"
    own = {path.stem for path in guest.glob("*.py")} | {"guest"}
    for path in guest.rglob("*.py"):
        for module in imports(path):
            assert module.split(".")[0] in sys.stdlib_module_names | own, f"{path.name} imports {module}"


def imported_when_run(path: Path) -> set[str]:
    """The guest's modules that a file of the guest imports when it runs, rather than for its types alone."""
    tree = ast.parse(path.read_text("utf-8"))
    for_types = [
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    ]
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level and node not in for_types:
            found |= {node.module} if node.module else {alias.name for alias in node.names}
    return found


def test_no_modules_of_the_guest_import_each_other() -> None:
    guest = PACKAGE.parent / "sandbox" / "guest"
    modules = {path.stem: imported_when_run(path) for path in guest.glob("*.py")}
    assert modules["supervisor"] >= {"dispatcher", "protocol"}
    order = list(TopologicalSorter(modules).static_order())  # raises CycleError, which names the circle
    assert order.index("wire") < order.index("judge") < order.index("bootstrap")


def produces(room: str) -> str:
    """What a room says of itself: the first line of its docstring."""
    path = PACKAGE / room / "__init__.py"
    text = ast.get_docstring(
        ast.parse((path if path.exists() else PACKAGE / f"{room}.py").read_text("utf-8"))
    )
    assert text, f"{room} does not say what it produces"
    return re.sub(r":\w+:`[.~]?", "`", text.split("\n", 1)[0].rstrip(".:").replace("``", "`"))


def house_table() -> str:
    """The table of the rooms as it stands in ``docs/architecture.md``, the lowest floor first."""
    rows = ["| room | produces | may import, beside the nouns | alone knows |", "|---|---|---|---|"]
    for room, below in MAY_IMPORT.items():
        name = f"{room}/" if (PACKAGE / room).is_dir() else f"{room}.py"
        known = ", ".join(f"`{library}`" for library, rooms in sorted(ALONE_KNOWS.items()) if room in rooms)
        others = ", ".join(sorted(below - NOUNS))
        rows.append(f"| `{name}` | {produces(room)} | {others} | {known} |")
    return "\n".join(rows) + "\n"


def test_the_page_on_the_architecture_has_the_table_that_holds() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text("utf-8")
    assert house_table() in page, (
        "run python tests/test_imports.py and put the table into docs/architecture.md"
    )


if __name__ == "__main__":
    print(house_table(), end="")
