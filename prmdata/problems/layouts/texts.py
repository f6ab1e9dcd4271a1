"""Texts as data sets for training wrap them: programs in Markdown fences, prompts as lists of chat messages."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Any, Final

from prmdata.problems.rows import Row
from prmdata.problems.syntax import parses

_FENCE: Final = re.compile(
    r"^(?P<indent>[ \t]*)(?P<ticks>`{3,}|~{3,})[ \t]*(?P<tag>[\w+.#-]*)[^\n`]*\n(?P<body>.*?)"
    r"(?:^[ \t]*(?P=ticks)[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_PYTHON: Final = ("python", "py", "python3", "")


def unfenced(text: str) -> str:
    """The program of an answer in Markdown: its longest fenced block of Python that parses, else its longest block of
    Python. A text without such a block is the program itself, byte for byte, unless all of it is indented. Thoughts in
    ``<think>`` tags are left out."""
    answer = text.rpartition("</think>")[2] if "</think>" in text else text
    blocks = [
        _at_the_margin(found["body"])
        for found in _FENCE.finditer(answer.removeprefix("\ufeff"))
        if found["tag"].lower() in _PYTHON
    ]
    if not blocks:
        return _at_the_margin(answer) if answer is not text and answer.strip() else _at_the_margin(text)
    whole = [block for block in blocks if parses(block)]
    return max(whole or blocks, key=len)


def _at_the_margin(text: str) -> str:
    """The text without the indentation that all its lines share (a block of code in a list, or an indented one) if it
    parses only without it; else the text itself."""
    if not text[:1].isspace() or parses(text):
        return text
    moved = textwrap.dedent(text)
    return moved if parses(moved) else text


def flattened(row: Row, key: str) -> str:
    """The prompt at ``key``: a text, or a list of messages (``role`` and ``content``, or ``from`` and ``value``), of which
    the user's are kept, one below the other. Where a list has none of the user, all of its messages are."""
    value = row.values.get(key)
    if isinstance(value, str) and value.lstrip()[:1] != "[":
        return value
    try:
        messages = [_message(one) for one in row.items(key)]
    except (ValueError, TypeError):
        return row.text(key)
    users = [text for role, text in messages if role in ("user", "human")]
    return "\n\n".join(users or [text for _, text in messages])


def _message(value: Any) -> tuple[str, str]:
    """The role and the text of one message; a text may come in parts (``{"type": "text", "text": ...}``)."""
    if isinstance(value, str):
        return "user", value
    if not isinstance(value, Mapping):
        raise TypeError("not a message")
    content = value.get("content", value.get("value"))
    if isinstance(content, list):
        content = "\n".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return str(value.get("role", value.get("from", ""))), "" if content is None else str(content)
