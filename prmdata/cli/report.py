"""``prmdata report``: the dataset's report as one HTML page."""

from __future__ import annotations

from pathlib import Path

import click

import prmdata
from prmdata.cli.conventions import FILE, say


@click.command(help="Write the report of OUT, one HTML page, into OUT/report.html.")
@click.argument("out", type=FILE)
def command(out: Path) -> None:
    """Write the page and say where it is."""
    say(f"report: {prmdata.report(out)}")
