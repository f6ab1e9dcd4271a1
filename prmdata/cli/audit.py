"""``prmdata audit``: labels against larger tests."""

from __future__ import annotations

import json
from pathlib import Path

import click

import prmdata
from prmdata.audits.figures import text
from prmdata.cli.conventions import FILE, notice, say


@click.command("audit")
@click.argument("out", type=FILE)
@click.option(
    "--truth", required=True, type=FILE, help="Larger tests for the same problems (EvalPlus layout or ours)."
)
@click.option(
    "--intent",
    "intents",
    type=click.Choice(("mutate", "refactor", "rewrite", "complete", "rollout")),
    multiple=True,
    help="Judge only rows of this intent (repeatable; default: all).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--sandbox", default="auto", show_default=True, help="auto, docker or local.")
@click.option("--runtime", help="Container runtime, such as runsc (gVisor).")
@click.option("--workers", type=click.IntRange(1), help="Sandbox workers (default: the machine's cores).")
def command(
    out: Path,
    truth: Path,
    intents: tuple[str, ...],
    as_json: bool,
    sandbox: str,
    runtime: str | None,
    workers: int | None,
) -> int:
    """Measure how often the labels of OUT are wrong, by larger tests.

    The programs that pass their given tests are run again. Printed is how often labels are wrong (with 95% Wilson
    intervals) and how many are kept, by policy, intent, operator and position.

    What the larger tests import (numpy) comes from the sandbox image or the local environment.
    """
    config = prmdata.configure(sandbox=sandbox, runtime=runtime, workers=workers)
    figures = prmdata.audit(out, truth, config, intents=intents, notice=notice, show_progress=True)
    say(json.dumps(figures, indent=2) if as_json else text(figures))
    return 0
