"""Close a prefix of a program so that it compiles exactly if the prefix can be completed at all."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Sequence

from prmdata.records import Step
from prmdata.steps.split import physical_lines


def close_prefix(steps: Sequence[Step]) -> str:
    """The text of ``steps``, closed with ``pass``.

    An open header or clause gets a body, a decorator gets a function, an open ``match`` gets a case, and each
    ``try`` that still has neither ``except`` nor ``finally`` gets one. Only the guest can say whether the
    result compiles. The empty prefix gives the empty program.
    """
    if not steps:
        return ""
    text = "".join(step.text for step in steps)
    if not text.endswith(("\n", "\r")):
        text += "\n"
    last = steps[-1]
    indent = _indent(last)
    if last.kind == "decorator":
        text += f"{indent}def _(): pass\n"
    elif last.kind in ("header", "clause") and _opens_suite(last):
        if _first_word(last) == "match":
            text += f"{indent} case _: pass\n"
        else:
            text += f"{indent} pass\n"
    for open_indent in _open_tries(steps):
        text += f"{open_indent}finally: pass\n"
    return text


def _open_tries(steps: Sequence[Step]) -> list[str]:
    """Indents of the ``try`` suites that no ``except`` or ``finally`` has closed yet, innermost first."""
    open_tries: list[str] = []
    for step in steps:
        indent, word = _indent(step), _first_word(step)
        while open_tries and (
            len(open_tries[-1]) > len(indent)
            or (len(open_tries[-1]) == len(indent) and word not in ("except", "finally"))
        ):
            open_tries.pop()
        if open_tries and open_tries[-1] == indent and word in ("except", "finally"):
            open_tries.pop()
        elif word == "try":
            open_tries.append(indent)
    return open_tries[::-1]


def _code(step: Step) -> str:
    lines = physical_lines(step.text)
    return lines[step.code_line - step.first_line] if lines else ""


def _indent(step: Step) -> str:
    code = _code(step)
    return code[: len(code) - len(code.lstrip(" \t\x0c"))]


def _first_word(step: Step) -> str:
    code = _code(step).strip()
    word = ""
    for letter in code:
        if not (letter.isalnum() or letter == "_"):
            break
        word += letter
    return word


def _opens_suite(step: Step) -> bool:
    """Whether the suite of the step stands on later lines. ``else: return 2`` has its suite on its own
    line."""
    if step.kind == "header":
        return True
    last = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(step.text, newline="").readline):
            if token.type == tokenize.OP or token.string.strip():
                last = last if token.type == tokenize.COMMENT else token.string
    except (tokenize.TokenError, SyntaxError):
        return False
    return last == ":"
