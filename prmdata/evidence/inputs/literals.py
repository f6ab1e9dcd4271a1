"""The numbers and texts that stand in a program. Its branches compare with them, so they are worth trying."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_TOKENS: Final = re.compile(r"""(?P<number>\b\d+(?:\.\d+)?\b)|(?P<text>'[^'\n\\]*'|"[^"\n\\]*")""")
_LONGEST_TEXT: Final = 40


@dataclass(frozen=True, slots=True)
class Literals:
    """Ingredients, sorted, without duplicates: numbers with their neighbours, whole texts."""

    integers: tuple[int, ...] = ()
    floats: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()


def literals_of(programs: Iterable[str]) -> Literals:
    """The literals of ``programs``. Each integer comes with the integers beside it. Docstrings are left out."""
    numbers: set[int] = set()
    floats: set[float] = set()
    texts: set[str] = set()
    for program in programs:
        for value in _constants(program):
            if isinstance(value, bool):
                continue
            if isinstance(value, int):
                numbers.update((value - 1, value, value + 1))
            elif isinstance(value, float):
                floats.add(value)
            elif isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT:
                texts.add(value)
    return Literals(tuple(sorted(numbers)), tuple(sorted(floats)), tuple(sorted(texts)))


def _constants(program: str) -> Iterable[object]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError):
        return _constants_by_token(program)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in alone]


def _constants_by_token(program: str) -> list[object]:
    """The literals of a program that this Python cannot parse."""
    found: list[object] = []
    for match in _TOKENS.finditer(program):
        text = match["text"]
        if text is not None:
            found.append(text[1:-1])
        else:
            number = match["number"]
            found.append(float(number) if "." in number else int(number[:18]))
    return found
