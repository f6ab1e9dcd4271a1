"""``prmdata relabel``: labels again from stored evidence."""

from __future__ import annotations

from pathlib import Path

import click

FILE = click.Path(path_type=Path)


@click.command("relabel")
@click.argument("out", type=FILE)
@click.option("--policy", required=True, metavar="P", help="strict or paper.")
@click.option("-o", "--out", "to", type=FILE, metavar="OUT2", help="Write there instead of into OUT.")
@click.option(
    "--prefix-labels",
    type=click.Choice(["once", "always"]),
    default="once",
    show_default=True,
    help="Steps before an edit: labelled in the reference's row alone, or in each row (strict).",
)
def command(out: Path, policy: str, to: Path | None, prefix_labels: str) -> int:
    """Derive the labels of OUT again under another policy. Nothing is run.

    Exit code 2, naming the row and the evidence, where the policy needs what was never gathered.
    """
    from prmdata.app.finish import relabel

    click.echo(relabel(out, policy, to=to, prefix_labels=prefix_labels).text())
    return 0
