"""``prmdata stats``: the dataset's figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

import prmdata
from prmdata.cli.conventions import FILE, say


@click.command(help="Print the figures of OUT.")
@click.argument("out", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a program to check.")
def command(out: Path, as_json: bool) -> None:
    """Print what :func:`prmdata.datasets.figures.stats` counts."""
    figures = prmdata.stats(out)
    if as_json:
        say(json.dumps(figures, indent=2))
    else:
        say("\n".join(_lines(figures)))


def _lines(figures: Mapping[str, Any]) -> Iterator[str]:
    for name, value in figures.items():
        title = name.replace("_", " ")
        if isinstance(value, list):
            yield f"{title}:"
            yield from (f"  {' → '.join(keys)}  {n:,}" for *keys, n in value)
        elif not isinstance(value, Mapping):
            yield f"{title}: {value:,}"
        elif value:
            yield f"{title}:"
            width = max(len(str(key)) for key in value)
            for key, found in value.items():
                yield f"  {key!s:{width}}  {_cell(found)}"


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_cell(found)}" for key, found in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)
