"""``prmdata merge``: shards into the dataset that one run would have made."""

from __future__ import annotations

from pathlib import Path

import click

import prmdata
from prmdata.cli.conventions import FILE, say


@click.command("merge")
@click.argument("shards", nargs=-1, required=True, type=FILE)
@click.option("-o", "--out", required=True, type=FILE, help="Folder of the merged dataset.")
@click.option(
    "--split", help="Shares by problem, such as train=0.9,test=0.1 (default: as the shards were built)."
)
@click.option("--splits-from", type=FILE, help="Keep the sides that problems have in this older dataset.")
@click.option(
    "--partial", "is_partial", is_flag=True, help="Merge the shards that are there; others are missing."
)
def command(
    shards: tuple[Path, ...], out: Path, split: str | None, splits_from: Path | None, is_partial: bool
) -> int:
    """Join datasets into OUT.

    The shards that --shard I/N made give, byte for byte, what one run writes. Missing, double and foreign shards are refused. Plain builds of different sources are put one after the other.
    """
    options = prmdata.MergeOptions(split, splits_from, is_partial)
    result = prmdata.merge(shards, out, options)
    say(result.text())
    return 0
