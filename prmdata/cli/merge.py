"""``prmdata merge``: shards into the dataset that one run would have made."""

from __future__ import annotations

from pathlib import Path

import click

FILE = click.Path(path_type=Path)


@click.command("merge")
@click.argument("shards", nargs=-1, required=True, type=FILE)
@click.option("-o", "--out", required=True, type=FILE, help="Folder of the merged dataset.")
@click.option(
    "--split", help="Shares by problem, such as train=0.9,test=0.1 (default: as the shards were built)."
)
def command(shards: tuple[Path, ...], out: Path, split: str | None) -> int:
    """Join the datasets SHARDS (made with --shard I/N) into OUT, byte for byte what one run writes."""
    from prmdata.app.finish import merge

    result = merge(shards, out, split=split)
    click.echo(result.text())
    return 0
