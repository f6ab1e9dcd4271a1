"""Folders as sources: what ``datasets`` saved to disk, files of rows, and programs beside their files of tests."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from prmdata.errors import InputError
from prmdata.problems.files import SUFFIXES, rows_of
from prmdata.problems.rows import BadRow, Row
from prmdata.problems.syntax import parse

_SHARD: Final = re.compile(r"-\d+-of-\d+$|[-_.]\d+$")
_TESTS: Final = re.compile(r"test_(?P<of>\w+)\.py|(?P<before>\w+)_test\.py")
_PROMPTS: Final = ("prompt.md", "prompt.txt", "README.md", "readme.md", "description.md", "instructions.md")


def folder_rows(folder: Path, shown: str) -> Iterator[Row | BadRow] | None:
    """The rows of a folder; None where it is a data set repository (a card states its files) or nothing that is known.

    Looked for in this order: ``save_to_disk`` of a Dataset or a DatasetDict; files of tests beside the programs that they
    test; files of rows, in the order of their names.
    """
    if (folder / "dataset_dict.json").is_file() or (folder / "state.json").is_file():
        return _saved(folder, shown)
    tests = sorted(path for path in folder.rglob("*.py") if _TESTS.fullmatch(path.name))
    if tests:
        return _pairs(folder, tests, shown)
    files = sorted(
        path for path in folder.rglob("*") if path.name.lower().endswith(SUFFIXES) and path.is_file()
    )
    if not files or (folder / "README.md").is_file():
        return None
    return _files(folder, files)


def _saved(folder: Path, shown: str) -> Iterator[Row | BadRow]:
    """The rows that ``datasets`` saved, split by split, from its own Arrow files."""
    splits = {"": folder}
    if (folder / "dataset_dict.json").is_file():
        splits = {name: folder / name for name in _json(folder / "dataset_dict.json").get("splits", [])}
    for split, place in splits.items():
        facts = _json(place / "state.json")
        for file in facts.get("_data_files") or []:
            path = place / str(file.get("filename"))
            yield from _renamed(path, f"{shown}/{path.relative_to(folder)}", folder.name, split)


def _files(folder: Path, files: list[Path]) -> Iterator[Row | BadRow]:
    for path in files:
        split = _SHARD.sub("", path.name.partition(".")[0])
        yield from _renamed(path, str(path), folder.resolve().name, split)


def _renamed(path: Path, shown: str, source: str, split: str) -> Iterator[Row | BadRow]:
    for row in rows_of(path, shown):
        if isinstance(row, BadRow):
            yield row
        else:
            yield Row(row.values, row.where, source=source, split=split, folder=row.folder)


def _pairs(folder: Path, tests: list[Path], shown: str) -> Iterator[Row | BadRow]:
    """One problem for each program: ``test_x.py`` tests ``x.py`` beside it, or else ``solution.py``. The
    prompt is a file beside the program (``x.md``, ``x.txt``, ``prompt.md`` ...), or the docstring of the
    program, or the docstrings of its functions."""
    files_of: dict[Path, list[Path]] = {}
    for path in tests:
        program = _program_of(path)
        if program is None:
            yield BadRow(f"{shown}/{path.relative_to(folder)}", "no program beside it; name it solution.py")
        else:
            files_of.setdefault(program, []).append(path)
    for program, files in files_of.items():
        name = program.relative_to(folder)
        where = f"{shown}/{name}"
        try:
            reference = program.read_text("utf-8-sig")
            values: dict[str, Any] = {
                "id": str(
                    name.parent if name.stem == "solution" and name.parent.name else name.with_suffix("")
                ),
                "prompt": _prompt(program, reference),
                "reference": reference,
                "tests": [path.read_text("utf-8-sig") for path in files],
            }
        except UnicodeDecodeError as error:
            yield BadRow(where, f"not UTF-8 (byte {error.start}); store the file as UTF-8")
            continue
        yield Row(values, where, source=folder.resolve().name, folder=program.parent)


def _program_of(tests: Path) -> Path | None:
    found = _TESTS.fullmatch(tests.name)
    names = [found[group] for group in ("of", "before") if found and found[group]]
    candidates = [tests.with_name(f"{name}.py") for name in (*names, "solution")]
    return next((path for path in candidates if path.is_file() and path != tests), None)


def _prompt(program: Path, reference: str) -> str:
    for name in (f"{program.stem}.md", f"{program.stem}.txt", *_PROMPTS):
        path = program.with_name(name)
        if path.is_file():
            return path.read_text("utf-8-sig")
    try:
        tree = parse(reference)
    except SyntaxError:
        return ""
    return ast.get_docstring(tree) or "\n\n".join(_signatures(tree))


def _signatures(tree: ast.Module) -> Iterator[str]:
    """The functions and classes of a program as a prompt: their first lines and docstrings."""
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name[0] == "_":
            continue
        said = ast.get_docstring(node)
        head = ast.unparse(node).split("\n")
        first = next((line for line in head if line.startswith(("def ", "class ", "async "))), "")
        yield f"{first}\n    {json.dumps(said) if said else '...'}\n"


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"not what save_to_disk writes: {error}") from None
    return found if isinstance(found, dict) else {}
