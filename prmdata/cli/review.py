"""``prmdata review``: a person judges sampled labels."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from prmdata.pages.review.sample_review import Judgement, Sampled

ANSWERS: dict[str, Judgement] = {"c": "correct", "i": "incorrect", "u": "unsure"}


@click.command(help="Judge a sample of OUT's labels by hand; prints the agreement with an interval.")
@click.argument("out", type=click.Path(path_type=Path))
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
    from prmdata.pages.review.sample_review import agreement, agreement_text, findings, sample

    person = by or getpass.getuser()
    done = {(found.row, found.step) for found in findings(out) if found.by == person}
    asked = [item for item in sample(out, n, seed) if (item.trace.id, item.step) not in done]
    if page and asked:
        _serve(out, asked, person, port)
    else:
        _interview(out, asked, person)
    found = agreement(out)
    click.echo(json.dumps(found, indent=2) if as_json else agreement_text(found))


def _serve(out: Path, asked: list[Sampled], person: str, port: int) -> None:
    from prmdata.errors import UsageError
    from prmdata.pages.review import ReviewServer

    try:
        review = ReviewServer(out, asked, person, port)
    except OSError as error:
        raise UsageError(f"--port {port}: cannot be opened ({error.strerror}); choose another") from error
    with review:
        click.echo(
            f"{len(asked)} labels to judge at {review.url} (Ctrl-C ends; what is judged is kept)", err=True
        )
        try:
            review.finished.wait()
        except KeyboardInterrupt:
            click.echo("", err=True)


def _interview(out: Path, asked: list[Sampled], person: str) -> None:
    from prmdata.pages.review.sample_review import ReviewFinding, add_finding

    for number, item in enumerate(asked, 1):
        judgement = _ask(item, f"{number} of {len(asked)}")
        if judgement is None:
            break
        add_finding(
            out, ReviewFinding(item.trace.id, item.step, item.label, item.trace.policy, judgement, person)
        )
        click.echo(_revealed(item, judgement), err=True)


def _ask(item: Sampled, place: str) -> Judgement | None:
    """Show the program through the step, without its label, and read a judgement; None: stop."""
    from prmdata.pages.review.review_text import question

    click.echo("\n".join(question(item, place)), err=True)
    while True:
        click.echo("[c]orrect  [i]ncorrect  [u]nsure  [q]uit > ", err=True, nl=False)
        line = sys.stdin.readline()
        answer = line.strip().lower()[:1]
        if not line or answer == "q":
            return None
        if answer in ANSWERS:
            return ANSWERS[answer]


def _revealed(item: Sampled, judgement: Judgement) -> str:
    from prmdata.pages.review.review_text import answer

    return "\n".join(answer(item, judgement))
