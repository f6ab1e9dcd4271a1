"""``prmdata show``: programs with their labels in the terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

import prmdata
from prmdata.cli.conventions import FILE


@click.command(help="Show rows of OUT: a list and one example, or the row ID (or any beginning of it).")
@click.argument("out", type=FILE)
@click.argument("row_id", metavar="[ID]", required=False)
@click.option(
    "-n", "limit", type=click.IntRange(min=1), default=10, show_default=True, help="Rows in the list."
)
@click.option("--color/--no-color", default=None, help="Colours; by default on a terminal only.")
def command(out: Path, row_id: str | None, limit: int, color: bool | None) -> None:
    """Print what :func:`prmdata.pages.show.show` says."""
    in_color = color if color is not None else wants_color()
    click.echo(prmdata.show(out, row_id, limit=limit, color=in_color), nl=False, color=in_color)


def wants_color() -> bool:
    """On a terminal, unless NO_COLOR (no-color.org) or a dumb terminal says otherwise."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
