"""What a reasoning model thinks aloud, told from what it answers.

Servers differ in where the thoughts stand: between two tags; before a closing tag alone, where the chat
template already holds the opening one (vLLM issue 13125, DeepSeek-R1 issue 352); or in a channel of their own
(the harmony format of gpt-oss). A draft inside the thoughts must never be taken for the answer.
"""

from __future__ import annotations

import re
from typing import Final

_NAMES: Final = r"(?:think|thinking|thought|thoughts|reasoning|seed:think)"
_OPEN: Final = rf"(?:<{_NAMES}>|\[{_NAMES}\]|◁{_NAMES}▷)"
# A tag in quotes is a program's own text: a task may be about such tags.
_CLOSE: Final = rf"(?:</{_NAMES}>|\[/{_NAMES}\]|◁/{_NAMES}▷)(?![\"'`](?!``))"
_PAIR: Final = re.compile(rf"(?<![\"'`]){_OPEN}.*?(?:{_CLOSE}|\Z)", re.DOTALL | re.IGNORECASE)
_TO_CLOSE: Final = re.compile(rf"\A.*{_CLOSE}", re.DOTALL | re.IGNORECASE)
_CHANNEL: Final = re.compile(
    r"<\|channel\|>\s*(\w+)[^<]*<\|message\|>(.*?)(?=<\|(?:end|return|call|start|channel)\|>|\Z)", re.DOTALL
)
_BARE_CHANNELS: Final = re.compile(r"\Aanalysis.*?assistantfinal", re.DOTALL)
"""The same channels after a tokenizer dropped the special tokens between them."""


def without_thinking(text: str) -> str:
    """``text`` without what was thought aloud; "" where nothing else was said. Thoughts that are never
    closed run to the end."""
    channels = _CHANNEL.findall(text)
    if channels:
        return "".join(said for name, said in channels if name.lower() == "final")
    text = _PAIR.sub("", text)
    return _BARE_CHANNELS.sub("", _TO_CLOSE.sub("", text))
