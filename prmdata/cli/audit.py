"""``prmdata audit``: labels against larger tests."""

from __future__ import annotations

import json
from pathlib import Path

import click

FILE = click.Path(path_type=Path)


@click.command("audit")
@click.argument("out", type=FILE)
@click.option(
    "--truth", required=True, type=FILE, help="Larger tests for the same problems (EvalPlus layout or ours)."
)
@click.option(
    "--intent",
    "intents",
    type=click.Choice(("mutate", "refactor", "complete", "rollout")),
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
    """Judge the programs of OUT that pass their given tests by larger tests, and print how often labels are
    wrong (95% Wilson intervals) and how many are kept, by policy, intent, operator and position.

    What the larger tests import (numpy) comes from the sandbox image or the local environment.
    """
    from prmdata.app.checks import audit
    from prmdata.audits.figures import text
    from prmdata.config import configure

    config = configure(sandbox=sandbox, runtime=runtime, workers=workers)
    figures = audit(out, truth, config, intents=intents, notice=_notice)
    click.echo(json.dumps(figures, indent=2) if as_json else text(figures))
    return 0


def _notice(line: str) -> None:
    click.echo(line, err=True)
