"""Lines and tokens of an input, and the numbers that tokens stand for."""

from __future__ import annotations

import re
from typing import Any, Final

_INTEGER: Final = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_FLOAT: Final = re.compile(r"-?\d+\.\d+", re.ASCII)
_LONGEST_NUMBER: Final = 40


def lines_of(text: str) -> list[str]:
    """The lines of an input without the empty ones at its end."""
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    return [line.strip() for line in lines]


def value_of(token: str) -> Any:
    """The number that a token stands for; the token itself where it is none or would be written otherwise."""
    if len(token) > _LONGEST_NUMBER:
        return token
    if _INTEGER.fullmatch(token) and token != "-0":
        return int(token)
    if _FLOAT.fullmatch(token) and repr(float(token)) == token:
        return float(token)
    return token
