"""A model's answer to ``complete``, read as the text that follows a prefix.

Asked to go on, models repeat the beginning, fence the code, talk around it, start again at the margin
or indent everything by a level. What they meant is found by matching lines with the end of the prefix
and by trying the few indentations that make sense until the whole compiles. What never compiles is
kept as it is: a completer that writes broken code has failed, and dropping it would flatter its rate.
"""

from __future__ import annotations

import json
import textwrap
import warnings
from typing import Final

from prmdata.steps.split import physical_lines
from prmdata.teachers.answer_body import TOOL_CALL
from prmdata.teachers.model_request import ModelChoice
from prmdata.teachers.reading import is_text, lost_because
from prmdata.teachers.thinking import without_thinking
from prmdata.teachers.tolerant_json import fenced_blocks

_PYTHON: Final = frozenset({"python", "py", "python3", ""})


def read_continuation(prefix: str, choice: ModelChoice) -> tuple[str, str | None]:
    """(text that follows ``prefix``, None), or ("", why nothing can be used)."""
    lost = lost_because(choice)
    if lost is None and choice.finish == TOOL_CALL:
        lost = TOOL_CALL  # an argument is JSON, which Python takes for a harmless expression
    if lost is not None:
        return "", lost
    text = _decoded(without_thinking(choice.text)).replace("\r\n", "\n")
    code = _code(text)
    if not code.strip():
        return "", "empty"
    if not is_text(code):
        return "", "not text"
    return _repaired(prefix, code), None


def _decoded(text: str) -> str:
    """``text``, read once more where the server encoded it as a JSON string."""
    bare = text.strip()
    if bare.startswith('"') and bare.endswith('"') and "\n" not in bare:
        try:
            return str(json.loads(bare))
        except ValueError:
            pass
    return text


def _code(text: str) -> str:
    blocks = fenced_blocks(text)
    python = [code for language, code in blocks if language in _PYTHON and code.strip()]
    if blocks:
        return max(python or [code for _, code in blocks], key=len)
    return text


def _repaired(prefix: str, code: str) -> str:
    if prefix and not prefix.endswith("\n"):
        prefix += "\n"
        start = "\n"
    else:
        start = ""
    fallback: str | None = None
    for rest in dict.fromkeys([*_without_repetition(prefix, code), code]):
        for shifted in _indentations(prefix, rest):
            whole = shifted if shifted.endswith("\n") else shifted + "\n"
            if fallback is None:
                fallback = whole
            if compiles(prefix + whole):
                return start + whole
    return start + (fallback or code)


def _without_repetition(prefix: str, code: str) -> list[str]:
    """``code`` without the lines of ``prefix`` it begins with, most likely reading first."""
    ends = [line.strip() for line in physical_lines(prefix) if line.strip()]
    lines = physical_lines(code)
    if not ends:
        return []
    found: list[tuple[int, str]] = []
    for at, line in enumerate(lines):
        if line.strip() != ends[-1]:
            continue
        # How many non-blank lines, counted back from here, agree with the end of the prefix.
        own = [one.strip() for one in lines[: at + 1] if one.strip()]
        same = 0
        while same < min(len(own), len(ends)) and own[-1 - same] == ends[-1 - same]:
            same += 1
        if same == min(len(own), len(ends)):  # all of what stands before, or the whole prefix
            found.append((same, "".join(lines[at + 1 :])))
    return [rest for _, rest in sorted(found, key=lambda pair: -pair[0])]


def _indentations(prefix: str, code: str) -> list[str]:
    """``code`` as it is, then moved as a block to each indentation that may follow ``prefix``."""
    if not code.strip():
        return [code]
    bare = _dedented(code)
    variants = [code]
    for indent in _open_indents(prefix):
        variants.append(textwrap.indent(bare, indent))
        head, newline, tail = bare.partition("\n")
        # Only the first line lost its indentation, as after a prompt that ended in blanks.
        variants.append(indent + head.lstrip() + newline + tail)
    return list(dict.fromkeys(variants))


def _dedented(code: str) -> str:
    lines = physical_lines(code)
    while lines and not lines[0].strip():
        lines.pop(0)
    return textwrap.dedent("".join(lines))


def _open_indents(prefix: str) -> list[str]:
    """Indentations at which a line may follow ``prefix``, deepest first."""
    indents: list[str] = []
    last = ""
    for line in physical_lines(prefix):
        if line.strip() and not line.lstrip().startswith("#"):
            last = line
            indent = line[: len(line) - len(line.lstrip())]
            indents = [one for one in indents if len(one) < len(indent)] + [indent]
    if last.rstrip().endswith(":"):
        indents.append(indents[-1] + "    ")
    return indents[::-1]


def compiles(program: str) -> bool:
    """Whether this Python compiles ``program``; nothing is run and nothing is printed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(program, "<completion>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True
