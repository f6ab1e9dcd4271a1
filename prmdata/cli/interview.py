"""The conversation of ``prmdata review``: questions in the terminal, or a page that is served until it is left."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from prmdata.cli.conventions import notice
from prmdata.errors import UsageError
from prmdata.pages.review import ReviewServer
from prmdata.pages.review.review_text import answer, question
from prmdata.pages.review.sample_review import (
    Judgement,
    ReviewFinding,
    Sampled,
    add_finding,
    findings,
    sample,
)
from prmdata.records.numbers import number_of

ANSWERS: dict[str, Judgement] = {"c": "correct", "i": "incorrect", "u": "unsure"}


def interview(out: Path, n: int, seed: int, *, person: str, port: int | None) -> None:
    """Let ``person`` judge what is left of the sample: on a page at ``port``, or, for None, in the terminal."""
    done = {(found.row, found.step) for found in findings(out) if found.by == person}
    asked = [item for item in sample(out, n, seed) if (item.trace.id, item.step) not in done]
    if port is not None and asked:
        _serve(out, asked, person, port)
    else:
        _ask_all(out, asked, person)


def _serve(out: Path, asked: list[Sampled], person: str, port: int) -> None:
    try:
        review = ReviewServer(out, asked, person, port)
    except OSError as error:
        raise UsageError(f"--port {port}: cannot be opened ({error.strerror}); choose another") from error
    with review:
        click.echo(
            f"{number_of(len(asked), 'label')} to judge at {review.url} (Ctrl-C ends; what is judged is kept)",
            err=True,
        )
        try:
            review.finished.wait()
        except KeyboardInterrupt:
            click.echo("", err=True)


def _ask_all(out: Path, asked: list[Sampled], person: str) -> None:
    for number, item in enumerate(asked, 1):
        judgement = _ask(item, f"{number} of {len(asked)}")
        if judgement is None:
            break
        add_finding(
            out, ReviewFinding(item.trace.id, item.step, item.label, item.trace.policy, judgement, person)
        )
        notice("\n".join(answer(item, judgement)))


def _ask(item: Sampled, place: str) -> Judgement | None:
    """Show the program through the step, without its label, and read a judgement; None: stop."""
    notice("\n".join(question(item, place)))
    while True:
        click.echo("[c]orrect  [i]ncorrect  [u]nsure  [q]uit > ", err=True, nl=False)
        line = sys.stdin.readline()
        key = line.strip().lower()[:1]
        if not line or key == "q":
            return None
        if key in ANSWERS:
            return ANSWERS[key]
