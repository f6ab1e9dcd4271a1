"""Counting tokens with the tokenizer of a model, through ``tokenizers`` (it comes with ``transformers``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prmdata.errors import UsageError
from prmdata.exports.format import Tokens
from prmdata.reachability import why_unreachable

_WHAT_TO_GIVE = "give a folder with tokenizer.json, such a file, or a model's name on the Hub"


class _Fast:
    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def ids(self, text: str) -> list[int]:
        found: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return found


def load_tokenizer(name: str) -> Tokens:
    """The tokenizer in the folder or ``tokenizer.json`` ``name``, or that of the Hub's model ``name``.

    Raises UsageError where there is none or ``tokenizers`` is not installed.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise UsageError(
            "--tokenizer needs the package tokenizers; pip install 'prmdata[tokenizers]'"
        ) from None
    path = Path(name)
    try:
        if path.is_dir():
            return _Fast(Tokenizer.from_file(str(path / "tokenizer.json")))
        if path.exists():
            return _Fast(Tokenizer.from_file(name))
        if why := why_unreachable(name, "model"):
            raise UsageError(f"--tokenizer {name}: no such file, and {why}")
        return _Fast(Tokenizer.from_pretrained(name))
    except UsageError:
        raise
    except Exception as error:
        # tokenizers raises plain Exception for every failure: no file, no network, not a tokenizer. Its Rust panics
        # on some files that are JSON and no tokenizer; that exception is none of Exception's and is left alone.
        said = " ".join(str(error).split())[:200] or type(error).__name__
        raise UsageError(f"--tokenizer {name}: cannot be loaded ({said}); {_WHAT_TO_GIVE}") from error
