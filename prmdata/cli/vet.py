"""``prmdata vet``: which problems of a source can be used, and why the others cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

import prmdata
from prmdata.cli.conventions import FILE, notice, say, source_options


@click.command("vet")
@click.argument("source")
@click.option(
    "-o", "--out", type=FILE, help="Folder for vetted.jsonl, rejects.jsonl, problems.jsonl, report.json."
)
@click.option(
    "--config", "config_file", type=FILE, help="TOML file with [build] and [columns]; flags win over it."
)
@source_options
@click.option(
    "--show",
    type=click.IntRange(0),
    default=0,
    help="Print what was understood of the first N rows; of what reads standard input also the grammar and how many inputs were made.",
)
@click.option(
    "--rollouts-from", type=FILE, help="File of rollouts: task_id or problem_id, program or completion."
)
@click.option(
    "--decontaminate", type=FILE, multiple=True, help="Reject problems that overlap with this file."
)
@click.option(
    "--kills/--no-kills", default=True, help="Measure which mutants the tests notice (default: yes)."
)
@click.option("--limit", type=click.IntRange(1), help="Only the first N problems.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
@click.option("--sandbox", help="auto, docker or local (default: auto).")
@click.option("--runtime", help="Container runtime, such as runsc (gVisor).")
@click.option("--workers", type=click.IntRange(1), help="Sandbox workers (default: the machine's cores).")
def command(
    config_file: Path | None, out: Path | None, kills: bool, as_json: bool, show: int, **given: Any
) -> int:
    """Check the problems of SOURCE by running them.

    A problem holds where its reference passes all its tests, several times alike, sabotaged references fail, the tests
    call the code, and it repeats no other problem. What can be mended is mended and noted. Exit code 1: none holds.
    """
    config = prmdata.configure(config_file, **given)
    report = prmdata.vet(
        config, out=out, kills=kills, notice=notice, preview=prmdata.Preview(show, say), show_progress=True
    )
    say(json.dumps(report.as_dict(), indent=2) if as_json else report.text())
    if out is not None and not as_json:
        say(f"written: {out}")
    return 0 if report.vetted or not report.problems else 1
