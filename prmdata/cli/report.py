"""``prmdata report``: the dataset's report as one HTML page."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(help="Write OUT/report.html: where the labels come from, and a browser of programs.")
@click.argument("out", type=click.Path(path_type=Path))
def command(out: Path) -> None:
    """Write the page and say where it is."""
    from prmdata.pages.report import report

    click.echo(f"report: {report(out)}")
