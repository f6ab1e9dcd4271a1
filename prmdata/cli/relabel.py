"""``prmdata relabel``: labels again from stored evidence."""

from __future__ import annotations

from pathlib import Path

import click

import prmdata
from prmdata.cli.conventions import FILE, say


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
    """Derive the labels of OUT again, under another policy; no program is run.

    Where the policy needs evidence that was never gathered, the command names the row and the evidence and exits with 2.
    """
    say(prmdata.relabel(out, policy, to=to, prefix_labels=prefix_labels).text())
    return 0
