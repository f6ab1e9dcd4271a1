"""One name for one thing, the field's words, and sizes that a reader can hold: the rules of the house.

``docs/glossary.md`` explains the words that are ours by right. The table here names the words that are not to
come back, each in the room where it once stood for something that has a name in the field.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import prmdata

PACKAGE = Path(prmdata.__file__).parent
GUEST = PACKAGE.parent / "sandbox" / "guest"

MAX_LINES = 300
MAX_FUNCTION_LINES = 50
MAX_PARAMETERS = 6
MAX_LOCAL_IMPORTS = 19

EVERYWHERE = ("apart", "tally", "tallies")
BANNED: dict[str, tuple[str, ...]] = {
    "guest": (
        "house", "houses", "hatch", "desk", "board", "rehearsal", "rehearse", "together", "sitting", "bench", "trial",
        "chance", "certain", "endings", "leash", "seat", "seats", "zygote",
    ),
    "pipeline": ("labourer", "labourers", "labour", "hand_out", "desk", "owed", "wanted", "settled"),
    "app": ("parts", "measure", "assembly", "jobs", "labourer", "labourers", "labour", "desk"),
    "evidence": (
        "hull", "ground", "survey", "trial", "trials", "killers", "stock", "mender", "mend", "mended", "told_apart",
        "written",
    ),
    "problems": ("mender", "mend", "mended"),
    "vetting": ("written", "mender", "mend", "mended"),
    "completers": ("endless",),
    "labels": ("sheet", "marks", "mark"),
    "edits": ("written", "wording", "phrasing", "saying", "carry", "concrete"),
    "exports": ("wording", "phrasing", "saying", "keep"),
    "teachers": ("wording", "phrasing", "saying", "dialect", "jsonish", "trouble", "interviewer"),
    "records": ("policy",),
    "steps": ("cut", "cuts"),
}  # fmt: skip
"""Each room with the words that name nothing in it (``_`` joins a phrase)."""

CONTRACTS = {
    ("records", "policy"): "a column of every row: the label rule",
    ("records", "step_told_apart"): "a field of the column `evidence`",
    ("exports", "keep"): "the option `--keep`",
}
"""Names that other people rely on and that stay, each with its reason."""

OURS = (
    "step", "trace", "verdict", "label", "evidence", "fault label", "prefix label", "input domain", "witness",
    "counterexample", "cut", "strategy", "policy", "intent", "isolation", "vetting",
)  # fmt: skip
"""The words that are ours by right."""


@cache
def trees(root: Path) -> tuple[tuple[Path, ast.Module], ...]:
    """Every file under ``root`` with its tree; what a wheel ships beside the package stands elsewhere."""
    return tuple(
        (path, ast.parse(path.read_text("utf-8")))
        for path in sorted(root.rglob("*.py"))
        if "_shipped" not in path.parts
    )


def both() -> Iterator[tuple[str, Path, ast.Module]]:
    """Every file of the package and of the guest, with its room."""
    for path, tree in trees(PACKAGE):
        yield path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path, tree
    for path, tree in trees(GUEST):
        yield "guest", path, tree


def is_alias(node: ast.stmt) -> str | None:
    """The name of a top-level type alias, TypeVar or the like; None for any other statement."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id if "TypeAlias" in ast.unparse(node.annotation) else None
    if not (
        isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
    ):
        return None
    name = node.targets[0].id
    makes_type = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in (
        "TypeVar",
        "ParamSpec",
        "NewType",
    )
    is_type = isinstance(node.value, ast.Subscript | ast.BinOp | ast.Name | ast.Attribute)
    return name if makes_type or (is_type and re.match(r"_?[A-Z][A-Za-z]*[a-z]", name)) else None


