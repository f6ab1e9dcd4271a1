"""``prmdata export``: the dataset in a trainer's own layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import click

import prmdata
from prmdata.cli.conventions import FILE, say
from prmdata.datasets.compose import Balance, Composition
from prmdata.exports.format_names import SHIPPED

FORMATS = f"{', '.join(SHIPPED)}, or one that a plug-in adds"


@click.command(help="Write the dataset OUT in a trainer's own layout.")
@click.argument("out", type=FILE)
@click.option("--format", "format_name", required=True, metavar="F", help=f"One of: {FORMATS}.")
@click.option("-o", "dest", type=FILE, metavar="DIR", help="Folder to write to.")
@click.option(
    "--as-config", is_flag=True, help="Write a further config into OUT instead, and renew its card."
)
@click.option(
    "--label-kind",
    type=click.Choice(["fault", "prefix"]),
    help="Which kind of label, where OUT has both.  [default: fault; prefix for values]",
)
@click.option("--mix", is_flag=True, help="Let both kinds of label into one export.")
@click.option(
    "--response-class",
    type=click.Choice(["correct", "revised", "wrong"]),
    multiple=True,
    help="Only rollouts of these classes (PSGPO trains on revised).",
)
@click.option(
    "--prefix-labels",
    type=click.Choice(["once", "always"]),
    help="Steps before an edit: labelled in the reference's row alone, or in each row (strict).  [default: as OUT has them]",
)
@click.option("--max-per-problem", type=click.IntRange(min=1), metavar="N", help="At most N rows a problem.")
@click.option(
    "--max-trivial",
    type=click.FloatRange(0, 1),
    metavar="S",
    help="Compile errors: at most this share of the negatives.",
)
@click.option(
    "--balance",
    type=click.Choice(get_args(Balance)),
    default="none",
    show_default=True,
    help="Even out the classes, over all, in each quarter of the program, or for each operator and kind of step.",
)
@click.option(
    "--drop-near-duplicates",
    is_flag=True,
    help="Leave out rows that differ from another only in literals, comments or spacing.",
)
@click.option(
    "--keep",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="S",
    help="Keep this share, diverse and informative (needs prmdata[select]).",
)
@click.option("--seed", type=int, default=0, show_default=True, help="For every choice among rows.")
@click.option(
    "--tokenizer", metavar="T", help="Folder, tokenizer.json or Hub name: count rows that are too long."
)
@click.option(
    "--max-length",
    type=click.IntRange(min=1),
    default=1024,
    show_default=True,
    metavar="N",
    help="In tokens, with --tokenizer.",
)
@click.option(
    "--placeholder",
    help="The token at which openrlhf and step-token read a label.  [default: ки; <extra_0> for step-token]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def command(
    out: Path,
    format_name: str,
    dest: Path | None,
    as_config: bool,
    label_kind: str | None,
    mix: bool,
    response_class: tuple[str, ...],
    prefix_labels: str | None,
    max_per_problem: int | None,
    max_trivial: float | None,
    balance: str,
    drop_near_duplicates: bool,
    keep: float | None,
    seed: int,
    tokenizer: str | None,
    max_length: int,
    placeholder: str | None,
    as_json: bool,
) -> None:
    """Parse, export, print the figures."""
    result = prmdata.export(
        out,
        format_name,
        dest,
        label_kind=label_kind,
        mix=mix,
        composition=Composition(
            max_per_problem=max_per_problem,
            max_trivial=max_trivial,
            balance=balance,  # type: ignore[arg-type]  # click admits only these words
            near_duplicates=not drop_near_duplicates,
            seed=seed,
        ),
        keep=keep,
        response_class=response_class,
        prefix_labels=prefix_labels,
        tokenizer=tokenizer,
        max_length=max_length,
        placeholder=placeholder,
        as_config=as_config,
    )
    if as_json:
        figures = result.as_dict() | {"path": str(result.path)}
        say(json.dumps(figures, indent=2))
    else:
        say(result.text())
