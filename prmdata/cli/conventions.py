"""Conventions that all commands share: the type of paths, and the rule that only a command's result goes to
standard output."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import click

FILE: Final = click.Path(path_type=Path)
"""The type of an option or argument that names a file or folder."""


_SOURCE_OPTIONS = (
    click.option("--columns", help="Which column is which, such as prompt=question,tests=info.cases."),
    click.option("--source", "source_name", help="Name of the source, for rows that state none."),
    click.option("--license", help="Licence of the rows that state none."),
    click.option(
        "--compare", help="How answers compare: exact, any-order, float:1e-6, or a checker as JSON."
    ),
    click.option("--entry-point", help="The function under test, where rows name none."),
    click.option(
        "--strict-source", is_flag=True, default=None, help="Stop at the first row that cannot be read."
    ),
)

Command = TypeVar("Command", bound=Callable[..., Any])


def source_options(command: Command) -> Command:
    """The options that say how the rows of SOURCE are read."""
    for option in reversed(_SOURCE_OPTIONS):
        command = option(command)
    return command


def printable(text: str) -> str:
    """``text`` without characters that a terminal takes for commands, because ids and file names come from
    other people. Line ends and tabs stay."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode()
        for char in text
    )


def say(text: str) -> None:
    """Print a command's result, for people."""
    click.echo(printable(text))


@dataclass(slots=True)
class ErrorStream:
    """The error stream of one command: lines for people, or, under ``--log-json``, one JSON object on each
    line."""

    is_json: bool = False

    def speak_json(self) -> None:
        """From now on every line is a JSON object, including what libraries log and warn about."""
        self.is_json = True
        logging.captureWarnings(True)
        logging.basicConfig(handlers=[_Objects(self)], level=logging.WARNING, force=True)

    def notice(self, line: str) -> None:
        """One line that is neither the result nor an error."""
        self._say("notice", line, line)

    def error(self, line: str, exit_code: Any, **more: str) -> None:
        """The one line of a command that fails."""
        self._say("error", line, f"prmdata: {line}", exit_code=exit_code, **more)

    def _say(self, event: str, message: str, plain: str, **more: Any) -> None:
        plain = printable(plain)
        if self.is_json:
            stamp = datetime.now(UTC).isoformat(timespec="seconds")
            plain = json.dumps({"time": stamp, "event": event, "message": message, **more})
        click.echo(plain, err=True)


class _Objects(logging.Handler):
    def __init__(self, stream: ErrorStream) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """One record of a library as a notice."""
        self._stream.notice(f"{record.name}: {record.getMessage()}")


def error_stream() -> ErrorStream:
    """The stream of the command that runs."""
    context = click.get_current_context(silent=True)
    return (context.find_object(ErrorStream) if context is not None else None) or ErrorStream()


def notice(line: str) -> None:
    """Tell the user one line that is not the command's result."""
    error_stream().notice(line)
