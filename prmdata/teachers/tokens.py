"""How many tokens a text has: ``tiktoken`` where it is installed with its vocabulary, else an estimate
that the endpoint's own counts correct."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from typing import Any, Final

_PIECES: Final = re.compile(r"[^\W\d_]+|\d{1,3}|_+|[^\w\s]+|\s*\n|[^\S\n]+")
_WORD: Final = 7
"""Letters of a word a token covers, at most: short English and Python words are one token each."""
MESSAGE: Final = 4
"""Tokens that a chat message costs beside its text."""


def count_tokens(text: str, model: str = "") -> int:
    """Tokens of ``text`` as ``model`` counts them, or an estimate (within about 10% on Python and English)."""
    encoding = _encoding(model)
    if encoding is not None:
        return len(encoding.encode(text, disallowed_special=()))
    return estimate_tokens(text)


@lru_cache(maxsize=256)
def estimate_tokens(text: str) -> int:
    """Tokens by the pieces that byte-pair vocabularies of code models keep together: words, up to three
    digits, runs of punctuation (two characters a token), runs of blanks. A blank before a word is free."""
    total = 0
    for match in _PIECES.finditer(text):
        piece = match[0]
        if piece[0].isalpha():
            total += math.ceil(len(piece.encode()) / _WORD)
        elif piece[0].isspace():
            total += 0 if piece == " " else 1
        elif piece[0].isdigit() or piece[0] == "_":
            total += 1
        else:
            total += math.ceil(len(piece.encode()) / 2)
    return total


@cache
def _encoding(model: str) -> Any:
    """tiktoken's encoding; None where it is not installed or cannot fetch its vocabulary."""
    try:
        import tiktoken  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return None
    try:
        return tiktoken.encoding_for_model(model)
    except KeyError:
        pass
    except Exception:  # no vocabulary on disk and no network: requests' errors, not ours to import
        return None
    try:
        return tiktoken.get_encoding("o200k_base")
    except Exception:
        return None
