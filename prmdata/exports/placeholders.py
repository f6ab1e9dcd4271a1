"""A placeholder in the text: the token at which a trainer or a server reads a step's label or score."""

from __future__ import annotations

from prmdata.exports.answer_text import PromptAndAnswer
from prmdata.exports.format import ExportOptions, RefusedError
from prmdata.records import Trace


def check_token(options: ExportOptions, *tokens: str) -> None:
    """The placeholder must be a text, and each of ``tokens`` one token, where a tokenizer is given."""
    if not options.placeholder.strip():
        raise RefusedError(options.format, "the placeholder must not be empty")
    for token in tokens if options.tokens is not None else ():
        ids = options.tokens.ids(token) if options.tokens is not None else []
        if len(ids) != 1:
            raise RefusedError(
                options.format,
                f"{token!r} is {len(ids)} tokens of this tokenizer, the trainer needs one; give another with --placeholder",
            )


def refuse_in_text(options: ExportOptions, trace: Trace, part: PromptAndAnswer) -> None:
    """Raises RefusedError where the placeholder already stands in a row's text."""
    placeholder = options.placeholder
    if placeholder in part.question or any(placeholder in step for step in part.steps):
        raise RefusedError(
            options.format,
            f"row {trace.id} contains the placeholder {placeholder!r}; give another with --placeholder",
        )


def check_found(options: ExportOptions, trace: Trace, text: str, n_wanted: int) -> None:
    """Raises RefusedError where the tokenizer, if there is one, finds another number of placeholders than there are."""
    if options.tokens is None:
        return
    found = options.tokens.ids(text).count(options.tokens.ids(options.placeholder)[0])
    if found != n_wanted:
        raise RefusedError(
            options.format,
            f"row {trace.id}: the tokenizer finds {found} placeholders for {n_wanted} labels; give a special token of its vocabulary with --placeholder",
        )
