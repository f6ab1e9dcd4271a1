"""Where a data set's setup code belongs: before the program (visible to it), or with the tests.

Data sets put two things in one column: what the program needs (imports, a ``Node`` class) and what
the tests need (a tree built from the program's own class, functions that assert). A statement that uses what the
reference defines cannot run before it, and one that asserts gives answers away; both go to the tests.
"""

from __future__ import annotations

import ast

from prmdata.problems.syntax import bound_names, loaded_names, parse


def place_setup(setup: str, reference: str, tests: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Split ``setup`` into the part that stays setup and the part that goes to the tests. Each test is then
    preceded by the moved statements that it needs. Texts that do not parse are left alone, and are rejected
    later with the reason."""
    if not setup.strip():
        return setup, tests
    try:
        body = parse(setup).body
        defined = set(bound_names(parse(reference).body))
        needs = [loaded_names(parse(test)) for test in tests]
    except SyntaxError:
        return setup, tests
    moved = _moved(body, defined)
    if not moved:
        return setup, tests
    lines = setup.encode().split(b"\n")
    stays = "".join(_text(lines, statement) for statement in body if statement not in moved)
    return stays, tuple(
        "".join(_text(lines, statement) for statement in _needed(moved, names)) + test
        for names, test in zip(needs, tests, strict=True)
    )


def _moved(body: list[ast.stmt], defined: set[str]) -> list[ast.stmt]:
    """The statements that use something that the reference defines, or something that such a statement binds."""
    tainted = set(defined)
    found: list[ast.stmt] = []
    for statement in body:
        if loaded_names(statement) & tainted:
            found.append(statement)
            tainted |= _touched(statement)
    return found


def _needed(moved: list[ast.stmt], names: set[str]) -> list[ast.stmt]:
    """The moved statements whose effect is visible to a test that reads ``names``."""
    needed: set[int] = set()
    wanted = set(names)
    growing = True
    while growing:
        growing = False
        for index, statement in enumerate(moved):
            if index not in needed and (_touched(statement) & wanted or isinstance(statement, ast.Expr)):
                needed.add(index)
                wanted |= loaded_names(statement)
                growing = True
    return [moved[index] for index in sorted(needed)]


def _touched(statement: ast.stmt) -> set[str]:
    """Names that a statement binds, or changes through an attribute or an item (``root.left = ...``)."""
    names = set(bound_names([statement]))
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            root: ast.expr = node
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if isinstance(root, ast.Name):
                names.add(root.id)
    return names


def _text(lines: list[bytes], statement: ast.stmt) -> str:
    """The statement's own source, decorators included, ended by one line end (``col_offset`` counts bytes)."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(node.lineno for node in decorators)])
    last, end = statement.end_lineno or first, statement.end_col_offset or 0
    if first == last:
        text = lines[first - 1][statement.col_offset : end]
    else:
        text = b"\n".join(
            [lines[first - 1][statement.col_offset :], *lines[first : last - 1], lines[last - 1][:end]]
        )
    return text.decode() + "\n"