def classes_and_aliases(tree: ast.Module) -> Iterator[str]:
    """The names of the classes and of the type aliases that a module defines itself."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif (alias := is_alias(node)) is not None:
            yield alias


@pytest.mark.parametrize("root", [PACKAGE, GUEST], ids=["package", "guest"])
def test_no_class_or_type_alias_has_the_name_of_another(root: Path) -> None:
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for path, tree in trees(root):
        for name in set(classes_and_aliases(tree)):
            homes[name].append(str(path.relative_to(root)))
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


def test_no_module_name_stands_three_times() -> None:
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for path, _ in trees(PACKAGE):
        homes[path.stem].append(str(path.relative_to(PACKAGE)))
    del homes["__init__"]
    assert {name: found for name, found in homes.items() if len(found) > 2} == {}


def names(path: Path, tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What a file names itself, with the line: module, classes, functions, parameters, attributes, variables."""
    yield path.stem, 0
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, line
        elif isinstance(node, ast.arg):
            yield node.arg, line
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, line
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, line
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name, line
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname, line


@cache
def words(name: str) -> str:
    """``TeacherStats``, ``_teacher_stats`` and ``TEACHER_STATS`` as ``_teacher_stats_``."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return "_" + "_".join(part.lower() for part in parts) + "_"


def test_names_split_into_words() -> None:
    assert [words(name) for name in ("TeacherStats", "_teacher_stats", "TEACHER_STATS", "HTTPReply2")] == [
        "_teacher_stats_",
        "_teacher_stats_",
        "_teacher_stats_",
        "_http_reply_2_",
    ]


@pytest.mark.parametrize("room", sorted({room for room, _, _ in both()} | set(BANNED)))
def test_a_room_speaks_in_the_words_of_the_field(room: str) -> None:
    banned = BANNED.get(room, ()) + EVERYWHERE
    found = {
        f"{path.name}:{line} {name}"
        for ours, path, tree in both()
        if ours == room
        for name, line in names(path, tree)
        if (room, name) not in CONTRACTS and any(f"_{word}_" in words(name) for word in banned)
    }
    assert sorted(found) == []


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_file_and_no_function_is_longer_than_one_reads() -> None:
    long = [path.name for _, path, _ in both() if path.read_text("utf-8").count("\n") > MAX_LINES]
    for _, path, tree in both():
        for function in functions(tree):
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                long.append(f"{path.name} {function.name}: {lines} lines")
    assert long == []


def test_no_function_outside_the_command_line_takes_more_than_six_parameters() -> None:
    many = []
    for room, path, tree in both():
        for function in functions(tree) if room != "cli" else ():
            given = function.args.posonlyargs + function.args.args
            count = len(given) + len(function.args.kwonlyargs)
            count -= bool(given) and given[0].arg in ("self", "cls")
            if count > MAX_PARAMETERS:
                many.append(f"{path.relative_to(path.parents[1])} {function.name}: {count}")
    assert many == []


def test_hardly_any_import_of_our_own_hides_in_a_function() -> None:
    hidden = set()
    for path, tree in trees(PACKAGE):
        for function in functions(tree):
            for node in ast.walk(function):
                if not isinstance(node, ast.Import | ast.ImportFrom):
                    continue
                module = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
                if module is not None and module.split(".")[0] == "prmdata":
                    hidden.add(f"{path.relative_to(PACKAGE)}:{node.lineno} {module}")
    assert len(hidden) <= MAX_LOCAL_IMPORTS, sorted(hidden)


def test_the_glossary_explains_the_words_that_are_ours_and_points_at_what_there_is() -> None:
    page = (PACKAGE.parent / "docs" / "glossary.md").read_text("utf-8")
    explained = re.findall(r"^\| \*\*([a-z ]+)\*\*", page, re.MULTILINE)
    assert sorted(explained) == sorted(OURS)
    rooms = set(re.findall(r"`([a-z]+/(?:[a-z]+/)?)`", page))
    assert rooms
    assert [room for room in rooms if not (PACKAGE / room).is_dir()] == []
    assert "docs/glossary.md" in (PACKAGE.parent / "README.md").read_text("utf-8")
