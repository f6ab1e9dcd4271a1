"""A model's own continuation, taken as it stands: what follows a prefix in a text (``raw``) or in an
assistant's turn (``prefill``).

Nothing is moved or repaired, since the model did not write that. It ends where the function that the task
is about ends, or at a fence. Where a stop cut it before it was whole, that is said: a cut is not the model's own end.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
import tokenize
import warnings
from typing import Final, NamedTuple

from prmdata.steps.split import physical_lines
from prmdata.teachers.model_request import ModelChoice
from prmdata.teachers.reading import is_text

_FENCE: Final = re.compile(r"^[ \t]*```", re.MULTILINE)
_IN_FUNCTION: Final = (
    "\ndef ", "\nclass ", "\n```", "\nprint(", "\nif __name__", "\nassert ", "\nimport ", "\nfrom ", "\n@",
)  # fmt: skip
_BEFORE_FUNCTION: Final = ("\n```", "\nprint(", "\nif __name__", "\nassert ")
FENCE: Final = ("\n```",)
"""The stop that ends a program wherever one stands."""
_LENGTH: Final = ("length", "max_tokens", "max_output_tokens")
_KNOWN: Final = frozenset(dir(builtins))
_SKIPPED: Final = (tokenize.NL, tokenize.COMMENT)


class Continuation(NamedTuple):
    """What follows the prefix; ``lost`` why nothing can be used; ``is_cut``: a stop ended it too early, so that the
    rest has to be asked for."""

    text: str
    lost: str | None = None
    is_cut: bool = False


def stops_for(prefix: str, entry_point: str | None) -> tuple[str, ...]:
    """Texts that end a continuation of ``prefix``, the most useful first: what can only stand behind the
    function ``entry_point``, and a fence."""
    if not entry_point:
        return FENCE
    if _header(prefix, entry_point) is None:
        return _BEFORE_FUNCTION
    return FENCE if _function_end(prefix, entry_point) is not None else _IN_FUNCTION


def without_echo(beginning: str, text: str) -> str:
    """``text`` without the assistant's beginning: llama.cpp sends that back too."""
    bare = beginning.rstrip()
    if bare and text.lstrip().startswith(bare):
        rest = text.lstrip()[len(bare) :]
        return rest.removeprefix("\n") if beginning.endswith("\n") else rest
    return text


def read_verbatim(
    prefix: str, choice: ModelChoice, entry_point: str | None, *, is_stopped: bool
) -> Continuation:
    """The continuation in one choice. ``is_stopped``: stops other than a fence were sent with the question."""
    finish = choice.finish.lower()
    if choice.refused or finish in ("content_filter", "safety"):
        return Continuation("", "refusal" if choice.refused else "content filter")
    text = choice.text.replace("\r\n", "\n")
    fence = _FENCE.search(text)
    if fence is not None:
        text = text[: fence.start()]
    if not is_text(text):
        return Continuation("", "not text")
    is_whole = fence is not None or finish not in _LENGTH
    if entry_point and _function_end(prefix, entry_point) is None:
        end = _program_end(prefix + text, entry_point)
        if end is not None and end > len(prefix):
            return Continuation(text[: end - len(prefix)])
    if not is_whole:
        return Continuation("", "truncated")
    if is_stopped and fence is None and _lacks_more(prefix + text):
        return Continuation(text, is_cut=True)
    return Continuation(text.rstrip() + "\n" if text.strip() else "")


def missing_calls(program: str) -> frozenset[str]:
    """Names that ``program`` calls and nowhere binds: helpers that are still to come. None where it does not compile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    called: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called.add(node.func.id)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            if node.name == "*":
                return frozenset()
            bound.add((node.asname or node.name).split(".")[0])
    return frozenset(called - bound - _KNOWN)


def _program_end(program: str, entry_point: str) -> int | None:
    """Where the entry point and the helpers behind it that it needs end; None where that is not shown."""
    end = _function_end(program, entry_point)
    while end is not None:
        behind = program[end:]
        needed = sorted(name for name in missing_calls(program[:end]) if _header(behind, name))
        if not needed:
            return end
        ends = [_function_end(program, name) for name in needed]
        end = max(ends) if None not in ends else None  # type: ignore[type-var]
    return None


def _lacks_more(program: str) -> bool:
    """Whether a program that a stop ended is not whole: it calls what is not there, or a string or a bracket is open."""
    if missing_calls(program):
        return True
    try:
        for _ in tokenize.generate_tokens(io.StringIO(program).readline):
            pass
    except tokenize.TokenError as error:
        return "EOF" in str(error) or "unterminated triple" in str(error)
    except (SyntaxError, ValueError):
        pass
    return False


def _header(program: str, name: str) -> re.Match[str] | None:
    return re.search(rf"^(?:async[ \t]+def|def|class)[ \t]+{re.escape(name)}\b", program, re.MULTILINE)


def _function_end(program: str, name: str) -> int | None:
    """Where the top-level function or class ``name`` ends (the offset behind its last line); None where it is not there,
    or nothing follows that shows its end."""
    header = _header(program, name)
    if header is None:
        return None
    body = program[header.start() :]
    depth = last_row = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(body).readline):
            if token.type == tokenize.NEWLINE:
                last_row = token.end[0]
            elif token.type == tokenize.INDENT:
                depth += 1
            elif token.type == tokenize.DEDENT:
                depth -= 1
            elif token.type == tokenize.ENDMARKER:
                return None
            elif token.type not in _SKIPPED and depth == 0 and last_row:
                return header.start() + len("".join(physical_lines(body)[:last_row]))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return None
