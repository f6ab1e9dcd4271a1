"""What all commands do alike: paths are paths, and notices go to the error stream."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

FILE: Final = click.Path(path_type=Path)
"""The type of an option or argument that names a file or folder."""


def notice(line: str) -> None:
    """Tell the user one line that is not the command's result."""
    click.echo(line, err=True)
