"""``prmdata testgen``: new tests from verified references."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import prmdata
from prmdata.cli.conventions import FILE, notice, say, source_options


@click.command("testgen")
@click.argument("source")
@click.option(
    "-o", "--out", type=FILE, required=True, help="File for the problems with their tests, native JSONL."
)
@click.option(
    "--most", type=click.IntRange(1), default=20, show_default=True, help="New tests a problem at most."
)
@click.option("--proposals", type=click.IntRange(0), default=4, show_default=True,
              help="Lists of tests asked of the teacher for a problem (with --teacher openai).")  # fmt: skip
@source_options
@click.option("--teacher", help="openai: ask a model for tests too (default: generated inputs alone).")
@click.option("--model", help="Model of the openai teacher.")
@click.option("--base-url", help="OpenAI-compatible endpoint (key: OPENAI_API_KEY).")
@click.option("--prompts", type=FILE, help="Folder of prompts that replace the shipped ones.")
@click.option("--prices", type=FILE, help="TOML file of model prices that adds to the shipped table.")
@click.option("--max-cost", type=float, help="Stop before the teacher costs more than this (USD).")
@click.option("--max-tokens", type=int, help="Stop before the teacher takes more tokens than this.")
@click.option("--seed", type=int, help="Seed of everything drawn (default: 0).")
@click.option("--limit", type=click.IntRange(1), help="Only the first N problems.")
@click.option("--sandbox", help="auto, docker or local (default: auto).")
@click.option("--runtime", help="Container runtime, such as runsc (gVisor).")
@click.option("--workers", type=click.IntRange(1), help="Sandbox workers (default: the machine's cores).")
def command(out: Path, most: int, proposals: int, **given: Any) -> int:
    """Write the problems of SOURCE with new tests after their own.

    Inputs are generated inside the domain that the given tests show; the reference's answers become tests where they kill
    a mutant of it that passes all tests before them. Exit code 1: no problem holds.
    """
    config = prmdata.configure(None, **given)
    report = prmdata.testgen(
        config, out=out, most=most, proposals=proposals, notice=notice, show_progress=True
    )
    say(report.text())
    say(f"written: {out}")
    return 0 if report.vetted or not report.problems else 1
