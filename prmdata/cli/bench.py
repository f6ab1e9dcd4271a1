"""``prmdata bench``: make a benchmark of first wrong steps, run its evidence again, score a model on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

import prmdata
from prmdata.bench.baselines import NAMES
from prmdata.bench.draw import picture, text
from prmdata.cli.conventions import FILE, notice, say
from prmdata.datasets.writer import write_text
from prmdata.errors import UsageError


@click.group("bench", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Make a benchmark of first wrong steps, and score models on it."""


@command.command("build")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("-o", "--out", type=FILE, required=True, help="Folder of the benchmark.")
@click.option(
    "--rollouts-from", type=FILE, multiple=True, help="Programs of models, for the source with their ids."
)
@click.option("--generator", default="model", show_default=True, help="Who wrote those programs.")
@click.option(
    "--pair", metavar="FAULTY,FIXED", help="Columns of faulty and fixed programs in files of no known layout."
)
@click.option(
    "--decontaminate", type=FILE, multiple=True, help="Leave out problems of this training set (file or OUT)."
)
@click.option("--k", type=click.IntRange(1), help="Completions of a prefix (default: 20).")
@click.option("--split", help="Shares by problem (default: test=0.8,validation=0.2).")
@click.option("--limit", type=click.IntRange(1), help="Only the first N problems of each source.")
@click.option("--seed", type=int, help="Seed of everything drawn (default: 0).")
@click.option("--sandbox", help="auto, docker or local (default: auto).")
@click.option("--runtime", help="Container runtime, such as runsc (gVisor).")
@click.option("--workers", type=click.IntRange(1), help="Sandbox workers (default: the machine's cores).")
def build(
    sources: tuple[str, ...],
    out: Path,
    rollouts_from: tuple[Path, ...],
    generator: str,
    pair: str | None,
    decontaminate: tuple[Path, ...],
    k: int | None,
    **given: Any,
) -> int:
    """Make a benchmark out of SOURCE...: problems with pairs of faulty and fixed programs, with programs of models, or
    with a reference alone (faults are planted in it).

    A wrong program enters only where its counterexample and a witness hold by execution, and where the line that is known
    to be wrong, if there is one, agrees. What does not enter is a line of rejects.jsonl. The same command goes on.
    """
    config = prmdata.configure(None, out=out, strategy=("first-error",), k=k, **given)
    columns = _columns(pair)
    inputs = prmdata.BenchInputs(sources, rollouts_from, columns, generator, decontaminate)
    try:
        result = prmdata.bench_build(inputs, config, notice=notice, show_progress=True)
    except KeyboardInterrupt:
        notice("interrupted; run the same command again to go on")
        return 130
    say(result.text())
    return result.exit_code


def _columns(pair: str | None) -> tuple[str, str] | None:
    if pair is None:
        return None
    faulty, comma, fixed = pair.partition(",")
    if not (comma and faulty.strip() and fixed.strip()):
        raise UsageError(
            f"--pair {pair}: give the columns of the faulty and the fixed program, such as buggy,fixed"
        )
    return faulty.strip(), fixed.strip()


@command.command("check")
@click.argument("bench", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for a program to check.")
@click.option("--sandbox", default="auto", show_default=True, help="auto, docker or local.")
@click.option("--workers", type=click.IntRange(1), help="Sandbox workers (default: the machine's cores).")
def check(bench: Path, as_json: bool, sandbox: str, workers: int | None) -> int:
    """Run every witness and counterexample of BENCH again. Exit code 1: one does not hold."""
    config = prmdata.configure(None, sandbox=sandbox, workers=workers)
    found = prmdata.bench_check(bench, config, notice=notice, show_progress=True)
    if as_json:
        say(json.dumps(found, indent=2))
    else:
        say("\n".join(f"{name}: {why}" for name, why in found["doubts"].items()))
        say(f"{found['held']} of {found['items']} items hold")
    return 1 if found["doubts"] else 0


@command.command("score")
@click.argument("bench", type=FILE)
@click.argument("predictions", type=FILE, required=False)
@click.option("--baseline", type=click.Choice(NAMES), help="Score a baseline instead of a file.")
@click.option("--train", type=FILE, help="Dataset that the baseline ngram is trained on.")
@click.option(
    "--split", help="Score on this split (default: all but validation, where the threshold is chosen)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--picture", "svg", type=FILE, help="Draw F1 by stratum and length into this SVG file.")
def score(
    bench: Path,
    predictions: Path | None,
    baseline: str | None,
    train: Path | None,
    split: str | None,
    as_json: bool,
    svg: Path | None,
) -> None:
    """Score PREDICTIONS on BENCH: JSON lines {"id", "scores": [...]} (one a step, higher is better) or
    {"id", "first_error": k} (-1: none), one for each item."""
    figures = prmdata.bench_score(bench, predictions, baseline=baseline, train=train, split=split)
    if svg is not None:
        write_text(svg, picture(figures, baseline or str(predictions and predictions.name)))
    say(json.dumps(figures, indent=2) if as_json else text(figures))
