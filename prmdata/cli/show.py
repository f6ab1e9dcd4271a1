"""``prmdata show``: programs with their labels in the terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

import prmdata
from prmdata.cli.conventions import FILE


@click.command(
    help="Show programs of OUT with their labels.\n\nWithout ID: a list of rows and one example. ID is a row's id (any"
    " beginning of it will do), or a problem's."
)
@click.argument("out", type=FILE)
@click.argument("row_id", metavar="[ID]", required=False)
@click.option(
    "-n", "limit", type=click.IntRange(min=1), default=10, show_default=True, help="Rows in the list."
)
@click.option(
    "--label",
    type=click.Choice(["correct", "incorrect", "masked"]),
    help="Rows with a step that is incorrect; else with one that is correct; else with neither.",
)
@click.option("--operator", metavar="NAME", help="Rows of edits by this operator.")
@click.option("--problem", metavar="ID", help="Rows of this problem.")
@click.option("--verdict", metavar="NAME", help="Rows with this verdict, such as wrong_answer.")
@click.option("--reason", metavar="NAME", help="Rows with this reason at any step, such as unexecuted.")
@click.option("--color/--no-color", default=None, help="Colours; by default on a terminal only.")
def command(
    out: Path,
    row_id: str | None,
    limit: int,
    label: str | None,
    operator: str | None,
    problem: str | None,
    verdict: str | None,
    reason: str | None,
    color: bool | None,
) -> None:
    """Print the text that :func:`prmdata.pages.show.show` returns."""
    in_color = color if color is not None else wants_color()
    where = {
        "label": label, "operator": operator, "problem": problem, "verdict": verdict, "reason": reason
    }  # fmt: skip
    given = {name: value for name, value in where.items() if value is not None}
    text = prmdata.show(out, row_id, limit=limit, color=in_color, where=given)
    click.echo(text, nl=False, color=in_color)


def wants_color() -> bool:
    """Whether to use colours: on a terminal, unless NO_COLOR (no-color.org) is set or the terminal is dumb."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
