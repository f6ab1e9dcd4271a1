"""Data flows one way: which rooms may import which, and who alone knows a library."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import prmdata

PACKAGE = Path(prmdata.__file__).parent

MAY_IMPORT = {
    "errors": set(),
    "records": set(),
    "config": {"errors", "records"},
    "resources": {"errors"},
    "steps": {"records"},
    "edits": {"errors", "records", "steps"},
    "labels": {"errors", "records", "resources", "steps", "edits"},
    "problems": {"errors", "records", "resources", "steps", "edits", "labels"},
    "teachers": {"errors", "records", "resources", "steps", "edits"},
    "sandboxes": {"errors", "records", "resources", "steps"},
    "strategies": {"errors", "records", "steps", "edits", "labels"},
    "datasets": {"errors", "records", "steps", "labels"},
    "pipeline": {"errors", "records", "config", "resources", "steps", "labels", "problems", "strategies", "datasets"},
    "testing": {"errors", "records", "resources", "steps", "edits"},
}  # fmt: skip

ALONE_KNOWS = {
    "libcst": {"edits"},
    "docker": {"sandboxes"},
    "openai": {"teachers"},
    "jinja2": {"teachers", "datasets"},
    "pyarrow": {"datasets", "problems"},
    "huggingface_hub": {"datasets", "problems"},
    "datasets": {"problems"},
    "ray": {"pipeline"},
    "click": {"cli"},
    "sklearn": {"datasets"},
}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert "guest" in path.parts, f"{path}: relative import"


def rooms() -> list[str]:
    return sorted({path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in PACKAGE.rglob("*.py")})


@pytest.mark.parametrize("room", sorted(set(MAY_IMPORT)))
def test_a_room_imports_only_what_lies_below_it(room: str) -> None:
    here = PACKAGE / room
    files = sorted(here.rglob("*.py")) if here.is_dir() else [here.with_suffix(".py")]
    allowed = MAY_IMPORT[room] | {room, "__version__"}
    for path in files:
        for module in imports(path):
            parts = module.split(".")
            if parts[0] == "prmdata" and len(parts) > 1:
                assert parts[1] in allowed, f"{path.relative_to(PACKAGE)} imports {module}"


def test_every_room_has_its_place() -> None:
    assert set(rooms()) - {"__init__", "_shipped"} == set(MAY_IMPORT) | {
        "parts",
        "measure",
        "assembly",
        "jobs",
        "labourer",
        "cli",
    }


@pytest.mark.parametrize("library", sorted(ALONE_KNOWS))
def test_a_library_is_known_in_its_rooms_alone(library: str) -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if library in {module.split(".")[0] for module in imports(path)}:
            assert room in ALONE_KNOWS[library], f"{path.relative_to(PACKAGE)} imports {library}"


def test_the_guest_needs_the_standard_library_only() -> None:
    import sys

    guest = PACKAGE.parent / "sandbox" / "guest"
    own = {path.stem for path in guest.glob("*.py")} | {"guest"}
    for path in guest.rglob("*.py"):
        for module in imports(path):
            assert module.split(".")[0] in sys.stdlib_module_names | own, f"{path.name} imports {module}"
