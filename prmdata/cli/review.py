"""``prmdata review``: a person judges sampled labels."""

from __future__ import annotations

import getpass
import json
from pathlib import Path

import click

from prmdata.cli.conventions import FILE, say


@click.command(help="Judge a sample of OUT's labels by hand, and measure the agreement.")
@click.argument("out", type=FILE)
@click.option(
    "--sample",
    "n",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="Labels to judge; 0: only print the agreement.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Which labels.")
@click.option("--by", metavar="NAME", help="Who judges.  [default: the login name]")
@click.option("--page", is_flag=True, help="Judge in a browser, on a page served to this machine only.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="P", help="Of the page; 0 takes a free one."
)
@click.option("--json", "as_json", is_flag=True, help="Print the agreement as JSON.")  # fmt: skip
def command(out: Path, n: int, seed: int, by: str | None, page: bool, port: int, as_json: bool) -> None:
    """Ask until the sample is judged, the input ends, or ``q`` (on the page: until Ctrl-C)."""
    # Here and not above: it reads Parquet, and pyarrow alone takes longer to import than --help may.
    from prmdata.cli.interview import interview
    from prmdata.pages.review.sample_review import agreement, agreement_text

    interview(out, n, seed, person=by or getpass.getuser(), port=port if page else None)
    found = agreement(out)
    say(json.dumps(found, indent=2) if as_json else agreement_text(found))
